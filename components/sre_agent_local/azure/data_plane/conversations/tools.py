"""What is known of the agent's tools by their names: docs/reference/product.md#what-a-mode-gates."""

import json
import re
from collections.abc import Mapping

from sre_agent_local.azure.http.json_values import Json

SLOTS: Mapping[str, str] = {
    "RunAzCliReadCommands": "azCliExecution",
    "RunAzCliWriteCommands": "azCliExecution",
    "RunKubectlReadCommand": "kubectlExecution",
    "RunKubectlWriteCommand": "kubectlExecution",
    "RunPsqlReadCommand": "psqlExecution",
    "RunPsqlWriteCommand": "psqlExecution",
    "ValidatePsqlCommand": "psqlExecution",
}
"""Tools whose calls a message shows as an execution, and the slot of it."""
SHELLS = ("RunInTerminal", "RunShellCommand", "RunShellScript")
COMMAND_ALIASES = ("bash", "shell", "execute_bash")
COMMAND_TOOLS = (*SLOTS, *SHELLS)
"""What the aliases of a policy mean: every tool that takes a command."""
ARGUMENT_TOOLS = (*COMMAND_TOOLS, "ExecutePythonCode", "GeneratePdfReport")
"""Tools whose arguments a policy can match."""
AZ_TOOLS = ("RunAzCliReadCommands", "RunAzCliWriteCommands")

_READS = re.compile(
    r"(Get|List|Query|Search|Find|Fetch|Check|Show|Analyze|Investigate|Validate|Plot|Grep|FileSearch).*"
    r"|Run\w+ReadCommands?|GeneratePdfReport"
)
_REFUSED_AZ = re.compile(r"az\s+keyvault\b|az\s.*?\s(delete|remove)\b")


def writes(tool: str) -> bool:
    """Say whether a tool may change something: all do that are not known to read."""
    return _READS.fullmatch(tool) is None


def argument_text(tool: str, arguments: Json) -> str | None:
    """Return what a policy's argument pattern is held against; None where there is no such thing."""
    if tool not in ARGUMENT_TOOLS:
        return None
    text = arguments.get("command", arguments.get("code"))
    return text if isinstance(text, str) else json.dumps(arguments)


def is_refused_everywhere(tool: str, arguments: Json) -> bool:
    """Say whether it is an `az` command that no mode lets through."""
    return tool in AZ_TOOLS and _REFUSED_AZ.match(str(arguments.get("command")).strip()) is not None
