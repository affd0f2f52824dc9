"""Secrets on their way into resources: what is one, or holds one, becomes a Pulumi secret; nothing else."""

import asyncio
from collections.abc import Awaitable, Mapping
from typing import Any
from weakref import WeakSet

from pulumi import (
    Output,
    Resource,
    ResourceOptions,
    ResourceTransformationArgs,
    ResourceTransformationResult,
    RunError,
)

from pulumi_sre_agent.api.secrets import SecretStr, mask_secrets
from pulumi_sre_agent.schema.stack_config import ConfigTexts, config_texts

_GUARDED: WeakSet[Output[Any]] = WeakSet()
"""Outputs that have been looked at: what stands in several components comes by several times."""


def guarding(opts: ResourceOptions | None) -> ResourceOptions:
    """Return the options of a component whose children keep the secrets of the stack's config."""
    return ResourceOptions.merge(opts, ResourceOptions(transformations=[_guard_props]))


def _guard_props(args: ResourceTransformationArgs) -> ResourceTransformationResult:
    return ResourceTransformationResult(guard_secrets(args.props), args.opts)


def guard_secrets(value: Any) -> Any:
    """Make Pulumi secrets of the secrets in a value: each `SecretStr`, and what holds one of the config."""
    return _guarded(value, config_texts())


def refusal(sentence: str) -> RunError:
    """Return the error that ends a program with a sentence, which repeats no secret of the stack's config."""
    return RunError(without_config_secrets(sentence))


def without_config_secrets(text: str) -> str:
    """Blank out the secrets of the stack's config in a text, in whichever form."""
    return mask_secrets(text, config_texts().secrets)


def mark_texts(value: Any, *, unless_plain: bool = False) -> Any:
    """Return a value whose texts are `SecretStr` where the stack's config has them as secrets.

    `unless_plain`: also where they are not from the config at all, so that nobody can tell.
    """
    return _marked(value, config_texts(), unless_plain)


def _marked(value: Any, config: ConfigTexts, unless_plain: bool) -> Any:
    if isinstance(value, Mapping):
        return {key: _marked(inner, config, unless_plain) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_marked(inner, config, unless_plain) for inner in value]
    if not isinstance(value, str):
        return value
    is_secret = value not in config.plain if unless_plain else _holds_secret(value, config)
    return SecretStr(value) if is_secret else value


def _guarded(value: Any, config: ConfigTexts) -> Any:
    if isinstance(value, Output):
        return _guarded_later(value, config) if config.secrets and value not in _GUARDED else value
    if isinstance(value, Mapping):
        return {key: _guarded(inner, config) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_guarded(inner, config) for inner in value]
    plain = str(value) if isinstance(value, SecretStr) else value
    return Output.secret(plain) if _holds_secret(value, config) else value


def _guarded_later(output: Output[Any], config: ConfigTexts) -> Output[Any]:
    """Return the same output, which turns out to be secret where its value holds one."""

    async def value() -> Any:
        return await output.future(with_unknowns=True)

    async def is_secret() -> bool:
        if await output.is_secret():
            return True
        try:
            return _holds_secret(await value(), config)
        except Exception:  # noqa: BLE001 - whoever waits for the value gets it
            return False

    guarded: Output[Any] = Output(
        output.resources(),
        asyncio.ensure_future(value()),
        output.is_known(),
        asyncio.ensure_future(is_secret()),
    )
    _GUARDED.add(guarded)
    return guarded


def _holds_secret(value: Any, config: ConfigTexts) -> bool:
    if isinstance(value, str):
        return isinstance(value, SecretStr) or config.holds_secret(value)
    if isinstance(value, Mapping):
        return any(_holds_secret(inner, config) for inner in value.values())
    if isinstance(value, list | tuple):
        return any(_holds_secret(inner, config) for inner in value)
    if isinstance(value, int | float) and not isinstance(value, bool):
        return str(value) in config.secrets
    return _is_input_type(value) and _holds_secret(vars(value), config)


def _is_input_type(value: Any) -> bool:
    """Whether a value is one of the argument classes that azure-native has for objects."""
    return hasattr(value, "__dict__") and not isinstance(value, Output | Awaitable | Resource | type)
