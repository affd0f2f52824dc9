"""YAML documents of subagents and tools, as version 1 of the API takes them.

See docs/reference/data-plane.md#version-1.
"""

import json
import re
from collections.abc import Iterator
from typing import Any

import yaml

from sre_agent_local.azure import kinds
from sre_agent_local.azure.errors import AzureError, BadRequest
from sre_agent_local.azure.http.json_values import DEEPEST, Json, read_json
from sre_agent_local.azure.kinds import ItemKind

from .request import AgentRequest

Item = tuple[ItemKind, str, Json]
"""Kind, name and properties."""

MEDIA_TYPES = ("text/yaml", "application/yaml", "application/x-yaml", "text/x-yaml")
LARGEST = 512 * 1024
"""Bytes of a body: more of it would take seconds to read."""
SHORTEST_PROMPT = 50
"""Characters of a subagent's instructions; with fewer, the service fails rather than refuses."""
_LOADER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_RENAMED = {"system_prompt": "instructions"}


class UnsupportedMediaType(AzureError):
    """415: JSON, for example, which is YAML, but does not say so."""

    status = 415
    code = "UnsupportedMediaType"


class InternalServerError(AzureError):
    """500: what the service says to instructions that are too short."""

    status = 500
    code = "InternalServerError"


def read(request: AgentRequest) -> list[Item]:
    """Return what the documents of a body say. Raises UnsupportedMediaType, BadRequest."""
    media_type = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if media_type not in MEDIA_TYPES:
        raise UnsupportedMediaType(f"The media type '{media_type}' is not one of {', '.join(MEDIA_TYPES)}.")
    if len(request.content) > LARGEST:
        raise BadRequest(f"The body is larger than {LARGEST // 1024} KB.")
    try:
        _check_shape(request.content)
        documents = [_json(each) for each in yaml.load_all(request.content, _LOADER) if each is not None]
    except (yaml.YAMLError, ValueError, TypeError, RecursionError) as error:
        raise BadRequest(f"The body is not YAML of JSON values: {' '.join(str(error).split())}.") from error
    if not documents:
        raise BadRequest("The body holds no document.")
    return [item for document in documents for item in _items(document)]


def _check_shape(content: bytes) -> None:
    """Refuse aliases, by which few letters can stand for very much, and too deep a nesting."""
    level = 0
    for event in yaml.parse(content, _LOADER):
        if isinstance(event, yaml.AliasEvent):
            raise yaml.YAMLError("it holds an alias")
        level += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
        if level > DEEPEST:
            raise yaml.YAMLError(f"it is nested deeper than {DEEPEST} levels")


def _json(document: Any) -> Any:
    """Return a document as JSON has it: a date, for example, is the text that says it."""
    return read_json(json.dumps(document, default=str))


def _items(document: Any) -> Iterator[Item]:
    if not isinstance(document, dict):
        raise BadRequest("A document is not an object.")
    kind, spec, metadata = (document.get(name) for name in ("kind", "spec", "metadata"))
    if kind not in _READERS:
        raise BadRequest(f"Unsupported kind: {kind}")
    if not isinstance(spec, dict):
        raise BadRequest(f"The member 'spec' of a document of kind {kind} is not an object.")
    name = metadata.get("name") if isinstance(metadata, dict) else None
    yield from _READERS[kind](spec, name)


def _subagent(spec: Json, name: Any) -> Iterator[Item]:
    if len(str(spec.get("system_prompt") or "")) < SHORTEST_PROMPT:
        raise InternalServerError("An unexpected error occurred.")
    yield kinds.SUBAGENTS, _name(spec.get("name") or name, "subagent"), _properties(spec)


def _tools(spec: Json, _name_of_list: Any) -> Iterator[Item]:
    tools = spec.get("tools")
    if not isinstance(tools, list) or not all(isinstance(tool, dict) for tool in tools):
        raise BadRequest("The member 'spec.tools' of a document of kind ToolList is not a list of objects.")
    for tool in tools:
        yield kinds.TOOLS, _name(tool.get("name"), "tool"), _properties(tool)


def _tool(spec: Json, name: Any) -> Iterator[Item]:
    yield kinds.TOOLS, _name(name or spec.get("name"), "tool"), _properties(spec)


_READERS = {"AgentConfiguration": _subagent, "ToolList": _tools, "ExtendedAgentTool": _tool}


def _name(name: Any, title: str) -> str:
    if not isinstance(name, str) or not name:
        raise BadRequest(f"A {title} has no name.")
    return name


def _properties(spec: Json) -> Json:
    """Return the members of the spec as version 2 spells them; what is inside of them stays as it is."""
    return {_RENAMED.get(member) or _camel(str(member)): value for member, value in spec.items()}


def _camel(member: str) -> str:
    return re.sub(r"_([a-z0-9])", lambda letter: letter[1].upper(), member)
