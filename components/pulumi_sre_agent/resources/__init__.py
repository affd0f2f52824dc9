"""Everything under `Microsoft.App/agents` as Pulumi resources, one class per kind of thing.

Each takes its arguments as keywords; the `<Kind>Args` type says what they mean, and a typo is a type error in
the editor and a sentence before anything is sent. An update changes in place where Azure can, a create never
overwrites (unless `adopt=True`), and a refresh brings in what somebody else changed.

A further kind under an agent is a row in `api/kinds.py`, a module like `common_prompt.py` with its arguments,
its provider and its class, their names in this file, and a sample in `tests/support/samples.py`.
"""

from collections.abc import Mapping
from typing import Any

from ._check import Fault
from ._dynamic import model_of
from ._model import Defaults
from .agent import Agent, AgentArgs
from .common_prompt import CommonPrompt, CommonPromptArgs
from .connector import Connector, ConnectorArgs
from .repo import Repo, RepoArgs
from .skill import Skill, SkillArgs
from .tool import Tool, ToolArgs

__all__ = [
    "Agent",
    "AgentArgs",
    "CommonPrompt",
    "CommonPromptArgs",
    "Connector",
    "ConnectorArgs",
    "Fault",
    "Repo",
    "RepoArgs",
    "Skill",
    "SkillArgs",
    "Tool",
    "ToolArgs",
    "faults",
]

KNOWN_LATER = {("agent_id",), ("location",)}
"""What the directory reader need not know."""


def faults(kind_name: str, args: Mapping[str, Any]) -> list[Fault]:
    """Check the arguments of a kind, such as `Skill`, without an engine and asking nobody.

    `agent_id` may be missing, and so may an agent's `location`: both are usually known only to who deploys.
    Outputs among the arguments count as unknown.
    """
    found = model_of(kind_name).check({}, args, Defaults())[1]
    return [fault for fault in found if fault.path not in KNOWN_LATER or fault.path[0] in args]
