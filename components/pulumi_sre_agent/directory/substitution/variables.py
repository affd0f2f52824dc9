"""`${VAR}`: values that stay out of the files, from the stack's config and `connectors.secrets.env`."""

import re
from collections.abc import Mapping
from typing import Any

from pulumi_sre_agent.directory.diagnostics import Diagnostic
from pulumi_sre_agent.directory.documents.document import Document, Where, texts, within
from pulumi_sre_agent.schema.validation import did_you_mean

ENV_FILE = "connectors.secrets.env"

_REFERENCE = re.compile(r"\$\{(\w+)\}")
_LINE = re.compile(r"(?:export\s+)?(?P<name>[A-Za-z_]\w*)=(?P<value>.*)")
_QUOTED = re.compile(r"""(['"])(.*)\1""")


class SecretStr(str):
    """A text that came from a variable or a secret prompt: it works like any text, but its repr is masked."""

    __slots__ = ()

    def __repr__(self) -> str:
        return "Secret('***')"


def parse_env(file: str, text: str) -> tuple[dict[str, str], list[Diagnostic]]:
    """Read `NAME=value` lines, without any of a shell's substitutions.

    `export ` before the name and one pair of quotes around the value are dropped, lines that are blank or
    start with `#` are skipped; everything else is taken literally. No fault shows a value.
    """
    values: dict[str, str] = {}
    lines: dict[str, int] = {}
    faults: list[Diagnostic] = []
    for number, line in enumerate(text.split("\n"), start=1):
        stripped = line.lstrip()
        if not stripped or stripped.startswith("#"):
            continue
        found = _LINE.fullmatch(stripped)
        if not found:
            faults.append(Diagnostic(file, number, "the line is not NAME=value"))
        elif found["name"] in values:
            before = lines[found["name"]]
            faults.append(
                Diagnostic(file, number, f"{found['name']} is given twice, before in line {before}")
            )
        else:
            quoted = _QUOTED.fullmatch(found["value"])
            values[found["name"]] = quoted[2] if quoted else found["value"]
            lines[found["name"]] = number
    return values, faults


def resolve(document: Document, variables: Mapping[str, str]) -> tuple[Document, list[Diagnostic]]:
    """Replace every `${VAR}` in a document; each text that had one becomes a `SecretStr` as a whole."""

    def put_in(found: re.Match[str]) -> str:
        return variables.get(found[1], found[0])

    def replaced(_: Where, text: str) -> str:
        known = [found[1] for found in _REFERENCE.finditer(text) if found[1] in variables]
        if not known:
            return text
        return SecretStr(within(text, lambda each: _REFERENCE.sub(put_in, each)))

    faults = [
        Diagnostic(document.file, document.line(where), _missing(found[1], variables))
        for where, text in texts(document.value)
        for found in _REFERENCE.finditer(text)
        if found[1] not in variables
    ]
    return document.map_text(replaced), faults


def refuse(document: Document) -> list[Diagnostic]:
    """Report every `${VAR}` of a document that takes none."""
    return [
        Diagnostic(
            document.file,
            document.line(where),
            f"{found[0]} stands where no variable is resolved: write the value",
        )
        for where, text in texts(document.value)
        for found in _REFERENCE.finditer(text)
    ]


def _missing(name: str, variables: Mapping[str, str]) -> str:
    return (
        f"${{{name}}} has no value{did_you_mean(name, variables)}: "
        f"give it as a variable in the stack's config or in {ENV_FILE}"
    )


def mask(sentence: str, value: Any) -> str:
    """Return the sentence without any secret that occurs in `value`."""
    secrets = {str(text) for _, text in texts(value) if isinstance(text, SecretStr) and text}
    for secret in sorted(secrets, key=len, reverse=True):
        sentence = sentence.replace(repr(secret), "'***'").replace(secret, "***")
    return sentence
