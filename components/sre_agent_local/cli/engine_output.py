"""What an engine prints, read line by line while it is passed on."""

import json
import re
from collections.abc import Mapping
from typing import Any, ClassVar

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.identity import roles

ROLE = re.compile(
    r'"(?P<path>/[^"]*/roleDefinitions/)?(?P<guid>[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12})"'
)


def name_roles(text: str) -> str:
    """Put the names of Azure's own roles in the place of their ids: "Reader" for `"acdd72a7-…"`."""

    def name(match: re.Match[str]) -> str:
        known = roles.NAMES.get(match["guid"].lower())
        where = " (…/roleDefinitions/…)" if match["path"] else ""
        return f'"{known}{where}"' if known else match[0]

    return ROLE.sub(name, text)


class EventReader:
    """Reads Pulumi's engine events, one JSON object a line: tells warnings and errors, keeps the summary.

    Before them may come the digest of a preview, one object over many lines: of it only errors are told, as
    the rest comes again. Other lines are what an engine says beside them, such as why it does not begin.
    """

    def __init__(self) -> None:
        self.changes: dict[str, int] | None = None
        self.errors: list[dict[str, str]] = []
        """What went wrong, as `RunResult.errors`."""
        self._digest = ""
        """As much as has come of one."""

    def read(self, line: str) -> None:
        if self._digest or line.rstrip() == "{":
            self._digest += line
            if line.rstrip() == "}":
                self._read_digest()
            return
        try:
            event: dict[str, Any] = json.loads(line)
        except ValueError:
            terminal.note(line.rstrip())
            if line.startswith("error: "):
                self._fail(line.removeprefix("error: "))
            return
        diagnostic = event.get("diagnosticEvent", {})
        if diagnostic.get("severity") in ("warning", "error"):
            self._tell(diagnostic)
        if summary := event.get("summaryEvent"):
            self.changes = summary["resourceChanges"]

    def _read_digest(self) -> None:
        digest, self._digest = json.loads(self._digest), ""
        for diagnostic in digest.get("diagnostics", ()):
            if diagnostic["severity"] == "error":
                self._tell(diagnostic)

    def _tell(self, diagnostic: Mapping[str, Any]) -> None:
        urn, message = str(diagnostic.get("urn", "")), diagnostic["message"].strip().removeprefix("error: ")
        terminal.note(f"{urn.rpartition('::')[2]}: {message}".removeprefix(": "))
        if diagnostic["severity"] == "error":
            self._fail(message, urn)

    def _fail(self, message: str, urn: str = "") -> None:
        self.errors.append({"urn": urn, "message": message.strip().removeprefix("error: ")})


class TextReader:
    """Passes on what an engine prints for people, and reads the numbers of changes out of it.

    They stand below `Resources:`, as in `    + 3 created`, `    +-1 replaced`, `    14 unchanged`.
    """

    OPERATIONS: ClassVar = {
        "created": "create",
        "updated": "update",
        "replaced": "replace",
        "deleted": "delete",
        "read": "read",
        "unchanged": "same",
    }
    COLOURS = re.compile(r"\x1b\[[0-9;]*m")
    COUNT = re.compile(rf"\s+\S*?\s*(\d+) ({'|'.join(OPERATIONS)})")

    errors: ClassVar[list[dict[str, str]]] = []
    """None are kept: they have been printed."""

    def __init__(self) -> None:
        self.changes: dict[str, int] | None = None
        self._inside = False

    def read(self, line: str) -> None:
        plain = self.COLOURS.sub("", line).rstrip()
        self.show(line, plain)
        if plain == "Resources:":
            self._inside, self.changes = True, {}
        elif not plain:
            self._inside = False
        if self._inside and self.changes is not None and (match := self.COUNT.fullmatch(plain)):
            self.changes[self.OPERATIONS[match[2]]] = int(match[1])

    def show(self, line: str, plain: str) -> None:  # noqa: ARG002 - for who shows it otherwise
        """Print a line; `plain` is the same without colours and its end."""
        terminal.pass_on(line)


class DiffReader(TextReader):
    """Passes on a diff to a person, who knows roles by their names."""

    def show(self, line: str, plain: str) -> None:
        super().show(name_roles(line), plain)
