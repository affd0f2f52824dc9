"""An agent's subnet and its egress mode."""

import pytest

from support.arm_agent import AGENT, INSIDE, properties
from support.azure import Json, LocalAzure, error


@pytest.mark.parametrize(
    ("change", "vnet", "sandbox"),
    [
        pytest.param(
            {"vnetConfiguration": {}},
            INSIDE["vnetConfiguration"],
            INSIDE["sandboxConfiguration"],
            id="empty-keeps",
        ),
        pytest.param(
            {"sandboxConfiguration": None},
            INSIDE["vnetConfiguration"],
            INSIDE["sandboxConfiguration"],
            id="null-sandbox-keeps",
        ),
        pytest.param(
            {
                "sandboxConfiguration": {
                    "egress": {"allowedHosts": None, "allowHttpMcpServerNetworkAccess": True}
                }
            },
            INSIDE["vnetConfiguration"],
            {"egress": {"mode": "AzureVNet", "allowHttpMcpServerNetworkAccess": True}},
            id="sandbox-merges",
        ),
        pytest.param(
            {"vnetConfiguration": None, "sandboxConfiguration": {"egress": {"mode": "Limited"}}},
            {"subnetResourceId": None},
            {"egress": {"mode": "Limited", "allowedHosts": ["a.contoso.com"]}},
            id="null-detaches",
        ),
        pytest.param(
            {"vnetConfiguration": {"subnetResourceId": None}, "sandboxConfiguration": {"egress": None}},
            {"subnetResourceId": None},
            {},
            id="null-subnet-detaches",
        ),
    ],
)
def test_patching_the_network(azure: LocalAzure, change: Json, vnet: Json, sandbox: Json) -> None:
    azure.subnet()
    azure.agent(**INSIDE)
    answer = azure.arm("PATCH", AGENT, {"properties": change})
    azure.settle(answer)

    assert properties(azure)["vnetConfiguration"] == vnet
    assert properties(azure)["sandboxConfiguration"] == sandbox


def test_an_agent_may_be_written_again_where_it_is_whatever_the_case_of_its_id(azure: LocalAzure) -> None:
    """Nobody else is in its subnet; another agent is refused there."""
    azure.subnet()
    azure.agent(**INSIDE)
    body = azure.agent_body(**INSIDE)

    assert azure.arm("PUT", AGENT.upper(), body).is_success
    refused = azure.arm("PUT", f"{AGENT}-two", body)
    assert error(refused) == (400, "InvalidVnetConfiguration")
    assert f"is already in use by '{AGENT}'" in refused.json()["error"]["message"]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"vnetConfiguration": None}, id="subnet-alone"),
        pytest.param({"sandboxConfiguration": {"egress": {"mode": "Limited"}}}, id="mode-alone"),
        pytest.param({"sandboxConfiguration": {"egress": None}}, id="egress-cleared"),
    ],
)
def test_subnet_and_mode_go_together(azure: LocalAzure, change: Json) -> None:
    azure.subnet()
    azure.agent(**INSIDE)

    assert error(azure.arm("PATCH", AGENT, {"properties": change})) == (400, "InvalidVnetConfiguration")
