"""What stands in for `{name}` in the texts of a script (docs/how-to/local-script.md)."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from sre_agent_local.azure.arm_path import ArmPath
from sre_agent_local.azure.state.azure_state import AzureState

from .occasion import Occasion

_PLACEHOLDER = re.compile(r"\{(\w+)\}")


class Texts:
    """Fills in what is known; braces around anything else stay as they are."""

    def __init__(self, azure: AzureState, occasion: Occasion, named: Mapping[str, str]) -> None:
        """Take `named`, which a pattern has found in the message."""
        self._azure, self._path = azure, ArmPath.parse(occasion.agent.id)
        self._known: dict[str, str | Callable[[], str]] = {
            "agent": occasion.agent.name,
            "group": str(self._path.group),
            "prompt": occasion.text,
            "incident": occasion.incident or "",
            "subagent": occasion.origin.subagent or "",
            "resources": lambda: ", ".join(sorted(self._resources())),
            "resource_count": lambda: str(len(self._resources())),
            "resources_json": lambda: json.dumps(self._resources()),
            **named,
        }

    def fill(self, value: Any) -> Any:
        """Return a text, or whatever has texts in it, filled in."""
        if isinstance(value, str):
            return _PLACEHOLDER.sub(self._value, value)
        if isinstance(value, list):
            return [self.fill(one) for one in value]
        if isinstance(value, dict):
            return {name: self.fill(one) for name, one in value.items()}
        return value

    def _value(self, match: re.Match[str]) -> str:
        known = self._known.get(match[1], match[0])
        return known if isinstance(known, str) else known()

    def _resources(self) -> list[str]:
        """Return the names of what is in the agent's resource group."""
        found = [ArmPath.parse(one) for one in self._azure.store.ids_under(self._path.group_id)]
        return [one.names[0] for one in found if one.scope_id == one.group_id and len(one.rest) == 2]
