"""`$filter` of a list of resources, as the Azure CLI and scripts send it.

See docs/reference/control-plane.md#lists-of-resources.
"""

from collections.abc import Callable

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http import odata
from sre_agent_local.azure.state.store import Resource

Condition = Callable[[Resource], bool]

_MEMBERS: dict[str, Callable[[Resource], str]] = {
    "resourcetype": lambda resource: resource.type,
    "name": lambda resource: resource.name,
    "location": lambda resource: resource.document["location"],
    "resourcegroup": lambda resource: resource.id.split("/")[4],
}
_TAG_NAME, _TAG_VALUE = "tagname", "tagvalue"


def parse(text: str) -> Condition:
    """Return what says whether a resource is asked for. Raises BadRequest for what it cannot read."""
    try:
        conditions = odata.parse(text)
    except odata.UnknownFilter as error:
        raise _refusal(text) from error
    tag = [(each.member, each.operator) for each in conditions]
    if tag in ([(_TAG_NAME, "eq")], [(_TAG_NAME, "eq"), (_TAG_VALUE, "eq")]):
        return lambda resource: _has_tag(resource, *(each.text for each in conditions))
    if not {member for member, _ in tag} <= _MEMBERS.keys():
        raise _refusal(text)
    return lambda resource: all(each.fits(_MEMBERS[each.member](resource)) for each in conditions)


def _refusal(text: str) -> BadRequest:
    return BadRequest(
        f"Invalid $filter '{text}' specified in the query string.", code="InvalidFilterInQueryString"
    )


def _has_tag(resource: Resource, name: str, value: str | None = None) -> bool:
    tags = {key.lower(): tag for key, tag in (resource.document.get("tags") or {}).items()}
    return name.lower() in tags and value in (None, tags[name.lower()])
