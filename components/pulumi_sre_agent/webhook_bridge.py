"""A way in for callers that cannot log in to Azure: a Logic App that runs a trigger of the agent for them."""

import json
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, NotRequired

from pulumi import ComponentResource, Input, InvokeOutputOptions, Output, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent import resources
from pulumi_sre_agent.identity.roles import PEOPLES_ROLES
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import validate_args

AUDIENCE = "https://azuresre.dev"
"""Whom the Logic App's token is for: the agent's data plane (docs/reference/data-plane.md#tokens)."""
TRIGGER = "incoming_webhook"
"""The Logic App's own trigger, in `webhook_bridge.json`."""
ROLE = "SRE Agent Standard User"
"""The least of the built-in roles that may run a trigger, for which it takes `agents/threads/write`."""


class WebhookBridgeOptionsArgs(TypedDict):
    """What the Logic App is called."""

    workflow_name: NotRequired[Input[str]]
    """Name in Azure of the Logic App, such as `logic-payments-oncall`."""
    location: NotRequired[Input[str]]
    """Region of the Logic App, such as `swedencentral`."""
    tags: NotRequired[Input[Mapping[str, Input[str]]]]
    """Azure tags of the Logic App."""


class WebhookBridgeArgs(WebhookBridgeOptionsArgs):
    """What the Logic App is called, where it lies, and which trigger of which agent it runs."""

    agent_id: Input[str]
    """ARM id of the agent."""
    trigger_url: Input[str]
    """URL of one of its HTTP triggers: `https://…azuresre.ai/api/v1/httptriggers/trigger/{id}`."""
    resource_group_name: Input[str]
    """Resource group of the Logic App."""


class WebhookBridge(ComponentResource):
    """A Logic App of the Consumption plan that passes a request's body on to an HTTP trigger of an agent.

    Whoever knows its URL may run the trigger, so the URL is a secret: the Logic App logs in with its own
    identity, which has the role for it on the agent. A caller gets 202 at once, before the agent is asked;
    what became of the call stands in the Logic App's run history. A new role takes minutes to work, and calls
    before that fail there; what is tried again is what fails for lack of an answer, or with 408, 429 or 5xx.

    ```python
    bridge = sre.WebhookBridge("oncall", {
        "agent_id": pulumi.Config().require("agentId"),
        "trigger_url": pulumi.Config().require("triggerUrl"),
        "resource_group_name": "rg-oncall",
        "workflow_name": "logic-oncall",
    })
    pulumi.export("callbackUrl", bridge.callback_url)
    ```
    """

    workflow_id: Output[str]
    """ARM id of the Logic App."""
    principal_id: Output[str]
    """Object id of its identity."""
    callback_url: Output[str]
    """Where callers post to; secret."""

    def __init__(self, name: str, args: WebhookBridgeArgs, opts: ResourceOptions | None = None) -> None:
        args = validate(args)
        super().__init__("sre:index:WebhookBridge", name, None, guarding(opts))
        from pulumi_azure_native import logic  # noqa: PLC0415 - costs half a second

        workflow = logic.Workflow(
            name,
            workflow_name=args.get("workflow_name"),
            resource_group_name=args["resource_group_name"],
            location=args.get("location"),
            tags=args.get("tags"),
            identity=logic.ManagedServiceIdentityArgs(type=logic.ManagedServiceIdentityType.SYSTEM_ASSIGNED),
            definition=definition(),
            parameters={
                "triggerUrl": logic.WorkflowParameterArgs(value=args["trigger_url"]),
                "audience": logic.WorkflowParameterArgs(value=AUDIENCE),
            },
            opts=ResourceOptions(parent=self),
        )
        # Asked for, as in `Identity`: a resource's outputs turn unknown in a preview that changes a tag.
        invoke = InvokeOutputOptions(parent=self)
        response = logic.get_workflow_output(
            resource_group_name=args["resource_group_name"], workflow_name=workflow.name, opts=invoke
        )
        callback = logic.list_workflow_trigger_callback_url_output(
            resource_group_name=args["resource_group_name"],
            workflow_name=workflow.name,
            trigger_name=TRIGGER,
            opts=invoke,
        )
        self.workflow_id = workflow.id
        self.principal_id = response.apply(
            lambda created: created.identity.principal_id if created.identity else ""
        )
        self.callback_url = Output.secret(callback.value)
        resources.RoleAssignment(
            f"{name}-role",
            ResourceOptions(parent=self),
            scope=args["agent_id"],
            role=PEOPLES_ROLES[ROLE],
            principal_id=self.principal_id,
            principal_type="ServicePrincipal",
        )
        self.register_outputs(
            {
                "workflow_id": self.workflow_id,
                "principal_id": self.principal_id,
                "callback_url": self.callback_url,
            }
        )


def validate(args: WebhookBridgeArgs) -> WebhookBridgeArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The webhook bridge", WebhookBridgeArgs, args)


def definition() -> dict[str, Any]:
    """Read what the Logic App does, in the language of Logic Apps, from `webhook_bridge.json`."""
    text = files("pulumi_sre_agent").joinpath("webhook_bridge.json").read_text("utf-8")
    workflow: dict[str, Any] = json.loads(text)
    return workflow
