"""Kinds by their names: the provider and the model of each, and what is wrong with arguments for one."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pulumi_sre_agent import resources
from pulumi_sre_agent.schema.validation import ValidationError

from .model import Model, StackDefaults

if TYPE_CHECKING:
    from .provider import KindProvider

__all__ = ["ValidationError", "model_of", "provider_of", "validate"]

DEPLOY_TIME_PATHS = {("agent_id",), ("location",)}
"""Arguments that usually only a deployment knows."""


def provider_of(kind_name: str) -> "KindProvider":
    """Return the provider of a kind by its name, such as `Skill`."""
    provider_type: type[KindProvider] = getattr(resources, kind_name).provider
    return provider_type()


def model_of(kind_name: str) -> Model:
    """Return the model of a kind by its name, such as `Skill`."""
    return provider_of(kind_name).model


def validate(kind_name: str, args: Mapping[str, Any]) -> list[ValidationError]:
    """Check the arguments of a kind, such as `Skill`, without an engine and asking nobody.

    `agent_id` may be missing, and so may an agent's `location`: both are usually known only to who deploys.
    Outputs among the arguments count as unknown.
    """
    errors = model_of(kind_name).check({}, args, StackDefaults())[1]
    return [error for error in errors if error.path not in DEPLOY_TIME_PATHS or error.path[0] in args]
