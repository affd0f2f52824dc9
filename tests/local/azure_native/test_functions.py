"""Functions: reading what exists, and who asks."""

from typing import Any

import grpc
import pytest

from support.azure import SUBSCRIPTION, TENANT, LocalAzure
from support.azure_native import Plugin, sentence


def test_a_resource_is_looked_up_by_name(plugin: Plugin, azure: LocalAzure) -> None:
    identity = azure.identity()

    found = plugin.invoke(
        "managedidentity:getUserAssignedIdentity", resourceGroupName="rg-sre", resourceName="id-sre"
    )

    assert (found["id"], found["name"]) == (identity["id"], "id-sre")
    assert found["principalId"] == identity["properties"]["principalId"]


def test_an_agent_is_looked_up_with_its_own_identity(plugin: Plugin, azure: LocalAzure) -> None:
    agent = azure.agent()

    found = plugin.invoke("app:getAgent", resourceGroupName="rg-sre", agentName="sre-one")

    assert (found["id"], found["azureApiVersion"]) == (agent, "2026-01-01")
    assert found["identity"]["principalId"] == azure.arm("GET", agent).json()["identity"]["principalId"]


def test_the_url_of_a_logic_app_is_asked_for(plugin: Plugin, azure: LocalAzure) -> None:
    azure.group()
    definition = {
        "$schema": "https://schema.management.azure.com/schemas/2016-06-01/Microsoft.Logic.json",
        "contentVersion": "1.0.0.0",
        "triggers": {"incoming": {"type": "Request"}},
        "actions": {},
    }
    _, _, made = plugin.made(
        "logic:Workflow", resourceGroupName="rg-sre", workflowName="logic-sre", definition=definition
    )

    found = plugin.invoke(
        "logic:listWorkflowTriggerCallbackUrl",
        resourceGroupName="rg-sre",
        workflowName="logic-sre",
        triggerName="incoming",
    )

    assert found["basePath"] == f"{made['accessEndpoint']}/triggers/incoming/paths/invoke"
    assert found["value"].startswith(f"{found['basePath']}?api-version=")


def test_the_caller_is_told_who_it_is(plugin: Plugin) -> None:
    found = plugin.invoke("authorization:getClientConfig")

    assert (found["subscriptionId"], found["tenantId"]) == (SUBSCRIPTION, TENANT)
    assert found.keys() == {"clientId", "objectId", "subscriptionId", "tenantId"}


@pytest.mark.parametrize(
    ("token", "args", "said"),
    [
        pytest.param(
            "compute:getVirtualMachine",
            {},
            "Invoke type azure-native:compute:getVirtualMachine not found: the local azure-native has azure-",
            id="unknown",
        ),
        pytest.param(
            "operationalinsights:getWorkspace",
            {"resourceGroupName": "rg"},
            "azure-native:operationalinsights:getWorkspace needs workspaceName.",
            id="incomplete",
        ),
        pytest.param(
            "resources:getResourceGroup",
            {"resourceGroupName": "nowhere"},
            f"request failed /subscriptions/{SUBSCRIPTION}/resourceGroups/nowhere: Status=404 Code=",
            id="nothing-there",
        ),
        pytest.param(
            "logic:listWorkflowTriggerCallbackUrl",
            {"resourceGroupName": "nowhere", "workflowName": "w", "triggerName": "t"},
            'Status=404 Code="ResourceGroupNotFound" Message="Resource group \'nowhere\' could not be',
            id="refused",
        ),
    ],
)
def test_a_call_that_cannot_be_answered_says_why(
    plugin: Plugin, token: str, args: dict[str, Any], said: str
) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        plugin.invoke(token, **args)

    assert said in sentence(refused)
