"""Plugins are written by POST, so one whose answer is lost is looked for before it is sent again."""

import json

import pytest

from pulumi_sre_agent.api.kinds import MARKETPLACE, PLUGIN_INSTALLATION
from support.scripted import AGENT, Script, page, reply

SPEC = {"spec": {"url": "https://github.com/contoso/plugins"}}
ITEM = {"metadata": {"name": "contoso"}, **SPEC}


def listed(*items: object) -> dict[str, object]:
    return {"value": list(items), "nextLink": None}


def test_an_item_is_its_metadata_and_its_spec(script: Script) -> None:
    script.agent().on("POST", "/marketplaces$", reply(201, ITEM))
    script.on("GET", "/marketplaces$", reply(200, listed(ITEM, {"metadata": None})))
    with script.azure() as azure:
        items = azure.items(MARKETPLACE, AGENT, "data")
        items.put("contoso", SPEC)

        assert json.loads(script.requests[-1].content) == ITEM
        assert items.get("contoso") == SPEC


@pytest.mark.parametrize(("there", "sent"), [(ITEM, 1), ({"metadata": {"name": "other"}}, 2)])
def test_a_lost_answer_is_looked_for(script: Script, there: object, sent: int) -> None:
    """Two of one name would be two."""
    script.agent().on("POST", "/marketplaces$", page(), reply(201, ITEM))
    script.on("GET", "/marketplaces$", reply(200, listed(there)))
    with script.azure() as azure:
        azure.items(MARKETPLACE, AGENT, "data").put("contoso", SPEC)

    assert sum(call.startswith("POST") for call in script.calls) == sent


def test_a_plugin_from_a_repository_has_a_route_of_its_own(script: Script) -> None:
    """The token goes with it and is never read back."""
    visible = {"sourceUrl": "contoso/runbooks", "pathInRepo": ""}
    script.agent().on("POST", "/install-direct$", reply(204))
    installed = {"metadata": {"name": "runbooks"}, "spec": visible}
    script.on("GET", "/installations$", reply(200, listed(installed)))
    with script.azure() as azure:
        items = azure.items(PLUGIN_INSTALLATION, AGENT, "data")
        items.put("runbooks", {"sourceUrl": "contoso/runbooks", "pat": "s3cret"})

        assert json.loads(script.requests[-1].content) == {
            **visible,
            "credentials": {"authMethod": "pat", "pat": "s3cret"},
        }
        assert items.get("runbooks") == {**visible, "spec": visible}
