"""`${VAR}`: values that stay out of the files, from the stack's config and `connectors.secrets.env`."""

import re
from collections.abc import Callable, Mapping

from pulumi_sre_agent.api.secrets import SecretStr
from pulumi_sre_agent.directory.diagnostics import Diagnostic
from pulumi_sre_agent.directory.documents.document import HALF, Document, texts
from pulumi_sre_agent.schema.validation import FieldPath, did_you_mean

ENV_FILE = "connectors.secrets.env"

PLACEHOLDER = r"\{\{\s*\w+(?::bool)?\s*\}\}"
VARIABLE = rf"\$\{{((?:\w|{PLACEHOLDER})+)\}}"
"""Part of its name may be the answer to a prompt."""
_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_]\w*)=(?P<value>.*)")
_QUOTED = re.compile(r"""(['"])(.*)\1""")


def parse_env(file: str, text: str) -> tuple[dict[str, str], list[Diagnostic]]:
    """Read `NAME=value` lines, without any of a shell's substitutions.

    `export ` before the name and one pair of quotes around the value are dropped, lines that are blank or
    start with `#` are skipped; everything else is taken literally. No diagnostic shows a value.
    """
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    diagnostics: list[Diagnostic] = []
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.lstrip()
        if not stripped or stripped.startswith("#"):
            continue
        match = _LINE.fullmatch(stripped)
        if not match:
            diagnostics.append(Diagnostic(file, number, "the line is not NAME=value"))
        elif match["name"] in values:
            before = lines[match["name"]]
            diagnostics.append(
                Diagnostic(file, number, f"{match['name']} is given twice, before in line {before}")
            )
        else:
            quoted = _QUOTED.fullmatch(match["value"])
            values[match["name"]] = SecretStr(quoted[2] if quoted else match["value"])
            lines[match["name"]] = number
    return values, diagnostics


class UnsetStr(str):
    """A text as it is written, with a variable in it that has no value."""

    __slots__ = ()


Named = list[tuple[FieldPath, str]]
"""Variables by their names, each with where it stands."""


def variables_of(document: Document, name: Callable[[str], str]) -> Named:
    """Return all variables of a document; `name` fills in the name of one."""
    return [
        (path, name(match[1]))
        for path, text in texts(document.value)
        for match in re.finditer(VARIABLE, text)
    ]


def check_variables(document: Document, named: Named, variables: Mapping[str, str]) -> list[Diagnostic]:
    """Report every variable that no value can be put in place of."""
    return [
        Diagnostic(document.file, document.line(path), reason)
        for path, variable in named
        if (reason := _amiss(variable, variables))
    ]


def refuse(document: Document) -> list[Diagnostic]:
    """Report every `${VAR}` of a document that takes none."""
    return [
        Diagnostic(
            document.file,
            document.line(path),
            f"{match[0]} stands where no variable is resolved: write the value",
        )
        for path, text in texts(document.value)
        for match in re.finditer(VARIABLE, text)
    ]


def _amiss(name: str, variables: Mapping[str, str]) -> str:
    if name not in variables:
        return (
            f"${{{name}}} has no value{did_you_mean(name, variables)}: "
            f"give it as a variable in the stack's config or in {ENV_FILE}"
        )
    return f"the value of ${{{name}}} holds half a character" if HALF.search(variables[name]) else ""
