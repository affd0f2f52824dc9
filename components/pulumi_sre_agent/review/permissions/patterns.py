"""Patterns of tool policies: `tool` or `tool(arguments)` (docs/reference/product.md#tool-policies)."""

import re
from dataclasses import dataclass
from typing import Self

COMMAND_TOOLS = (
    "RunAzCliReadCommands",
    "RunAzCliWriteCommands",
    "RunKubectlReadCommand",
    "RunKubectlWriteCommand",
    "RunInTerminal",
    "RunShellCommand",
    "RunShellScript",
)
"""Tools that take a command line."""
ALIASES = ("bash", "shell", "execute_bash")
"""Each stands for all of those."""
_PATTERN = re.compile(r"(?P<tool>[^()]+)(?:\((?P<arguments>.*)\))?", re.DOTALL)


@dataclass(frozen=True)
class Pattern:
    """One entry of a list of the policies."""

    text: str
    tool: str
    arguments: str | None
    """None: whatever the arguments are."""

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read an entry; what is none matches nothing but itself."""
        match = _PATTERN.fullmatch(text.strip())
        if match is None:
            return cls(text, text, None)
        arguments = match["arguments"]
        return cls(text, match["tool"].strip(), None if arguments == "*" else arguments)

    @property
    def is_alias(self) -> bool:
        """Whether it means every tool that takes a command line."""
        return self.tool in ALIASES

    def covers(self, tool: str) -> bool:
        """Whether it is about a tool, with some arguments at least. Letter case counts, which is assumed."""
        if self.is_alias:
            return tool in COMMAND_TOOLS
        return bool(re.fullmatch(".*".join(map(re.escape, self.tool.split("*"))), tool, re.DOTALL))
