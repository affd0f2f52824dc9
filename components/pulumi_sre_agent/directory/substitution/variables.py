"""`${VAR}`: values that stay out of the files, from the stack's config and `connectors.secrets.env`."""

import re
from collections.abc import Mapping
from typing import Any

from pulumi_sre_agent.directory.diagnostics import Diagnostic
from pulumi_sre_agent.directory.documents.document import Document, map_json_texts, texts
from pulumi_sre_agent.schema.validation import FieldPath, did_you_mean

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
            values[match["name"]] = quoted[2] if quoted else match["value"]
            lines[match["name"]] = number
    return values, diagnostics


def resolve(document: Document, variables: Mapping[str, str]) -> tuple[Document, list[Diagnostic]]:
    """Replace every `${VAR}` in a document; each text that had one becomes a `SecretStr` as a whole."""

    def value_of(match: re.Match[str]) -> str:
        return variables.get(match[1], match[0])

    def replace(_: FieldPath, text: str) -> str:
        known = [match[1] for match in _REFERENCE.finditer(text) if match[1] in variables]
        if not known:
            return text
        return SecretStr(map_json_texts(text, lambda each: _REFERENCE.sub(value_of, each)))

    diagnostics = [
        Diagnostic(document.file, document.line(path), _missing_variable(match[1], variables))
        for path, text in texts(document.value)
        for match in _REFERENCE.finditer(text)
        if match[1] not in variables
    ]
    return document.map_text(replace), diagnostics


def refuse(document: Document) -> list[Diagnostic]:
    """Report every `${VAR}` of a document that takes none."""
    return [
        Diagnostic(
            document.file,
            document.line(path),
            f"{match[0]} stands where no variable is resolved: write the value",
        )
        for path, text in texts(document.value)
        for match in _REFERENCE.finditer(text)
    ]


def _missing_variable(name: str, variables: Mapping[str, str]) -> str:
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
