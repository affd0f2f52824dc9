"""Diagnostic settings: where a resource in Azure sends its own logs and metrics."""

from collections.abc import Iterator, Sequence
from typing import NotRequired

from pulumi import ComponentResource, Input, ResourceOptions, RunError
from typing_extensions import TypedDict

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
    log_groups: NotRequired[Sequence[str]]
    """Groups of log categories; `allLogs` by default, none where `log_categories` are given."""
    log_categories: NotRequired[Sequence[str]]
    """Single log categories, instead of groups."""
    metric_categories: NotRequired[Sequence[str]]
    """Categories of metrics; `AllMetrics` by default."""


class DiagnosticSettingsArgs(TypedDict):
    """The settings of one resource."""

    resource_id: Input[str]
    """ARM id of the resource that sends."""
    settings: Sequence[DiagnosticSettingArgs]
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
        settings = list(named(args["settings"]))
        super().__init__("sre:index:DiagnosticSettings", name, None, opts)
        for called, setting in settings:
            self._setting(f"{name}-{called}", called, args["resource_id"], setting)
        self.register_outputs({})

    def _setting(self, name: str, called: str, resource: Input[str], args: DiagnosticSettingArgs) -> None:
        from pulumi_azure_native import monitor  # noqa: PLC0415 - costs a quarter of a second

        categories = args.get("log_categories", ())
        groups = args.get("log_groups", () if categories else ALL_LOGS)
        monitor.DiagnosticSetting(
            name,
            name=called,
            resource_uri=resource,
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


def named(settings: Sequence[DiagnosticSettingArgs]) -> Iterator[tuple[str, DiagnosticSettingArgs]]:
    """Yield every setting with its name. Raises `pulumi.RunError` for one that cannot be."""
    seen = set()
    for setting in settings:
        name = setting.get("name", DEFAULT_NAME)
        if name in seen:
            raise RunError(f"Two diagnostic settings are called {name!r}: give each a name of its own.")
        if not any(key.endswith("_resource_id") for key in setting):
            raise RunError(
                f"The diagnostic setting {name!r} sends nowhere: give it a workspace_resource_id, "
                "storage_account_resource_id or event_hub_authorization_rule_resource_id."
            )
        seen.add(name)
        yield name, setting
