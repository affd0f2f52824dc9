"""Workbooks: a document of text, parameters and queries that the portal shows."""

import re
from typing import Annotated, Any

from pydantic import Field

from sre_agent_local.azure import clock
from sre_agent_local.azure.arm_path import GUID
from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.json_values import Json, NotJson, read_json, timestamp
from sre_agent_local.azure.http.validation import StrictModel, settable_properties

from .alert_common import check_scopes
from .request import ArmRequest
from .resource_crud import ResourceCrud, crud_routes

TYPE = "microsoft.insights/workbooks"

_READ_ONLY = ("timeModified", "userId", "revision")


class _Workbook(StrictModel):
    display_name: Annotated[str, Field(min_length=1)]
    category: Annotated[str, Field(min_length=1)]
    serialized_data: str
    description: str | None = None
    source_id: str | None = None
    storage_uri: str | None = None
    version: str | None = None
    tags: Any = None


def _workbook_properties(request: ArmRequest, body: Json, _before: Json) -> Json:
    """Keep the document; where Azure shows it only to who asks for the content, it is always shown here."""
    if body.get("kind", "shared") != "shared":
        raise InvalidRequestContent(f"'{body['kind']}' is not a kind of workbook")
    properties = settable_properties(_Workbook, body, _READ_ONLY)
    try:
        document = read_json(properties["serializedData"])
    except NotJson as error:
        raise BadRequest(f"serializedData is not JSON ({error}).", code="InvalidSerializedData") from error
    if not (isinstance(document, dict) and re.fullmatch(r"Notebook/\d\.\d", str(document.get("version")))):
        raise BadRequest("serializedData is not a notebook.", code="InvalidSerializedData")
    source = properties.get("sourceId", "Azure Monitor")
    if source.startswith("/"):
        check_scopes(request.azure, [source])
    return {
        "version": document["version"],
        **properties,
        "sourceId": source,
        "timeModified": timestamp(clock.now()),
        "userId": request.caller,
    }


ROUTES = crud_routes(ResourceCrud(type=TYPE, name=GUID, properties_of=_workbook_properties))
