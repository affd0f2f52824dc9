"""Knowledge items: connectors whose content has a route of its own."""

import base64
from typing import Any

import pytest

from support.azure import Json, LocalAzure, error

PATH = "/api/v2/extendedAgent/connectors/item"


def body(type_: str, **extended: Any) -> Json:
    properties = {"dataConnectorType": type_, "dataSource": "item", "extendedProperties": extended}
    return {"name": "item", "type": "KnowledgeItem", "properties": properties}


@pytest.mark.parametrize(
    ("sent", "content", "media_type"),
    [
        (
            body(
                "KnowledgeFile",
                displayName="Item",
                fileName="a.pdf",
                fileContent=base64.encodebytes(bytes(100)).decode(),  # wrapped, as `base64` does
                contentType="application/pdf",
            ),
            bytes(100),
            "application/pdf",
        ),
        (
            body("KnowledgeText", displayName="Item", content="Größe"),
            "Größe".encode(),
            "application/octet-stream",
        ),
    ],
)
def test_content_has_its_own_route(azure: LocalAzure, sent: Json, content: bytes, media_type: str) -> None:
    """The item says how long it is, and no more."""
    agent = azure.agent()
    azure.data("PUT", agent, PATH, sent)

    shown = azure.data("GET", agent, PATH).json()
    [listed] = azure.data("GET", agent, PATH.removesuffix("/item")).json()["value"]
    read = azure.data("GET", agent, f"{PATH}/content")

    extended = shown["properties"]["extendedProperties"]
    assert (extended["displayName"], extended["fileSize"]) == ("Item", len(content))
    assert extended.keys().isdisjoint({"fileContent", "content"})
    assert listed["properties"]["extendedProperties"] == extended
    assert (read.content, read.headers["content-type"]) == (content, media_type)


def test_a_web_page_has_an_address_and_no_content(azure: LocalAzure) -> None:
    agent = azure.agent()
    azure.data("PUT", agent, PATH, body("KnowledgeWebPage", url="https://example.com"))

    shown = azure.data("GET", agent, PATH).json()

    assert shown["properties"]["extendedProperties"] == {"url": "https://example.com"}
    assert error(azure.data("GET", agent, f"{PATH}/content")) == (404, "NotFound")


@pytest.mark.parametrize(
    "sent",
    [
        body("KnowledgeFile", fileName="a.md"),
        body("KnowledgeFile", fileContent="no base64!"),
        body("KnowledgeText"),
        body("KnowledgeWebPage", content="x"),
    ],
)
def test_knowledge_that_holds_nothing_is_refused(azure: LocalAzure, sent: Json) -> None:
    assert error(azure.data("PUT", azure.agent(), PATH, sent)) == (400, "BadRequest")
