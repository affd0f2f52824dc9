"""`connectors.json`: connectors written out, and those that toggles stand for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from typing_extensions import TypedDict

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.directory.diagnostics import Diagnostic, Note
from pulumi_sre_agent.directory.documents.document import Document, Where
from pulumi_sre_agent.directory.documents.files import Files
from pulumi_sre_agent.directory.formats.item_reader import read_item
from pulumi_sre_agent.directory.formats.kinds import CONNECTOR
from pulumi_sre_agent.directory.formats.object_reader import Reading
from pulumi_sre_agent.directory.item import Item
from pulumi_sre_agent.schema import validation
from pulumi_sre_agent.schema.fields import Field, camel_case, fields_of
from pulumi_sre_agent.schema.validation import did_you_mean

CONNECTORS_FILE = "connectors.json"


class _Toggles(TypedDict, total=False):
    enable_app_insights_connector: bool
    app_insights_resource_id: str
    app_insights_app_id: str
    enable_log_analytics_connector: bool
    law_resource_id: str
    enable_azure_monitor_connector: bool
    azure_monitor_lookback_days: int
    grafana_url: Any
    grafana_api_key: Any


_TOGGLES = Field(dict, members=fields_of(_Toggles))
_MEMBERS = ("toggles", "connectors")
_NO_SUBSCRIPTION = (
    "enableAzureMonitorConnector needs a subscription: give identity.subscription in agent.json"
)


@dataclass(frozen=True)
class _Toggle:
    """A connector that a switch stands for."""

    switch: str
    name: str
    type: str
    arm_id: str | None
    """The toggle with the id of what is read; None: the subscription."""
    more: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    """Further extended properties."""


def _named(arm_id: str) -> dict[str, str]:
    """Take the name at the end of an id, as secret as the id itself."""
    return {"name": type(arm_id)(ArmId(arm_id).name)}


def _app_insights(toggles: Mapping[str, Any]) -> dict[str, Any]:
    app_id = toggles.get("app_insights_app_id")
    return {"resource": _named(toggles["app_insights_resource_id"])} | ({"appId": app_id} if app_id else {})


_CONNECTORS = (
    _Toggle(
        "enable_app_insights_connector",
        "app-insights",
        "AppInsights",
        "app_insights_resource_id",
        _app_insights,
    ),
    _Toggle(
        "enable_log_analytics_connector",
        "log-analytics",
        "LogAnalytics",
        "law_resource_id",
        lambda toggles: {"resource": _named(toggles["law_resource_id"])},
    ),
    _Toggle(
        "enable_azure_monitor_connector",
        "azure-monitor",
        "AzureMonitor",
        None,
        lambda toggles: {"lookbackDays": toggles.get("azure_monitor_lookback_days", 7)},
    ),
)
"""As the templates make them (`config-directory.md` section 4), all through the agent's system identity."""


def read_connectors(
    document: Document, files: Files, subscription: str | None
) -> tuple[list[Item], list[Note], list[Diagnostic]]:
    """Read connectors.json, an object with `toggles` and `connectors` or, as it used to be, only the list."""
    if isinstance(document.value, list):
        items, faults = _listed(document, files, ())
        return items, [], faults
    reading = Reading(document, blank_is_absent=True)
    if not isinstance(document.value, dict):
        reading.fault(
            (), f"{CONNECTORS_FILE} must be an object with toggles and connectors, or a list of connectors"
        )
        return [], [], reading.faults
    items, faults = _listed(document, files, ("connectors",))
    for toggle, synthesised in _toggled(reading, subscription):
        made, read = read_item(CONNECTOR, synthesised, (), files)
        items += made
        said = camel_case(toggle.arm_id or toggle.switch)
        faults += [replace(each, reason=each.reason.replace("dataSource", said, 1)) for each in read.faults]
    for key in document.value:
        if key not in {"toggles", "connectors"} and not key.startswith("_"):
            reading.fault((key,), f"{key!r} is no member of {CONNECTORS_FILE}{did_you_mean(key, _MEMBERS)}")
    return items, reading.notes, faults + reading.faults


def _listed(document: Document, files: Files, base: Where) -> tuple[list[Item], list[Diagnostic]]:
    listed = document.at(base) if base == () or base[0] in document.value else []
    if not isinstance(listed, list):
        return [], [Diagnostic(document.file, document.line(base), "'connectors' must be a list")]
    read = [read_item(CONNECTOR, document, (*base, index), files) for index in range(len(listed))]
    return [item for items, _ in read for item in items], [fault for _, one in read for fault in one.faults]


def _toggled(reading: Reading, subscription: str | None) -> Iterator[tuple[_Toggle, Document]]:
    """Yield each connector that a toggle stands for, as a document of its own with the toggles' lines."""
    given = reading.document.value.get("toggles") or {}
    if not isinstance(given, dict):
        reading.fault(("toggles",), "'toggles' must be an object")
        return
    toggles = reading.object(_TOGGLES.members or {}, ("toggles",), "toggles") if given else {}
    reading.add(validation.validate(_TOGGLES, (), toggles), ("toggles",), toggles)
    for toggle in _CONNECTORS:
        if toggles.get(toggle.switch) is not True:
            continue
        arm_id = f"/subscriptions/{subscription}" if toggle.arm_id is None else toggles.get(toggle.arm_id)
        if toggle.arm_id is None and not subscription:
            reading.fault(reading.origins[toggle.switch,], _NO_SUBSCRIPTION)
        elif not arm_id:
            missing = camel_case(str(toggle.arm_id))
            reading.fault(reading.origins[toggle.switch,], f"{camel_case(toggle.switch)} needs {missing}")
        else:
            yield toggle, _connector(reading, toggle, arm_id, toggle.more(toggles))
    if toggles.get("grafana_url"):
        reading.note(("toggles", "grafanaUrl"), "grafanaUrl does nothing, here as in the templates")


def _connector(reading: Reading, toggle: _Toggle, arm_id: str, more: Mapping[str, Any]) -> Document:
    document = reading.document
    properties = {
        "dataConnectorType": toggle.type,
        "dataSource": arm_id,
        "identity": "system",
        "extendedProperties": {"armResourceId": arm_id, **more},
    }
    lines: dict[Where, int] = {(): document.line(reading.origins[toggle.switch,])}
    if toggle.arm_id is not None:
        lines["properties", "dataSource"] = document.line(reading.origins[toggle.arm_id,])
    return Document(document.file, {"name": toggle.name, "properties": properties}, lines)
