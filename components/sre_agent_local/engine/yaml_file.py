"""YAML read as Pulumi reads it: one document, a mapping, words such as `yes` and dates stay text."""

import re
from pathlib import Path
from typing import Any

import yaml

from .errors import EngineError


class _Loader(yaml.SafeLoader):
    """YAML 1.2's scalars: only true and false are booleans, nothing is a date."""


_Loader.yaml_implicit_resolvers = {
    first: [(tag, pattern) for tag, pattern in resolvers if not tag.endswith((":bool", ":timestamp"))]
    for first, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}
_Loader.add_implicit_resolver(
    "tag:yaml.org,2002:bool", re.compile(r"^(?:true|True|TRUE|false|False|FALSE)$"), list("tTfF")
)


def read(path: Path) -> dict[str, Any]:
    """Read the mapping in a file, {} from an empty one; EngineError names the file and the line."""
    try:
        document = yaml.load(path.read_text(encoding="utf-8-sig"), _Loader)  # noqa: S506 - a SafeLoader
    except yaml.MarkedYAMLError as error:
        line = f" in line {error.problem_mark.line + 1}" if error.problem_mark else ""
        raise EngineError(
            f"could not unmarshal '{path}': invalid YAML file{line}: {error.problem}"
        ) from error
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        raise EngineError(f"could not read '{path}': {' '.join(str(error).split())}") from error
    if document is None:
        return {}
    if not isinstance(document, dict):
        raise EngineError(f"could not unmarshal '{path}': it holds no mapping of settings")
    return document
