"""What an engine prints of a stack on this machine, and leaves of it."""

import json
import shutil

from support.cli import Folder

NOTHING = "Updating (local):\nResources:\n    4 unchanged\n\nDuration: 1s\n\n"
OUTPUTS = json.dumps({"endpoint": "http://127.0.0.1:1/agents/a", "sizes": [1, 2], "token": "[secret]"})


def initialised(folder: Folder) -> None:
    """Leave what an engine leaves of a stack."""
    stacks = folder.root / ".local" / "state" / ".pulumi" / "stacks" / "toy"
    stacks.mkdir(parents=True)
    (stacks / "local.json").write_text("{}")


def forget(folder: Folder) -> None:
    """Leave nothing of any stack."""
    state = folder.root / ".local" / "state"
    if state.exists():
        shutil.rmtree(state)
