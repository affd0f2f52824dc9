"""Two resources of one program that would be one thing in Azure: refused with the names of both.

Whichever went first would take the item of the other away, and until then each would undo what the other did.
"""

import asyncio
from collections.abc import Hashable, Mapping, Sequence
from typing import Any
from weakref import WeakKeyDictionary

from pulumi import Output, Resource
from pulumi.runtime.settings import get_monitor

from pulumi_sre_agent.schema.secrecy import refusal

_owners: WeakKeyDictionary[Any, dict[Hashable, str]] = WeakKeyDictionary()
"""By the engine that a program speaks to, and so by program: what is taken, and by which resource."""


def claim_name(title: str, owner: str, inputs: Mapping[str, Any], fields: Sequence[str]) -> dict[str, Any]:
    """Return the inputs that tell a resource from others, so that they fail where another has the same.

    An output fails once it is known; one that is not yet known is told from others by what it comes from.
    Raises `pulumi.RunError` where all of them are plain.
    """
    values = {name: inputs.get(name) for name in fields}
    if not any(isinstance(value, Output) for value in values.values()):
        _claim(title, owner, tuple(map(_key, values.values())))
        return {}
    first, output = next((name, value) for name, value in values.items() if isinstance(value, Output))
    return {first: _unless_taken(title, owner, values, output)}


def _unless_taken(title: str, owner: str, values: Mapping[str, Any], output: Output[Any]) -> Output[Any]:
    """Return an output that is the same as another once no other resource has these inputs."""

    async def value() -> Any:
        keys = [await _resolved_key(each) for each in values.values()]
        _claim(title, owner, tuple(keys))
        return await output.future(with_unknowns=True)

    return Output(output.resources(), asyncio.ensure_future(value()), output.is_known(), output.is_secret())


async def _resolved_key(value: Any) -> Hashable:
    if not isinstance(value, Output):
        return _key(value)
    if await value.is_known():
        return _key(await value.future())
    resources: set[Resource] = await value.resources()
    return frozenset(map(id, resources))


def _key(value: Any) -> Hashable:
    return str(value).rstrip("/").lower()


def _claim(title: str, owner: str, key: Hashable) -> None:
    if (engine := get_monitor()) is None:
        return  # made to be looked at, as in somebody's unit test
    owners = _owners.setdefault(engine, {})
    other = owners.setdefault((title, key), owner)
    if other != owner:
        raise refusal(
            f"{other!r} and {owner!r} are the same {title} in Azure: leave one of them out, or give it"
            " another name."
        )
