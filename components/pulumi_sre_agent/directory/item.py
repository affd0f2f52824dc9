"""One thing under the agent that a directory asks for."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent.api.kinds import Kind


@dataclass(frozen=True)
class Source:
    """Where an item is written."""

    file: str
    """Relative to the directory."""
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(frozen=True)
class Item:
    """One thing under the agent that the directory asks for."""

    kind: Kind
    name: str
    """Empty for what an agent has only one of."""
    args: Mapping[str, Any]
    """Arguments of the resource class but for `agent_id`; a `Secret` is a text that came from a variable."""
    source: Source
