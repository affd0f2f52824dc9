"""Kinds by their names: the provider and the model of each, and what is wrong with arguments for one."""

import sys
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from pulumi_sre_agent import resources
from pulumi_sre_agent.schema.validation import ValidationError

from .model import Defaults, Model

if TYPE_CHECKING:
    from .provider import KindProvider

__all__ = ["ValidationError", "model_of", "provider_of", "validate"]

KNOWN_LATER = {("agent_id",), ("location",)}
"""What the directory reader need not know."""


def provider_of(kind_name: str) -> "KindProvider":
    """Return the provider of a kind by its name, such as `CommonPrompt`."""
    module = sys.modules[getattr(resources, kind_name).__module__]
    provider: KindProvider = getattr(module, f"{kind_name}Provider")()
    return provider


def model_of(kind_name: str) -> Model:
    """Return the model of a kind by its name, such as `CommonPrompt`."""
    return provider_of(kind_name).model


def validate(kind_name: str, args: Mapping[str, Any]) -> list[ValidationError]:
    """Check the arguments of a kind, such as `Skill`, without an engine and asking nobody.

    `agent_id` may be missing, and so may an agent's `location`: both are usually known only to who deploys.
    Outputs among the arguments count as unknown.
    """
    found = model_of(kind_name).check({}, args, Defaults())[1]
    return [fault for fault in found if fault.path not in KNOWN_LATER or fault.path[0] in args]
