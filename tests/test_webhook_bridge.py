"""sre.WebhookBridge: a Logic App that calls a trigger of the agent for callers without a token."""

import json

import pulumi_sre_agent as sre
from pulumi_sre_agent.webhook_bridge import TRIGGER, definition
from support.mocks import CALLBACK_URL, ENDPOINT, PRINCIPAL, SUBSCRIPTION, Registered, Secret, run

AGENT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.App/agents/oncall"
URL = f"{ENDPOINT}/api/v1/httptriggers/trigger/1"
WORKFLOW = "azure-native:logic:Workflow"
ASSIGNMENT = "pulumi-python:dynamic/sre:RoleAssignment"


def bridge() -> Registered:
    return run(
        lambda: sre.WebhookBridge(
            "oncall",
            {
                "agent_id": AGENT,
                "trigger_url": URL,
                "resource_group_name": "rg",
                "workflow_name": "logic-oncall",
                "location": "swedencentral",
            },
        )
    )


def test_the_logic_app_calls_the_trigger_as_itself() -> None:
    made = bridge().one(WORKFLOW)

    assert (made.name, made.parent) == ("oncall", "oncall")
    assert made.inputs["workflowName"] == "logic-oncall"
    assert made.inputs["identity"] == {"type": "SystemAssigned"}
    assert made.inputs["definition"] == definition()
    assert made.inputs["parameters"] == {
        "triggerUrl": {"value": URL},
        "audience": {"value": "https://azuresre.dev"},
    }


def test_it_may_run_triggers_of_that_agent_and_no_more() -> None:
    role = bridge().one(ASSIGNMENT)

    assert role.name == "oncall-role"
    assert role.inputs == {
        "scope": AGENT,
        "role": "2d84a65a-63b2-4343-bbb6-31105d857bc1",
        "principal_id": PRINCIPAL,
        "principal_type": "ServicePrincipal",
    }


def test_its_url_is_a_secret() -> None:
    seen = bridge()

    assert seen.outputs["sre:index:WebhookBridge::oncall"]["callback_url"] == Secret(CALLBACK_URL)
    assert CALLBACK_URL not in json.dumps([made.inputs for made in seen.made])


def test_the_definition_passes_the_body_on_with_a_token_and_tries_again() -> None:
    steps = definition()
    (forward,) = steps["actions"].values()

    assert steps["triggers"].keys() == {TRIGGER}
    assert steps["triggers"][TRIGGER]["type"] == "Request"
    assert forward["inputs"]["uri"] == "@parameters('triggerUrl')"
    assert forward["inputs"]["body"] == "@triggerBody()"
    assert forward["inputs"]["authentication"]["type"] == "ManagedServiceIdentity"
    assert forward["inputs"]["retryPolicy"]["type"] == "exponential"
