"""`connectors.json`: connectors written out, and those that toggles stand for."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from typing_extensions import TypedDict

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.directory.diagnostics import Diagnostic, Note
from pulumi_sre_agent.directory.documents.document import Document
from pulumi_sre_agent.directory.documents.files import Files
from pulumi_sre_agent.directory.formats.item_reader import read_item
from pulumi_sre_agent.directory.formats.kinds import CONNECTOR
from pulumi_sre_agent.directory.formats.object_reader import ObjectReader
from pulumi_sre_agent.directory.item import Item
from pulumi_sre_agent.schema import validation
from pulumi_sre_agent.schema.fields import Field, camel_case, fields_of
from pulumi_sre_agent.schema.validation import FieldPath, did_you_mean

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
    extended_properties: Callable[[Mapping[str, Any]], Mapping[str, Any]]
    """Further extended properties."""


def _resource(arm_id: str) -> dict[str, str]:
    """Take the name at the end of an id, as secret as the id itself."""
    return {"name": type(arm_id)(ArmId(arm_id).name)}


def _app_insights(toggles: Mapping[str, Any]) -> dict[str, Any]:
    app_id = toggles.get("app_insights_app_id")
    return {"resource": _resource(toggles["app_insights_resource_id"])} | (
        {"appId": app_id} if app_id else {}
    )


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
        lambda toggles: {"resource": _resource(toggles["law_resource_id"])},
    ),
    _Toggle(
        "enable_azure_monitor_connector",
        "azure-monitor",
        "AzureMonitor",
        None,
        lambda toggles: {"lookbackDays": toggles.get("azure_monitor_lookback_days", 7)},
    ),
)
"""As the templates make them, all through the agent's system identity.

See docs/reference/directory-format.md#connectors-file.
"""


def read_connectors(
    document: Document, files: Files, subscription: str | None
) -> tuple[list[Item], list[Note], list[Diagnostic]]:
    """Read connectors.json, an object with `toggles` and `connectors` or, as it used to be, only the list."""
    if isinstance(document.value, list):
        items, diagnostics = _read_list(document, files, ())
        return items, [], diagnostics
    reader = ObjectReader(document, blank_is_absent=True)
    if not isinstance(document.value, dict):
        reader.report(
            (), f"{CONNECTORS_FILE} must be an object with toggles and connectors, or a list of connectors"
        )
        return [], [], reader.diagnostics
    items, diagnostics = _read_list(document, files, ("connectors",))
    for toggle, document_of_toggle in _toggled_connectors(reader, subscription):
        connector, nested = read_item(CONNECTOR, document_of_toggle, (), files)
        items += connector
        member = camel_case(toggle.arm_id or toggle.switch)
        diagnostics += [
            replace(each, reason=each.reason.replace("dataSource", member, 1)) for each in nested.diagnostics
        ]
    for key in document.value:
        if key not in {"toggles", "connectors"} and not key.startswith("_"):
            reader.report((key,), f"{key!r} is no member of {CONNECTORS_FILE}{did_you_mean(key, _MEMBERS)}")
    return items, reader.notes, diagnostics + reader.diagnostics


def _read_list(document: Document, files: Files, base: FieldPath) -> tuple[list[Item], list[Diagnostic]]:
    listed = document.at(base) if base == () or base[0] in document.value else []
    if not isinstance(listed, list):
        return [], [Diagnostic(document.file, document.line(base), "'connectors' must be a list")]
    read = [read_item(CONNECTOR, document, (*base, index), files) for index in range(len(listed))]
    return [item for items, _ in read for item in items], [
        diagnostic for _, one in read for diagnostic in one.diagnostics
    ]


def _toggled_connectors(reader: ObjectReader, subscription: str | None) -> Iterator[tuple[_Toggle, Document]]:
    """Yield each connector that a toggle stands for, as a document of its own with the toggles' lines."""
    switches = reader.document.value.get("toggles") or {}
    if not isinstance(switches, dict):
        reader.report(("toggles",), "'toggles' must be an object")
        return
    toggles = reader.object(_TOGGLES.members or {}, ("toggles",), "toggles") if switches else {}
    reader.add(validation.validate(_TOGGLES, (), toggles), ("toggles",), toggles)
    for toggle in _CONNECTORS:
        if toggles.get(toggle.switch) is not True:
            continue
        arm_id = str(ArmId.scope(subscription or "")) if toggle.arm_id is None else toggles.get(toggle.arm_id)
        if toggle.arm_id is None and not subscription:
            reader.report(reader.origins[toggle.switch,], _NO_SUBSCRIPTION)
        elif not arm_id:
            missing = camel_case(str(toggle.arm_id))
            reader.report(reader.origins[toggle.switch,], f"{camel_case(toggle.switch)} needs {missing}")
        else:
            yield toggle, _connector(reader, toggle, arm_id, toggle.extended_properties(toggles))
    if toggles.get("grafana_url"):
        reader.note(("toggles", "grafanaUrl"), "grafanaUrl does nothing, here as in the templates")


def _connector(
    reader: ObjectReader, toggle: _Toggle, arm_id: str, extended_properties: Mapping[str, Any]
) -> Document:
    document = reader.document
    properties = {
        "dataConnectorType": toggle.type,
        "dataSource": arm_id,
        "identity": "system",
        "extendedProperties": {"armResourceId": arm_id, **extended_properties},
    }
    lines: dict[FieldPath, int] = {(): document.line(reader.origins[toggle.switch,])}
    if toggle.arm_id is not None:
        lines["properties", "dataSource"] = document.line(reader.origins[toggle.arm_id,])
    return Document(document.file, {"name": toggle.name, "properties": properties}, lines)
