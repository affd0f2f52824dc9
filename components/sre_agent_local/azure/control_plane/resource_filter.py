"""`$filter` of a list of resources, as the Azure CLI and scripts send it.

See docs/reference/control-plane.md#lists-of-resources.
"""

import re
from collections.abc import Callable
from functools import partial

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.state.store import Resource

Condition = Callable[[Resource], bool]

_TEXT = r"'(?P<value>(?:[^']|'')*)'"
_COMPARISON = re.compile(rf"(?P<member>\w+)\s+(?P<operator>eq|ne)\s+{_TEXT}", re.IGNORECASE)
_SUBSTRING = re.compile(rf"substringof\(\s*{_TEXT}\s*,\s*(?P<member>\w+)\s*\)", re.IGNORECASE)
_TAG = re.compile(
    r"tagName\s+eq\s+'(?P<name>(?:[^']|'')*)'"
    rf"(?:\s+and\s+tagValue\s+eq\s+{_TEXT})?",
    re.IGNORECASE,
)
_AND = re.compile(r"\s+and\s+(?=\w+(?:\s+(?:eq|ne)\s|\())", re.IGNORECASE)

_MEMBERS: dict[str, Callable[[Resource], str]] = {
    "resourcetype": lambda resource: resource.type,
    "name": lambda resource: resource.name,
    "location": lambda resource: resource.document["location"],
    "resourcegroup": lambda resource: resource.id.split("/")[4],
}


def parse(text: str) -> Condition:
    """Return what says whether a resource is asked for. Raises BadRequest for what it cannot read."""
    if not text.strip():
        return lambda _: True
    by_tag = _TAG.fullmatch(text.strip())
    if by_tag:
        return partial(_has_tag, _unquote(by_tag["name"]), by_tag["value"])
    conditions = [_parse_condition(part, text) for part in _AND.split(text.strip())]
    return lambda resource: all(condition(resource) for condition in conditions)


def _parse_condition(part: str, text: str) -> Condition:
    match = _COMPARISON.fullmatch(part) or _SUBSTRING.fullmatch(part)
    read = _MEMBERS.get(match["member"].lower()) if match else None
    if match is None or read is None:
        raise BadRequest(
            f"Invalid $filter '{text}' specified in the query string.", code="InvalidFilterInQueryString"
        )
    wanted = _unquote(match["value"]).lower()
    if match.re is _SUBSTRING:
        return lambda resource: wanted in read(resource).lower()
    is_equal = match["operator"].lower() == "eq"
    return lambda resource: (read(resource).lower() == wanted) is is_equal


def _has_tag(name: str, value: str | None, resource: Resource) -> bool:
    tags = {key.lower(): tag for key, tag in (resource.document.get("tags") or {}).items()}
    return name.lower() in tags and value in (None, tags[name.lower()])


def _unquote(value: str) -> str:
    return value.replace("''", "'")
