"""Workbooks: a document of text, parameters and queries that the portal shows."""

import json
import re
import time
from typing import Annotated, Any

from pydantic import Field

from sre_agent_local.azure.errors import BadRequest, InvalidRequestContent
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.validation import WireModel

from . import resource_crud
from .alert_common import check_scopes, checked
from .request import ArmRequest

TYPE = "microsoft.insights/workbooks"

_GUID = r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_READ_ONLY = ("timeModified", "userId", "revision")


class _Workbook(WireModel):
    display_name: Annotated[str, Field(min_length=1)]
    category: Annotated[str, Field(min_length=1)]
    serialized_data: str
    description: str | None = None
    source_id: str | None = None
    storage_uri: str | None = None
    version: str | None = None
    tags: Any = None


def _describe(request: ArmRequest, body: Json, _before: Json) -> Json:
    """Keep the document; where Azure shows it only to who asks for the content, it is always shown here."""
    if body.get("kind", "shared") != "shared":
        raise InvalidRequestContent(f"'{body['kind']}' is not a kind of workbook")
    asked = checked(_Workbook, body, _READ_ONLY)
    try:
        document = json.loads(asked["serializedData"])
    except json.JSONDecodeError as error:
        raise BadRequest(f"serializedData is not JSON ({error}).", code="InvalidSerializedData") from error
    if not (isinstance(document, dict) and re.fullmatch(r"Notebook/\d\.\d", str(document.get("version")))):
        raise BadRequest("serializedData is not a notebook.", code="InvalidSerializedData")
    source = asked.get("sourceId", "Azure Monitor")
    if source.startswith("/"):
        check_scopes(request.azure, [source])
    return {
        "version": document["version"],
        **asked,
        "sourceId": source,
        "timeModified": timestamp(time.time()),
        "userId": request.caller,
    }


ROUTES = resource_crud.routes(TYPE, _GUID, _describe)
