"""Workbooks: called by a GUID, with a document that is a notebook."""

import json

import pytest

from support.azure import SUBSCRIPTION, Json, LocalAzure, error

VERSION = "2023-06-01"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-sre"
GUID = "5a9be1c4-9e4d-5c0b-8f0e-0f6f0f0b7d7e"
DOCUMENT = json.dumps({"version": "Notebook/1.0", "items": []})
PROPERTIES: Json = {"displayName": "Incidents", "category": "workbook", "serializedData": DOCUMENT}


def put(azure: LocalAzure, change: Json, name: str = GUID) -> tuple[int, str]:
    body = {"location": "swedencentral", "kind": "shared", "properties": {**PROPERTIES, **change}}
    path = f"{azure.group()}/providers/microsoft.insights/workbooks/{name}"
    return error(azure.arm("PUT", path, body, api_version=VERSION))


def test_a_workbook_keeps_its_document(azure: LocalAzure) -> None:
    path = f"{GROUP}/providers/microsoft.insights/workbooks/{GUID}"

    assert put(azure, {}) == (201, "")

    properties = azure.arm("GET", path, api_version=VERSION).json()["properties"]
    assert properties["serializedData"] == DOCUMENT
    assert (properties["version"], properties["sourceId"]) == ("Notebook/1.0", "Azure Monitor")


@pytest.mark.parametrize(
    ("change", "name", "code"),
    [
        pytest.param({}, "incidents", "InvalidResourceName", id="name"),
        pytest.param({"displayName": ""}, GUID, "InvalidRequestContent", id="display-name"),
        pytest.param({"serializedData": "{"}, GUID, "InvalidSerializedData", id="no-json"),
        pytest.param({"serializedData": "{}"}, GUID, "InvalidSerializedData", id="no-notebook"),
        pytest.param(
            {"sourceId": f"{GROUP}/providers/microsoft.insights/components/none"},
            GUID,
            "ResourceNotFound",
            id="source",
        ),
    ],
)
def test_refusals(azure: LocalAzure, change: Json, name: str, code: str) -> None:
    assert put(azure, change, name) == (400, code)


def test_there_is_one_kind_of_workbook(azure: LocalAzure) -> None:
    path = f"{azure.group()}/providers/microsoft.insights/workbooks/{GUID}"
    body = {"location": "swedencentral", "kind": "user", "properties": PROPERTIES}

    assert error(azure.arm("PUT", path, body, api_version=VERSION)) == (400, "InvalidRequestContent")
