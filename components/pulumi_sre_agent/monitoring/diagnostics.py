"""Diagnostic settings: where a resource in Azure sends its own logs and metrics."""

from collections.abc import Sequence
from typing import Annotated, Any, NotRequired

from pulumi import ComponentResource, Input, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent.schema.annotations import Rule
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import validate_args

DEFAULT_NAME = "diagnostics"
ALL_LOGS = ("allLogs",)
ALL_METRICS = ("AllMetrics",)


class DiagnosticSettingArgs(TypedDict):
    """A diagnostic setting as Azure Verified Modules describe one; it needs a place to send to."""

    name: NotRequired[str]
    """Its name in Azure, unique on the resource; `diagnostics` by default."""
    workspace_resource_id: NotRequired[Input[str]]
    """ARM id of a Log Analytics workspace to send to."""
    storage_account_resource_id: NotRequired[Input[str]]
    """ARM id of a storage account to send to."""
    event_hub_authorization_rule_resource_id: NotRequired[Input[str]]
    """ARM id of the rule by which to send to an event hub."""
    event_hub_name: NotRequired[Input[str]]
    """Name of that event hub; one per category by default."""
    marketplace_partner_resource_id: NotRequired[Input[str]]
    """ARM id of a partner's resource to send to."""
    log_analytics_destination_type: NotRequired[Input[str]]
    """`Dedicated` for tables of the resource's own in the workspace; what the resource does by default."""
    log_groups: NotRequired[Sequence[Input[str]]]
    """Groups of log categories; `allLogs` by default, none where `log_categories` are given."""
    log_categories: NotRequired[Sequence[Input[str]]]
    """Single log categories, instead of groups."""
    metric_categories: NotRequired[Sequence[Input[str]]]
    """Categories of metrics; `AllMetrics` by default."""


def _same_name(settings: Sequence[Any]) -> str | None:
    names = [setting.get("name", DEFAULT_NAME) for setting in settings if not is_unknown(setting)]
    twice = next((name for name in names if not is_unknown(name) and names.count(name) > 1), None)
    return twice and f"must each have a name of their own: two are called {twice!r}"


def _sends_nowhere(setting: Any) -> str | None:
    if any(key.endswith("_resource_id") for key in setting):
        return None
    return (
        "needs a place to send to: workspace_resource_id, storage_account_resource_id or "
        "event_hub_authorization_rule_resource_id"
    )


UNIQUE_NAMES, DESTINATION = Rule(_same_name), Rule(_sends_nowhere)


class DiagnosticSettingsArgs(TypedDict):
    """The settings of one resource."""

    resource_id: Input[str]
    """ARM id of the resource that sends."""
    settings: Annotated[Sequence[Annotated[DiagnosticSettingArgs, DESTINATION]], UNIQUE_NAMES]
    """What it sends where; Azure takes at most five."""


class DiagnosticSettings(ComponentResource):
    """Diagnostic settings on any resource.

    Raises `pulumi.RunError` for a setting that sends nowhere, and for two of one name.

    ```python
    sre.DiagnosticSettings("oncall", {
        "resource_id": pulumi.Config().require("agentId"),
        "settings": [{"workspace_resource_id": pulumi.Config().require("workspaceId")}],
    })
    ```
    """

    def __init__(self, name: str, args: DiagnosticSettingsArgs, opts: ResourceOptions | None = None) -> None:
        args = validate(args)
        super().__init__("sre:index:DiagnosticSettings", name, None, guarding(opts))
        for setting in args["settings"]:
            self._setting(name, args["resource_id"], setting)
        self.register_outputs({})

    def _setting(self, parent: str, resource_id: Input[str], args: DiagnosticSettingArgs) -> None:
        from pulumi_azure_native import monitor  # noqa: PLC0415 - costs a quarter of a second

        name = args.get("name", DEFAULT_NAME)
        categories = args.get("log_categories", ())
        groups = args.get("log_groups", () if categories else ALL_LOGS)
        monitor.DiagnosticSetting(
            f"{parent}-{name}",
            name=name,
            resource_uri=resource_id,
            workspace_id=args.get("workspace_resource_id"),
            storage_account_id=args.get("storage_account_resource_id"),
            event_hub_authorization_rule_id=args.get("event_hub_authorization_rule_resource_id"),
            event_hub_name=args.get("event_hub_name"),
            marketplace_partner_id=args.get("marketplace_partner_resource_id"),
            log_analytics_destination_type=args.get("log_analytics_destination_type"),
            logs=[
                *(monitor.DiagnosticsLogSettingsArgs(category_group=group, enabled=True) for group in groups),
                *(monitor.DiagnosticsLogSettingsArgs(category=each, enabled=True) for each in categories),
            ],
            metrics=[
                monitor.DiagnosticsMetricSettingsArgs(category=each, enabled=True)
                for each in args.get("metric_categories", ALL_METRICS)
            ],
            opts=ResourceOptions(parent=self),
        )


def validate(args: DiagnosticSettingsArgs) -> DiagnosticSettingsArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The diagnostic settings", DiagnosticSettingsArgs, args)
