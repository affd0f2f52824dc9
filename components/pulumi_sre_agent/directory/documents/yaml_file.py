"""YAML with the line of every value.

Scalars mean what YAML 1.2 says: `on`, `yes`, `12:30`, `2026-11-22` are text. A plain number or boolean keeps
its spelling beside its value, so that a version `1.10` in a text field stays `1.10`.
"""

import math
import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import yaml

from pulumi_sre_agent.directory.diagnostics import DocumentError
from pulumi_sre_agent.directory.documents.document import (
    MAX_DEPTH,
    Document,
    check_text,
    nested_too_deeply,
    repeated_member,
)
from pulumi_sre_agent.directory.documents.files import MAX_SIZE
from pulumi_sre_agent.schema.validation import FieldPath

LIMIT = 20_000
"""Values in one document, with what aliases and merges repeat; only those that multiply get there."""


class _Loader(getattr(yaml, "CSafeLoader", yaml.SafeLoader)):  # type: ignore[misc]  # C where PyYAML has it
    """Composes nodes with the scalar rules of YAML 1.2."""

    yaml_implicit_resolvers: Mapping[str, Any] = {}


_NULL = "tag:yaml.org,2002:null"
_MERGE = "tag:yaml.org,2002:merge"
_Pairs = list[tuple[yaml.Node, yaml.Node]]
_COLLECTIONS = frozenset({"tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"})
_SCALARS: dict[str, Callable[[str], Any]] = {
    "tag:yaml.org,2002:str": str,
    _NULL: lambda _: None,
    "tag:yaml.org,2002:bool": lambda text: text.lower() == "true",
    "tag:yaml.org,2002:int": lambda text: int(text, 0 if text[:2] in {"0x", "0o"} else 10),
    "tag:yaml.org,2002:float": float,
}
for _tag, _pattern, _first in (
    ("null", r"~|null|Null|NULL|", ["~", "n", "N", ""]),
    ("bool", r"true|True|TRUE|false|False|FALSE", list("tTfF")),
    ("int", r"[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+", list("-+0123456789")),
    ("float", r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?", list("-+.0123456789")),
    ("merge", r"<<", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(rf"^(?:{_pattern})$"), _first)


def parse_yaml(file: str, text: str) -> Document:
    loader = None
    try:
        _refuse_depth(text)
        loader = _Loader(text)
        return _YamlValues(loader).document(file)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        raise DocumentError(
            mark.line + 1 if mark else 1, f"the YAML is malformed: {_problem(error)}"
        ) from None
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
        raise DocumentError(line, "the YAML is malformed: it holds a control character") from None
    finally:
        if loader is not None:
            loader.dispose()


def _refuse_depth(text: str) -> None:
    """Count the levels before anything descends into them: PyYAML crashes where there are many."""
    depth = 0
    for event in yaml.parse(text, Loader=_Loader):
        depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if depth > MAX_DEPTH:
            raise nested_too_deeply(event.start_mark.line + 1 if event.start_mark else 1)


def _problem(error: yaml.MarkedYAMLError) -> str:
    if error.context == "expected a single document in the stream":
        return "it holds several documents, split them into files or make them one list"
    return " ".join(part for part in (error.context, error.problem) if part)


class _YamlValues:
    """Turns composed nodes into plain values, noting lines and spellings."""

    def __init__(self, loader: Any) -> None:
        self._loader = loader
        self._lines: dict[FieldPath, int] = {}
        self._spellings: dict[FieldPath, str] = {}
        self._open: set[int] = set()
        self._pairs: dict[int, _Pairs] = {}
        self._count = self._size = 0

    def document(self, file: str) -> Document:
        node = self._loader.get_single_node()
        value = None if node is None else self._value((), node)
        return Document(file, value, self._lines, self._spellings)

    def _value(self, path: FieldPath, node: yaml.Node) -> Any:
        line = node.start_mark.line + 1
        self._lines.setdefault(path, line)
        self._count_value(line)
        if len(path) > MAX_DEPTH:
            raise nested_too_deeply(line)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(path, node)
        if node.tag not in _COLLECTIONS:
            raise _no_such_tag(line, node)
        if id(node) in self._open:
            raise DocumentError(line, "the YAML contains itself through an alias")
        self._open.add(id(node))
        value = self._mapping(path, node) if isinstance(node, yaml.MappingNode) else self._list(path, node)
        self._open.remove(id(node))
        return value

    def _count_value(self, line: int) -> None:
        self._count += 1
        if self._count > LIMIT:
            raise DocumentError(line, f"the YAML unfolds to more than {LIMIT:,} values")

    def _scalar(self, path: FieldPath, node: yaml.ScalarNode) -> Any:
        line = node.start_mark.line + 1
        make = _SCALARS.get(node.tag)
        if make is None:
            raise _no_such_tag(line, node)
        self._size += len(node.value)
        if self._size > MAX_SIZE:
            raise DocumentError(line, f"the YAML unfolds to more than {MAX_SIZE // 2**20} MB of text")
        try:
            value = make(check_text(node.value, line))
            is_finite = isinstance(value, str) or value is None or math.isfinite(value)
        except ValueError:
            raise DocumentError(
                line, f"the YAML is malformed: {node.value[:40]!r} is not what its tag says"
            ) from None
        except OverflowError:
            is_finite = False
        if not is_finite:
            raise DocumentError(line, f"the YAML is malformed: the number {node.value[:20]} is too large")
        if not isinstance(value, str):
            self._spellings[path] = node.value
        return value

    def _list(self, path: FieldPath, node: yaml.Node) -> list[Any]:
        return [self._value((*path, index), each) for index, each in enumerate(node.value)]

    def _mapping(self, path: FieldPath, node: yaml.MappingNode) -> dict[str, Any] | str:
        placeholder = _unquoted_placeholder(node)
        if placeholder is not None:
            return placeholder
        value: dict[str, Any] = {}
        for key, each in self._members(node):
            self._lines[*path, key.value] = key.start_mark.line + 1
            value[key.value] = self._value((*path, key.value), each)
        return value

    def _members(self, node: yaml.MappingNode) -> _Pairs:
        """Return a mapping's own members and, before them, those that it merges, each name once."""
        if id(node) not in self._pairs:
            own = self._own_members(node)
            merged: dict[str, tuple[yaml.Node, yaml.Node]] = {}
            for key, each in node.value:
                if key.tag == _MERGE:
                    for pair in self._merged(each):
                        self._count_value(key.start_mark.line + 1)
                        merged.setdefault(pair[0].value, pair)
            self._pairs[id(node)] = list((merged | own).values())
        return self._pairs[id(node)]

    def _merged(self, node: yaml.Node) -> Iterator[tuple[yaml.Node, yaml.Node]]:
        """Yield what `<<` merges: the members of a mapping, or of each of several, the first one winning."""
        for each in node.value if isinstance(node, yaml.SequenceNode) else [node]:
            line = each.start_mark.line + 1
            if not isinstance(each, yaml.MappingNode):
                raise DocumentError(line, "the YAML is malformed: << takes a mapping or a list of mappings")
            if id(each) in self._open:
                raise DocumentError(line, "the YAML contains itself through an alias")
            self._open.add(id(each))
            yield from self._members(each)
            self._open.remove(id(each))

    def _own_members(self, node: yaml.MappingNode) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        lines: dict[str, int] = {}
        for key, each in node.value:
            line = key.start_mark.line + 1
            if not isinstance(key, yaml.ScalarNode):
                raise DocumentError(line, "the YAML is malformed: a member's name must be plain text")
            if key.value in lines:
                raise repeated_member(key.value, line, lines[key.value])
            lines[check_text(key.value, line)] = line
            if key.tag != _MERGE:
                own[key.value] = key, each
        return own


def _no_such_tag(line: int, node: yaml.Node) -> DocumentError:
    return DocumentError(line, f"the YAML tag {node.tag} means nothing here: write plain values")


def _unquoted_placeholder(node: yaml.MappingNode) -> str | None:
    """Recognise `url: {{key}}`: a placeholder, but to YAML a mapping whose only key is a mapping."""
    outer = _only_pair(node)
    inner = _only_pair(outer[0]) if outer and _is_null(outer[1]) else None
    if inner and isinstance(inner[0], yaml.ScalarNode) and _is_null(inner[1]):
        return f"{{{{{inner[0].value}}}}}"
    return None


def _only_pair(node: yaml.Node) -> tuple[yaml.Node, yaml.Node] | None:
    if isinstance(node, yaml.MappingNode) and len(node.value) == 1:
        pair: tuple[yaml.Node, yaml.Node] = node.value[0]
        return pair
    return None


def _is_null(node: yaml.Node) -> bool:
    return node.tag == _NULL
