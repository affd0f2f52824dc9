"""Knowledge items: content comes by a route of its own; and custom instructions, which are one text."""

import base64
from typing import Any

import httpx
import pytest

from pulumi_sre_agent.api import NotFound
from pulumi_sre_agent.api.kinds import CUSTOM_INSTRUCTIONS, KNOWLEDGE_ITEM
from support.scripted import AGENT, Answer, Script, refused, reply


def item(type_: str, **extended: Any) -> httpx.Response:
    properties = {"dataConnectorType": type_, "dataSource": "i", "extendedProperties": extended}
    return reply(200, {"name": "i", "type": "KnowledgeItem", "properties": properties})


@pytest.mark.parametrize(
    ("stored", "content", "extended"),
    [
        (
            item("KnowledgeFile", fileName="a.md"),
            httpx.Response(200, headers={"content-type": "text/markdown"}, content=b"# A"),
            {"fileName": "a.md", "fileContent": base64.b64encode(b"# A").decode()},
        ),
        (
            item("KnowledgeText"),
            httpx.Response(200, headers={"content-type": "application/octet-stream"}, content=b"# A"),
            {"content": "# A"},
        ),
        (item("KnowledgeText", content="as it is"), refused(500), {"content": "as it is"}),
        (item("KnowledgeWebPage", url="u"), refused(500), {"url": "u"}),
        (item("KnowledgeFile"), refused(404), {}),
        (item("Kusto"), refused(404), {}),
    ],
)
def test_an_item_is_read_with_its_content(
    script: Script, stored: Answer, content: Answer, extended: dict[str, Any]
) -> None:
    """Where it has some, and does not show it by itself."""
    script.agent().on("GET", "/connectors/i$", stored).on("GET", "/connectors/i/content$", content)
    with script.azure() as azure:
        found = azure.items(KNOWLEDGE_ITEM, AGENT, "data").get("i")

    assert found["extendedProperties"] == extended


@pytest.mark.parametrize("stored", [reply(200), reply(200, {"instructions": " \r\n"})])
def test_instructions_that_say_nothing_are_not_there(script: Script, stored: Answer) -> None:
    """And a delete leaves them so."""
    script.agent().on("GET", "/customInstructions$", stored).on("PUT", "/customInstructions$", reply(200))
    with script.azure() as azure:
        items = azure.items(CUSTOM_INSTRUCTIONS, AGENT, "data")
        with pytest.raises(NotFound, match=r"^agent pay has no custom instructions\.$"):
            items.get("default")
        assert items.list() == {}
        items.delete("default")

    assert script.requests[-1].content == b'{"instructions": ""}'
