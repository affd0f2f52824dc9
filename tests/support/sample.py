"""The sample agent in previews, without an engine: what its directory and arguments come to.

The real component runs under Pulumi's mocks, and each resource's own check completes its inputs, as an engine
would have it do. In the place of secrets stands what engines write, and where one changes, its path.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pulumi

import pulumi_sre_agent as sre
from pulumi_sre_agent.api.secrets import SECRET
from pulumi_sre_agent.resources._core.model import StackDefaults
from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.schema.annotations import SensitiveField
from pulumi_sre_agent.schema.fields import Field
from pulumi_sre_agent.schema.normalization import item_field, member_field
from sre_agent_local.engine.diff import format_path
from support import mocks, previews
from support.mocks import SUBSCRIPTION, Made, Secret

DIRECTORY = Path(__file__).parents[2] / "stacks" / "agents" / "payments-oncall"
DYNAMIC = "pulumi-python:dynamic/sre:"
TOKEN = "PAYMENTS_OPS_TOKEN"
MARKER = "planted-3c81f0"
"""Begins each secret."""
WATCHED = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
VARIABLES = {
    "PAYMENTS_APP_INSIGHTS_ID": f"{WATCHED}/providers/Microsoft.Insights/components/appi-payments",
    "PAYMENTS_LOG_ANALYTICS_ID": f"{WATCHED}/providers/Microsoft.OperationalInsights/workspaces/log-payments",
    "PAYMENTS_KUSTO_URL": "https://payments.swedencentral.kusto.windows.net/payments",
}


@dataclass(frozen=True)
class Deployed:
    """One resource as a state has it."""

    kind: str
    name: str
    inputs: Mapping[str, Any]
    """With its secrets in plain."""
    shown: Mapping[str, Any]
    """As an engine prints them."""
    id: str
    is_protected: bool

    @property
    def key(self) -> tuple[str, str]:
        return self.kind, self.name


Stack = Mapping[tuple[str, str], Deployed]


def stack(directory: Path = DIRECTORY, *, token: str = f"{MARKER}-one", **args: Any) -> Stack:
    """Return all that is deployed of a directory, with further arguments of `sre.Agent`."""

    def program() -> None:
        read = sre.directory.read(directory, variables={**VARIABLES, TOKEN: token}, subscription=SUBSCRIPTION)
        off = {"enabled": False}
        named: Any = {"directory": read, "alerts": off, "dashboard": off, "spend": off, **args}
        sre.Agent(read.agent.name, named)

    config = {"azure-native:location": "swedencentral", "sre-agent:variables": json.dumps(VARIABLES)}
    made = mocks.run(program, config).made
    resources = [_deployed(each) for each in made if not each.type.startswith("sre:")]
    return {each.key: each for each in sorted(resources, key=lambda each: each.key)}


def preview(before: Stack, after: Stack) -> str:
    """Return what `pulumi preview --json --show-sames` prints of a change, what is deleted at the end."""
    keys = [*after, *(key for key in before if key not in after)]
    return previews.preview(*(_step(before.get(key), after.get(key)) for key in keys))


def _step(before: Deployed | None, after: Deployed | None) -> dict[str, Any]:
    each = after or before
    assert each
    return previews.step(
        each.kind,
        before.shown if before else None,
        after.shown if after else None,
        name=each.name,
        op=_op(before, after),
        protect=(bool(before and before.is_protected), bool(after and after.is_protected)),
        changed=tuple(map(format_path, changed_secrets(before, after))) if before and after else (),
        id=before.id if before else "",
        outputs=mocks.COMPUTED.get(each.kind),
    )


def _op(before: Deployed | None, after: Deployed | None) -> str:
    """Name the step; that a resource is protected no longer is none (docs/reference/pulumi.md#steps)."""
    if not before or not after:
        return ""
    if before.inputs == after.inputs:
        return "same"
    if ":" in after.kind:
        return "update"
    model = model_of(after.kind)
    fields = model.changed_fields(before.inputs, after.inputs)
    return "replace" if model.replaces(fields, before.inputs, after.inputs) else "update"


def changed_secrets(before: Deployed, after: Deployed) -> Iterator[tuple[str | int, ...]]:
    """Yield where both sides have a secret, and not the same."""
    yield from _changed_secrets((), (before.inputs, before.shown), (after.inputs, after.shown))


def _changed_secrets(
    path: tuple[str | int, ...], before: tuple[Any, Any], after: tuple[Any, Any]
) -> Iterator[tuple[str | int, ...]]:
    if before[1] == after[1] == SECRET:
        if before[0] != after[0]:
            yield path
    elif isinstance(before[1], Mapping) and isinstance(after[1], Mapping):
        for name in before[1].keys() & after[1].keys():
            sides = [(plain[name], shown[name]) for plain, shown in (before, after)]
            yield from _changed_secrets((*path, name), sides[0], sides[1])
    elif isinstance(before[1], list) and isinstance(after[1], list):
        for number, entries in enumerate(zip(*before, strict=True)):
            if number < len(after[1]):
                other = (after[0][number], after[1][number])
                yield from _changed_secrets((*path, number), entries, other)


def _deployed(made: Made) -> Deployed:
    kind = made.type.removeprefix(DYNAMIC)
    plain = {name: _plain(value) for name, value in made.inputs.items() if not name.startswith("__")}
    root = Field(dict)
    if kind != made.type:
        root = model_of(kind).root
        plain, errors = model_of(kind).check({}, plain, StackDefaults(subscription_id=SUBSCRIPTION))
        if errors:
            raise pulumi.RunError(f"{made.name}: {errors}")  # as an engine's check would refuse it
    shown = _shown(root, plain)
    for name, value in made.inputs.items():
        if isinstance(value, Secret) and shown.get(name) == plain.get(name):
            shown[name] = SECRET  # no field tells of it, but the program does
    id_ = plain.get("agent_id", f"{made.name}-id")
    if kind == "Agent":
        id_ = (
            f"/subscriptions/{plain['subscription_id']}/resourceGroups/{plain['resource_group_name']}"
            f"/providers/Microsoft.App/agents/{plain['name']}"
        )
    return Deployed(kind, made.name, plain, shown, id_, made.protect)


def _plain(value: Any) -> Any:
    return value.value if isinstance(value, Secret) else value


def _shown(field: Field, value: Any) -> Any:
    if field.has(SensitiveField) or (isinstance(value, str) and MARKER in value):
        return SECRET
    if isinstance(value, Mapping):
        return {name: _shown(member_field(field, name), value[name]) for name in sorted(value)}
    if isinstance(value, list):
        return [_shown(item_field(field), inner) for inner in value]
    return value
