"""Where an agent writes down what it does: Application Insights on a Log Analytics workspace."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NotRequired

from pulumi import ComponentResource, Input, InvokeOutputOptions, Output, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import validate_args

if TYPE_CHECKING:
    from pulumi_azure_native.operationalinsights import Workspace

DEFAULT_RETENTION_DAYS = 30
"""What Log Analytics keeps at no charge."""
SECRETS = ["connection_string", "instrumentation_key"]
"""Outputs of azure-native's Component that it does not mark secret by itself."""


class TelemetryArgs(TypedDict):
    """Either ids of what exists, or what new resources need; the two may be mixed."""

    existing_app_insights_id: NotRequired[Input[str]]
    """ARM id of an Application Insights component to use as it is; no workspace is made then."""
    existing_workspace_id: NotRequired[Input[str]]
    """ARM id of a Log Analytics workspace that a new Application Insights component is to write to."""
    app_insights_name: NotRequired[Input[str]]
    """Name in Azure of a new Application Insights component, such as `appi-payments-oncall`."""
    workspace_name: NotRequired[Input[str]]
    """Name in Azure of a new workspace, such as `log-payments-oncall`."""
    resource_group_name: NotRequired[Input[str]]
    """Resource group of what is new."""
    location: NotRequired[Input[str]]
    """Region of what is new, such as `swedencentral`."""
    retention_in_days: NotRequired[Input[int]]
    """How long a new workspace keeps what it is sent, in days; 30 by default."""
    tags: NotRequired[Input[Mapping[str, Input[str]]]]
    """Azure tags of what is new."""


class Telemetry(ComponentResource):
    """Application Insights for an agent's own traces: kind `web`, workspace-based.

    See docs/reference/control-plane.md#telemetry.

    ```python
    telemetry = sre.Telemetry("oncall", {
        "app_insights_name": "appi-oncall",
        "workspace_name": "log-oncall",
        "resource_group_name": "rg-oncall",
    })
    pulumi.export("appInsightsId", telemetry.app_insights_id)
    ```
    """

    app_insights_id: Output[str]
    """ARM id of the Application Insights component."""
    app_id: Output[str]
    """Its application id, a GUID."""
    connection_string: Output[str]
    """What the agent sends telemetry with; secret."""
    workspace_id: Output[str | None]
    """ARM id of the workspace; None where an existing, classic component has none."""

    def __init__(self, name: str, args: TelemetryArgs, opts: ResourceOptions | None = None) -> None:
        args = validate(args)
        super().__init__("sre:index:Telemetry", name, None, guarding(opts))
        from pulumi_azure_native import applicationinsights  # noqa: PLC0415 - costs a tenth of a second

        child = ResourceOptions(parent=self, additional_secret_outputs=SECRETS)
        existing = args.get("existing_app_insights_id")
        if existing:
            component = applicationinsights.Component.get(name, existing, child)
            # Not the id of what is read, which may be unknown in previews.
            self.app_insights_id = Output.from_input(existing)
            self.workspace_id = component.workspace_resource_id
            self.app_id, self.connection_string = component.app_id, Output.secret(component.connection_string)
        else:
            self.workspace_id = Output.from_input(
                args.get("existing_workspace_id") or workspace(name, args, ResourceOptions(parent=self)).id
            )
            component = applicationinsights.Component(
                name,
                resource_name_=args.get("app_insights_name"),
                resource_group_name=args.get("resource_group_name"),
                location=args.get("location"),
                tags=args.get("tags"),
                kind="web",
                application_type=applicationinsights.ApplicationType.WEB,
                request_source="SreAgent",
                workspace_resource_id=self.workspace_id,
                opts=child,
            )
            # Asked for, as in `Identity`: a resource's outputs turn unknown in a preview that changes a tag.
            response = applicationinsights.get_component_output(
                resource_group_name=args.get("resource_group_name"),
                resource_name=component.name,
                opts=InvokeOutputOptions(parent=self),
            )
            self.app_insights_id = component.id
            self.app_id, self.connection_string = response.app_id, Output.secret(response.connection_string)
        self.register_outputs(
            {
                "app_insights_id": self.app_insights_id,
                "app_id": self.app_id,
                "connection_string": self.connection_string,
                "workspace_id": self.workspace_id,
            }
        )


def validate(args: TelemetryArgs) -> TelemetryArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The telemetry", TelemetryArgs, args)


def workspace(name: str, args: TelemetryArgs, opts: ResourceOptions) -> "Workspace":
    """Make a Log Analytics workspace."""
    from pulumi_azure_native import operationalinsights  # noqa: PLC0415 - costs a tenth of a second

    return operationalinsights.Workspace(
        name,
        workspace_name=args.get("workspace_name"),
        resource_group_name=args.get("resource_group_name"),
        location=args.get("location"),
        tags=args.get("tags"),
        retention_in_days=args.get("retention_in_days", DEFAULT_RETENTION_DAYS),
        sku=operationalinsights.WorkspaceSkuArgs(name=operationalinsights.WorkspaceSkuNameEnum.PER_GB2018),
        opts=opts,
    )
