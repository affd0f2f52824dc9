"""Managed connectors: what governs them (docs/reference/data-plane.md#managed-connectors)."""

from typing import Any

import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.resources._core.registry import provider_of
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import SAMPLES, Json

CONNECTION, SERVER = provider_of("ConnectorV2Connection"), provider_of("ConnectorV2McpServer")
BASE = "/api/v2/connectorV2"


def server(*operations: Json, **more: Any) -> Json:
    connector = {"name": "jira", "connection_name": "jira", "operations": [*operations]}
    return {"name": "jira", "connectors": [connector], **more}


@pytest.mark.parametrize(
    ("operations", "sentence"),
    [
        (
            [{"name": "GetIssue"}, {"name": "GetIssue", "requires_approval": True}],
            "connectors[0].operations[1].name is GetIssue, as that of another operation is",
        ),
        (
            [
                {
                    "name": "AddComment",
                    "user_parameters": [{"name": "body", "value": "x"}],
                    "agent_parameters": [{"name": "body"}],
                }
            ],
            "connectors[0].operations[0].agent_parameters must not have body: user_parameters lock it",
        ),
        (
            [{"name": "GetIssue", "requires": True}],
            "connectors[0].operations[0].requires is not a property here (did you mean 'requires_approval'?)",
        ),
    ],
)
def test_what_does_not_go_together_is_refused(operations: list[Json], sentence: str) -> None:
    """Before anything is sent, with its path."""
    assert [fault.reason for fault in resources.validate("ConnectorV2McpServer", server(*operations))] == [
        sentence
    ]


def test_an_operation_that_there_is_not_is_a_sentence_with_the_nearest(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    """The catalogue is asked before anything is written."""
    args = {**server({"name": "GetIsue"}), "name": fresh, "agent_id": agent_id}
    inputs = providers.check(SERVER, args).inputs
    cloud.forget_requests()

    with pytest.raises(ProviderError) as refused:
        providers.create(SERVER, inputs)

    assert str(refused.value).startswith(
        "The connector jira has no operation 'GetIsue' (did you mean 'GetIssue'?): choose among AddComment,"
    )
    assert cloud.requests(method="PUT") == []


def test_what_is_sent_is_what_the_set_up_page_sends(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    """Operations chosen, a parameter locked, approval asked, state; and that the agent fills in nothing."""
    comment = {
        "name": "AddComment",
        "requires_approval": True,
        "user_parameters": [{"name": "projectKey", "value": "OPS"}],
    }
    args = {**server(comment, state="Disabled", description="Tickets"), "name": fresh, "agent_id": agent_id}

    providers.create(SERVER, providers.check(SERVER, args).inputs)

    stored = cloud.data("GET", agent_id, f"{BASE}/mcpservers/{fresh}").json()["properties"]
    assert stored == {
        "state": "Disabled",
        "description": "Tickets",
        "connectors": [
            {
                "name": "jira",
                "connectionName": "jira",
                "operations": [
                    {
                        "name": "AddComment",
                        "requiresApproval": True,
                        "userParameters": [{"name": "projectKey", "value": "OPS"}],
                        "agentParameters": [],
                    }
                ],
            }
        ],
    }


def test_a_connection_lets_the_agents_identity_use_it(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    """By the access policy that Microsoft's installer writes between connection and server."""
    args = {**SAMPLES["ConnectorV2Connection"].args, "name": fresh, "agent_id": agent_id}
    inputs = providers.check(CONNECTION, args).inputs
    cloud.forget_requests()

    providers.create(CONNECTION, inputs)

    written = [entry["path"] for entry in cloud.requests(method="PUT")]
    assert [path[path.index(BASE) :] for path in written] == [
        f"{BASE}/connections/{fresh}",
        f"{BASE}/connections/{fresh}/accessPolicies/{fresh}-policy",
    ]


def test_a_consent_shows_at_the_next_refresh(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    """What a person did in the portal is an output, and no drift."""
    args = {"name": fresh, "connector_name": "jira", "agent_id": agent_id}
    inputs = providers.check(CONNECTION, args).inputs
    made = providers.create(CONNECTION, inputs)
    assert made.outputs["overall_status"] == "Unauthenticated"

    consented = {"connectorName": "jira", "displayName": "jira", "parameterValues": {"token": "s3cret"}}
    assert cloud.data("PUT", agent_id, f"{BASE}/connections/{fresh}", consented).is_success
    read = providers.read(CONNECTION, made.id, made.outputs, inputs)

    assert read.outputs["overall_status"] == "Connected"
    assert read.inputs == inputs
