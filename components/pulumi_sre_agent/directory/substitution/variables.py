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


def unset_variables(
    document: Document, variables: Mapping[str, str], name: Callable[[str], str]
) -> dict[FieldPath, list[str]]:
    """Return a document's variables without a value, by where they stand; `name` fills in their names."""
    found = {
        path: [name(match[1]) for match in re.finditer(VARIABLE, text)]
        for path, text in texts(document.value)
    }
    unset = {path: [each for each in names if each not in variables] for path, names in found.items()}
    return {path: names for path, names in unset.items() if names}


def check_values(
    document: Document, variables: Mapping[str, str], name: Callable[[str], str]
) -> list[Diagnostic]:
    """Report every `${VAR}` of a document whose value no document can hold; `name` fills in its name."""
    return [
        Diagnostic(document.file, document.line(path), f"the value of ${{{variable}}} holds half a character")
        for path, text in texts(document.value)
        for match in re.finditer(VARIABLE, text)
        if HALF.search(variables.get(variable := name(match[1]), ""))
    ]


def report_unset(
    document: Document, unset: Mapping[FieldPath, list[str]], variables: Mapping[str, str]
) -> list[Diagnostic]:
    """Report variables without a value."""
    return [
        Diagnostic(
            document.file,
            document.line(path),
            f"${{{name}}} has no value{did_you_mean(name, variables)}: "
            f"give it as a variable in the stack's config or in {ENV_FILE}",
        )
        for path, names in unset.items()
        for name in names
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
