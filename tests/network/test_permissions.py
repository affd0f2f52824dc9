"""Networks that the login may not make: a warning says which role is missing, and where."""

from collections.abc import Callable

import pulumi
import pytest

import pulumi_sre_agent as sre
from pulumi_sre_agent.network.network import NetworkArgs
from pulumi_sre_agent.network.shared_network import SharedNetworkArgs
from support.mocks import run
from support.networks import NEW_NETWORK

NEW: NetworkArgs = NEW_NETWORK | {"resource_group_name": "rg-net"}
SHARED: SharedNetworkArgs = NEW_NETWORK | {
    "resource_group_name": "rg-net",
    "address_prefix": "10.20.0.0/24",
    "agents": ["payments"],
}


@pytest.fixture
def warned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, _resource: told.append(message))
    return told


def nowhere(action: str, _group: str) -> bool:
    return action != "Microsoft.Network/virtualNetworks/write"


def unknown(_action: str, _group: str) -> bool:
    raise pulumi.RunError("Azure does not answer.")


@pytest.mark.parametrize(
    "program",
    [
        pytest.param(lambda: sre.Network("net", NEW), id="network"),
        pytest.param(lambda: sre.SharedNetwork("net", SHARED), id="shared-network"),
    ],
)
def test_a_missing_role_is_named(program: Callable[[], object], warned: list[str]) -> None:
    run(program, may=nowhere)

    (said,) = warned
    assert said == (
        "This login may not make networks in resource group rg-net: ask for the role Network Contributor "
        "there, or give an existing subnet."
    )


@pytest.mark.parametrize("may", [lambda *_: True, unknown], ids=["allowed", "azure-does-not-tell"])
def test_otherwise_nothing_is_said(may: Callable[[str, str], bool], warned: list[str]) -> None:
    run(lambda: sre.Network("net", NEW), may=may)

    assert warned == []


def test_a_preview_warns_of_nothing(monkeypatch: pytest.MonkeyPatch, warned: list[str]) -> None:
    """Pipelines run them as somebody who may only read."""
    monkeypatch.setattr(pulumi.runtime, "is_dry_run", lambda: True)

    run(lambda: sre.Network("net", NEW), may=nowhere)

    assert warned == []
