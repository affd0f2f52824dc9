"""What Azure takes a workbook as, made from `layout.yaml` and the queries of `kql/`."""

import json
import uuid
from collections.abc import Mapping
from importlib import resources
from typing import Any

import yaml

from pulumi_sre_agent.monitoring.queries import query

Json = dict[str, Any]

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


def serialized(app_insights_id: str) -> str:
    """Return the workbook over one Application Insights component as the JSON that Azure keeps."""
    document = {
        "version": "Notebook/1.0",
        "items": [_part(part, app_insights_id) for part in layout()],
        "fallbackResourceIds": [app_insights_id],
        "$schema": SCHEMA,
    }
    return json.dumps(document, sort_keys=True)


def layout() -> list[Json]:
    """Read the parts of the workbook."""
    parts: list[Json] = yaml.safe_load(
        resources.files("pulumi_sre_agent.monitoring.dashboard").joinpath("layout.yaml").read_text("utf-8")
    )
    return parts


def _part(part: Mapping[str, Any], app_insights_id: str) -> Json:
    if "text" in part:
        return {"type": TEXT, "name": part["name"], "content": {"json": part["text"]}}
    if "choice" in part:
        return {"type": PARAMETERS, "name": part["name"], "content": _choice(part)}
    made = {"type": QUERY, "name": part["name"], "content": _query(part, app_insights_id)}
    return {**made, "customWidth": str(part["width"])} if "width" in part else made


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
