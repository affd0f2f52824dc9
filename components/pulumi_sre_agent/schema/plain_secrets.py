"""Secrets that somebody has put in plain into the stack's config: said once in a run, as a warning."""

import shlex
from collections.abc import Hashable, Iterator, Mapping
from typing import Any
from weakref import WeakKeyDictionary

from pulumi import Output, Resource, log
from pulumi.runtime import get_root_resource

from pulumi_sre_agent.api.secrets import SHORTEST, SecretStr, credentials_in
from pulumi_sre_agent.schema.stack_config import config_texts

_TOLD: WeakKeyDictionary[Resource, set[Hashable]] = WeakKeyDictionary()
"""What each run has said, by the stack that stands for the run."""


def warn_of_plain_secrets(name: str, value: Any) -> None:
    """Say where the stack's config has in plain what is a secret in the value of a property."""
    if not (plain := config_texts().plain):
        return
    for secret in _secrets(name, value):
        if (place := plain.get(secret)) and len(secret) >= SHORTEST and first_in_run(place):
            log.warn(
                f"{place} of the stack's config is a secret and stands there in plain: store it encrypted, by"
                f" {command_to_store(place)}"
            )


def command_to_store(place: str) -> str:
    """Return the command that encrypts what stands at a place of the config; it asks for the value."""
    return f"pulumi config set --path {_quoted(place)} --secret"


def first_in_run(key: Hashable) -> bool:
    """Whether something is said for the first time in this run of the program."""
    if (stack := get_root_resource()) is None:
        return True
    told = _TOLD.setdefault(stack, set())
    is_new = key not in told
    told.add(key)
    return is_new


def _secrets(name: str, value: Any) -> Iterator[str]:
    if isinstance(value, Output):
        value.apply(lambda known: warn_of_plain_secrets(name, known))
    elif isinstance(value, SecretStr):  # the answer to a prompt for a secret
        yield str(value)
        yield from credentials_in(name, value)
    elif isinstance(value, str):
        yield from credentials_in(name, value)
    elif isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _secrets(name if key == "value" else str(key), inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _secrets(name, inner)


def _quoted(place: str) -> str:
    quoted = shlex.quote(place)
    return quoted if quoted != place else f"'{place}'"
