"""How much a command could do, told from its words: a hint for whoever decides, who has to read it anyway."""

import re
from typing import NamedTuple

HIGH = (
    "delete", "remove", "purge", "drop", "truncate", "destroy", "drain", "stop", "deallocate", "revoke",
    "disable", "detach", "force", "assignment", "regenerate", "reset", "failover", "exec", "invoke",
    "rm", "kill",
)  # fmt: skip
"""Words of what is lost, cut off or granted by a command, or that make it run any other."""
LOW = (
    "list", "show", "get", "describe", "logs", "log", "top", "version", "select", "explain", "query",
    "search", "exists", "wait", "check",
)  # fmt: skip
"""Words of what only looks."""
STYLES = {"high": "red", "medium": "yellow", "low": ""}
_WORD = re.compile(r"[a-z]+")


class Risk(NamedTuple):
    """How much, and the word that says so; empty where no word does."""

    level: str
    word: str = ""

    @property
    def text(self) -> str:
        return f"{self.level}: {self.word}" if self.word else self.level


def risk_of(command: str) -> Risk:
    """Tell the risk of a command: high where a word of it is, low where it only looks, else medium."""
    words = _WORD.findall(command.lower())
    if found := next((word for word in words if word in HIGH), None):
        return Risk("high", found)
    looks = next((word for word in words if word in LOW), None)
    chained = re.search(r"[;&|`\n]|\$\(", command.strip().rstrip(";"))
    return Risk("low", looks) if looks and not chained else Risk("medium")
