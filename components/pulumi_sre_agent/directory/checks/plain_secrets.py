"""Secrets that a file has in plain, where a variable should stand."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from pulumi_sre_agent.api.secrets import SHORTEST, credentials_in
from pulumi_sre_agent.directory.diagnostics import Note
from pulumi_sre_agent.directory.documents.document import Document, texts
from pulumi_sre_agent.directory.substitution.variables import PLACEHOLDER, VARIABLE
from pulumi_sre_agent.schema.plain_secrets import command_to_store
from pulumi_sre_agent.schema.validation import FieldPath

_FILLED_IN = re.compile(f"{VARIABLE}|{PLACEHOLDER}")
_BETWEEN_WORDS = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|\W+")


def plain_secrets(document: Document) -> Iterator[Note]:
    """Say of each secret in a document as it is written how to keep it out of it; the secret is not told."""
    for path, text in [*texts(document.value), *document.spellings.items()]:
        name = next((step for step in reversed(path) if isinstance(step, str) and step != "value"), "")
        is_literal = not _FILLED_IN.search(text)
        if is_literal and any(len(secret) >= SHORTEST for secret in credentials_in(name, text)):
            variable = _variable(document, path, name)
            yield Note(
                document.file,
                document.line(path),
                f"{name} is a secret and stands here in plain: write ${{{variable}}} and store its value"
                f" encrypted, by {command_to_store(f'variables.{variable}')}",
            )


def _variable(document: Document, path: FieldPath, name: str) -> str:
    """Make up a variable's name of what the secret belongs to: the nearest thing around it with a name."""
    around = (document.at(path[:length]) for length in range(len(path) - 1, -1, -1))
    names = (each.get("name") for each in around if isinstance(each, dict))
    owner = next((each for each in names if isinstance(each, str)), PurePosixPath(document.file).stem)
    return _BETWEEN_WORDS.sub("_", f"{owner}_{name}").strip("_").upper()
