"""Previews as `pulumi preview --json` prints them, made of a few resources."""

import json
from collections.abc import Mapping
from typing import Any

PROJECT, STACK = "shop", "prod"
Inputs = Mapping[str, Any]
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-shop"
ROLE = {"scope": GROUP, "principal_id": "p-1", "principal_type": "ServicePrincipal"}
"""A role assignment but for its role."""
CONTRIBUTOR = "b24988ac-6180-42a0-ab88-20f7382dd24c"


def urn(kind: str, name: str) -> str:
    type_ = kind if ":" in kind else f"pulumi-python:dynamic/sre:{kind}"
    return f"urn:pulumi:{STACK}::{PROJECT}::sre:index:Agent${type_}::{name}"


def step(
    kind: str,
    before: Inputs | None,
    after: Inputs | None,
    *,
    name: str = "one",
    op: str = "",
    protect: tuple[bool, bool] = (False, False),
    changed: tuple[str, ...] = (),
    id: str = "",  # noqa: A002 - Pulumi's word
    dependencies: Mapping[str, list[str]] | None = None,
    outputs: Inputs | None = None,
) -> dict[str, Any]:
    """Return what would happen to one resource; `op` follows from its sides unless given.

    `outputs` are those of the state, where it is there before.
    """
    op = op or ("create" if before is None else "delete" if after is None else "update")
    address = urn(kind, name)
    state = {"urn": address, "custom": True, "type": address.split("$")[-1].split("::")[0]}
    state |= {"propertyDependencies": dependencies or {}}
    return {
        "op": op,
        "urn": address,
        **(
            {}
            if before is None
            else {
                "oldState": {
                    **state,
                    "id": id,
                    "inputs": before,
                    "outputs": outputs or {},
                    "protect": protect[0],
                }
            }
        ),
        **({} if after is None else {"newState": {**state, "inputs": after, "protect": protect[1]}}),
        "detailedDiff": {path: {"kind": "update", "inputDiff": True} for path in changed} or None,
    }


def preview(*steps: Mapping[str, Any], errors: tuple[str, ...] = ()) -> str:
    """Return a whole preview, with the stack and a component beside the steps."""
    component = urn("sre:index:Agent", "shop").replace("sre:index:Agent$", "")
    root = f"urn:pulumi:{STACK}::{PROJECT}::pulumi:pulumi:Stack::{PROJECT}-{STACK}"
    states: list[Mapping[str, Any]] = [
        {"op": "same", "urn": address, "newState": {"urn": address, "custom": False, "type": "component"}}
        for address in (root, component)
    ]
    return json.dumps(
        {
            "config": {},
            "steps": [*states, *steps],
            "diagnostics": [{"message": f"error: {text}", "severity": "error"} for text in errors],
        }
    )
