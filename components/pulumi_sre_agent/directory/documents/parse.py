"""From a file's bytes to a document, by its extension."""

from pulumi_sre_agent.directory.documents.document import Document, decode
from pulumi_sre_agent.directory.documents.json_file import parse_json
from pulumi_sre_agent.directory.documents.yaml_file import parse_yaml


def parse(file: str, data: bytes) -> Document:
    """Parse one file by its extension.

    Raises:
        DocumentError: it is not UTF-8, not well-formed, repeats a member, holds several documents, or nests
            or unfolds endlessly.

    """
    text = decode(data)
    return parse_json(file, text) if file.endswith(".json") else parse_yaml(file, text)
