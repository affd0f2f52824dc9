"""Action groups: who is told when an alert fires."""

import re
from collections import Counter
from typing import Annotated, Any

from pydantic import Field

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel, settable_properties

from .alert_common import ACTION_GROUP, NAME, check_location
from .request import ArmRequest
from .resource_crud import ResourceCrud, crud_routes

LOCATIONS = (
    "global",
    "swedencentral",
    "germanywestcentral",
    "northcentralus",
    "southcentralus",
    "westeurope",
)
"""Where action groups are."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+")
_OTHERS = (
    "smsReceivers", "voiceReceivers", "itsmReceivers", "azureAppPushReceivers", "automationRunbookReceivers",
    "azureFunctionReceivers", "armRoleReceivers", "eventHubReceivers", "incidentReceivers",
)  # fmt: skip
"""Further kinds of receivers, which are kept as they are sent."""


class _Email(StrictModel):
    name: str
    email_address: str
    use_common_alert_schema: bool | None = None
    status: Any = None


class _Webhook(StrictModel):
    name: str
    service_uri: str
    identifier_uri: str | None = None
    managed_identity: str | None = None
    object_id: str | None = None
    tenant_id: str | None = None
    use_aad_auth: bool | None = None
    use_common_alert_schema: bool | None = None


class _LogicApp(StrictModel):
    name: str
    resource_id: str
    callback_url: str
    managed_identity: str | None = None
    use_common_alert_schema: bool | None = None


class _ActionGroup(StrictModel):
    group_short_name: Annotated[str, Field(min_length=1, max_length=12)]
    enabled: bool = True
    email_receivers: list[_Email] | None = None
    webhook_receivers: list[_Webhook] | None = None
    logic_app_receivers: list[_LogicApp] | None = None


def _group_properties(_request: ArmRequest, body: Json, _before: Json) -> Json:
    check_location(body, ACTION_GROUP, LOCATIONS)
    properties = settable_properties(_ActionGroup, body, _OTHERS)
    emails, webhooks = properties.get("emailReceivers") or [], properties.get("webhookReceivers") or []
    _check_names([*emails, *webhooks, *(properties.get("logicAppReceivers") or [])])
    for receiver in emails:
        if not _EMAIL.fullmatch(receiver["emailAddress"]):
            raise BadRequest(f"The e-mail address of '{receiver['name']}' is invalid.", code="InvalidEmail")
    for receiver in webhooks:
        if not _URL.fullmatch(receiver["serviceUri"]):
            raise BadRequest(f"The service URI of '{receiver['name']}' is invalid.", code="InvalidServiceUri")
    return {
        "enabled": True,
        **{name: (body.get("properties") or {}).get(name) or [] for name in _OTHERS},
        **properties,
        "emailReceivers": [{**receiver, "status": "Enabled"} for receiver in emails],
        "webhookReceivers": webhooks,
    }


def _check_names(receivers: list[Json]) -> None:
    duplicates = [name for name, times in Counter(each["name"] for each in receivers).items() if times > 1]
    if duplicates:
        raise BadRequest(f"Two receivers are called '{duplicates[0]}'.", code="ReceiverNameIsNotUnique")


ROUTES = crud_routes(ResourceCrud(type=ACTION_GROUP, name=NAME, properties_of=_group_properties))
