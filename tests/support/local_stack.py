"""What engines print of a stack, and leave of one on this machine."""

import json
import shutil

from support.cli import Folder

NOTHING = "Updating (local):\nResources:\n    4 unchanged\n\nDuration: 1s\n\n"
OUTPUTS = json.dumps({"endpoint": "http://127.0.0.1:1/agents/a", "sizes": [1, 2], "token": "[secret]"})
_ROW = "    pulumi:pulumi:Stack shop-prod running "
INTERRUPTION = f"""\
{_ROW}Traceback (most recent call last):
{_ROW}  File "pulumi-language-python-exec", line 232, in <module>
{_ROW}KeyboardInterrupt
{_ROW}During handling of the above exception, another exception occurred:
{_ROW}Traceback (most recent call last):
{_ROW}    t.join()
{_ROW}KeyboardInterrupt
"""
REASON = "    sre:Skill triage  error: PUT skills/triage failed\n"
"""What the Pulumi CLI prints of a run that fails: why, and how it then ends the program."""


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
