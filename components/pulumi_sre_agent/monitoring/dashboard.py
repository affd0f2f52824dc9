"""An Azure workbook about what an agent did with incidents, and what that cost."""

import json
import uuid
from collections.abc import Mapping
from importlib import resources
from typing import Any, NotRequired

import yaml
from pulumi import ComponentResource, Input, Output, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.monitoring.queries import query
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import validate_args

PORTAL = "https://portal.azure.com/#resource"

_NAMESPACE = uuid.UUID("0c3f4e0e-5b6d-5f0a-9a55-3f1f7f5f3f0d")
"""What workbooks' names are made in. Never changes: another name would be another workbook."""

SCHEMA = "https://github.com/Microsoft/Application-Insights-Workbooks/blob/master/schema/workbook.json"
COMPONENT = "microsoft.insights/components"
LOOK_BACK_MILLISECONDS = 180 * 24 * 60 * 60 * 1000
"""Twice the longest period: as far back as the queries look, who narrow it down themselves."""
LOGS = 0
"""Workbooks' number for queries of Application Insights and Log Analytics."""
TEXT, QUERY, PARAMETERS = 1, 3, 9
"""Workbooks' numbers for kinds of parts."""
DROPDOWN = 2
PLAIN, BIG = 1, 12
"""Workbooks' numbers for ways to show a column."""


class DashboardOptionsArgs(TypedDict):
    """What the workbook is called."""

    location: NotRequired[Input[str]]
    """Region of the workbook, such as `swedencentral`."""
    display_name: NotRequired[Input[str]]
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

    Its parts stand in `dashboard.yaml`, its queries in `queries/`. They read the agent's events in
    Application Insights (docs/reference/run-time.md#activity-in-telemetry), newest snapshot per incident; the
    portal's own dashboard has another source, and may differ.

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
        super().__init__("sre:index:Dashboard", name, None, guarding(opts))
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
            serialized_data=Output.from_input(args["app_insights_id"]).apply(serialize),
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


def serialize(app_insights_id: str) -> str:
    """Return the workbook over one Application Insights component as the JSON that Azure keeps."""
    workbook = {
        "version": "Notebook/1.0",
        "items": [_item(part, app_insights_id) for part in layout()],
        "fallbackResourceIds": [app_insights_id],
        "$schema": SCHEMA,
    }
    return json.dumps(workbook, sort_keys=True)


def layout() -> list[Json]:
    """Read the parts of the workbook."""
    text = resources.files("pulumi_sre_agent.monitoring").joinpath("dashboard.yaml").read_text("utf-8")
    parts: list[Json] = yaml.safe_load(text)
    return parts


def _item(part: Mapping[str, Any], app_insights_id: str) -> Json:
    if "text" in part:
        return {"type": TEXT, "name": part["name"], "content": {"json": part["text"]}}
    if "choice" in part:
        return {"type": PARAMETERS, "name": part["name"], "content": _choice(part)}
    item = {"type": QUERY, "name": part["name"], "content": _query(part, app_insights_id)}
    return {**item, "customWidth": str(part["width"])} if "width" in part else item


def _choice(part: Mapping[str, Any]) -> Json:
    """Let who looks at the workbook choose one of a few values, which is put in the queries as it stands."""
    values = [
        {"value": value, "label": label, "selected": value == part["default"]}
        for value, label in part["values"].items()
    ]
    version = "KqlParameterItem/1.0"
    parameter = {
        "id": str(uuid.uuid5(uuid.NAMESPACE_URL, f"{SCHEMA}/{part['choice']}")),
        "version": version,
        "name": part["choice"],
        "type": DROPDOWN,
        "isRequired": True,
        "typeSettings": {"additionalResourceOptions": [], "showDefault": False},
        "jsonData": json.dumps(values),
        "value": part["default"],
    }
    return {
        "version": version,
        "parameters": [parameter],
        "style": "pills",
        "queryType": LOGS,
        "resourceType": COMPONENT,
    }


def _query(part: Mapping[str, Any], app_insights_id: str) -> Json:
    content = {
        "version": "KqlItem/1.0",
        "query": query(*part["query"]),
        "size": 0,
        "timeContext": {"durationMs": LOOK_BACK_MILLISECONDS},
        "queryType": LOGS,
        "resourceType": COMPONENT,
        "crossComponentResources": [app_insights_id],
        "visualization": part["as"],
    }
    if "title" in part:
        content["title"] = part["title"]
    if "tiles" in part:
        content["tileSettings"] = _tiles(part["tiles"])
    return content


def _tiles(columns: Mapping[str, str]) -> Json:
    number = {"unit": 0, "options": {"style": "decimal", "maximumFractionDigits": 1}}
    tile = {
        "titleContent": {"columnMatch": columns["title"], "formatter": PLAIN},
        "leftContent": {"columnMatch": columns["number"], "formatter": BIG, "numberFormat": number},
        "showBorder": True,
    }
    if "below" in columns:
        tile["secondaryContent"] = {"columnMatch": columns["below"], "formatter": PLAIN}
    return tile
