"""An Azure workbook about what an agent did with incidents, and what that cost."""

import uuid
from collections.abc import Mapping
from typing import NotRequired

from pulumi import ComponentResource, Input, Output, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent.monitoring.dashboard.workbook import serialized
from pulumi_sre_agent.schema.validation import validate_args

PORTAL = "https://portal.azure.com/#resource"

_NAMESPACE = uuid.UUID("0c3f4e0e-5b6d-5f0a-9a55-3f1f7f5f3f0d")
"""What workbooks' names are made in. Never changes: another name would be another workbook."""


class DashboardOptionsArgs(TypedDict):
    """What the workbook is called."""

    location: NotRequired[Input[str]]
    """Region of the workbook, such as `swedencentral`."""
    display_name: NotRequired[str]
    """What it is called in the portal; `SRE Agent incidents` by default."""
    tags: NotRequired[Input[Mapping[str, Input[str]]]]
    """Azure tags of the workbook."""


class DashboardArgs(DashboardOptionsArgs):
    """What the workbook is called, which telemetry it shows, and where it lies."""

    app_insights_id: Input[str]
    """ARM id of the Application Insights component that the agent itself writes to."""
    resource_group_name: Input[str]
    """Resource group of the workbook."""


class Dashboard(ComponentResource):
    """A workbook: incidents reviewed and how they ended, trend, time to mitigate, plans, and agent units.

    Its parts stand in `dashboard/layout.yaml`, its queries in `kql/`. They read the agent's events in
    Application Insights as api.md E.4 derives them, newest snapshot per incident; the portal's own dashboard
    has another source, and may differ.

    ```python
    dashboard = sre.Dashboard("oncall", {
        "app_insights_id": pulumi.Config().require("appInsightsId"),
        "resource_group_name": "rg-oncall",
    })
    pulumi.export("dashboardUrl", dashboard.portal_url)
    ```
    """

    workbook_id: Output[str]
    """ARM id of the workbook."""
    portal_url: Output[str]
    """The workbook in the Azure portal."""

    def __init__(self, name: str, args: DashboardArgs, opts: ResourceOptions | None = None) -> None:
        args = validate(args)
        super().__init__("sre:index:Dashboard", name, None, opts)
        from pulumi_azure_native import applicationinsights  # noqa: PLC0415 - costs a tenth of a second

        workbook = applicationinsights.Workbook(
            name,
            resource_name_=Output.from_input(args["resource_group_name"]).apply(
                lambda group: workbook_name(group, name)
            ),
            resource_group_name=args["resource_group_name"],
            location=args.get("location"),
            kind=applicationinsights.WorkbookSharedTypeKind.SHARED,
            category="workbook",
            display_name=args.get("display_name", "SRE Agent incidents"),
            source_id=args["app_insights_id"],
            serialized_data=Output.from_input(args["app_insights_id"]).apply(serialized),
            tags=args.get("tags"),
            opts=ResourceOptions(parent=self),
        )
        self.workbook_id = workbook.id
        self.portal_url = Output.concat(PORTAL, workbook.id, "/workbook")
        self.register_outputs({"workbook_id": self.workbook_id, "portal_url": self.portal_url})


def validate(args: DashboardArgs) -> DashboardArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The dashboard", DashboardArgs, args)


def workbook_name(group: str, name: str) -> str:
    """Return the GUID that a workbook is called in Azure, the same for the same group and component."""
    return str(uuid.uuid5(_NAMESPACE, f"{group}/{name}".lower()))
