"""The incident platform and its default plan."""

import json
from typing import Any

import pytest

from pulumi_sre_agent.api import NotFound, Unavailable
from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.kinds import INCIDENT_PLATFORM, QUICKSTART_PLAN
from support.scripted import AGENT, Script, refused, reply

BLOCK = "incidentManagementConfiguration"
TYPE = "/api/v1/incidentPlayground/incidentPlatformType$"
FILTERS = str(QUICKSTART_PLAN.data)
PAGER = {
    "type": "PagerDuty",
    "connectionKey": "k",
    "oboUser": "me@contoso.com",
    "connectionName": "pagerduty",
}


def served(script: Script, block: dict[str, Any] | None) -> None:
    script.agent(**{BLOCK: block})
    script.on("PATCH", "/agents/pay$", reply(200, {"properties": {"provisioningState": "Succeeded"}}))


def patches(script: Script) -> list[Any]:
    """Return what was sent of the platform, and nothing else was."""
    bodies = [json.loads(request.content) for request in script.requests if request.method == "PATCH"]
    assert all(body.keys() == {"properties"} and body["properties"].keys() == {BLOCK} for body in bodies)
    return [body["properties"][BLOCK] for body in bodies]


def platform(azure: Any) -> Collection:
    found: Collection = azure.items(INCIDENT_PLATFORM, AGENT, "control")
    return found


def test_connecting_patches_nothing_but_the_platform(script: Script) -> None:
    served(script, None)
    with script.azure() as azure:
        platform(azure).put("default", PAGER)

    assert patches(script) == [PAGER]


def test_another_type_disconnects_the_old_one_first(script: Script) -> None:
    """In one update (docs/reference/run-time.md#incident-platforms)."""
    served(script, {"type": "AzMonitor", "connectionName": "azmonitor"})
    with script.azure() as azure:
        platform(azure).put("default", PAGER)

    assert patches(script) == [None, PAGER]


def test_what_is_not_said_any_more_goes(script: Script) -> None:
    """Also the key, which Azure does not show."""
    served(script, {"type": "ServiceNow", "connectionUrl": "https://a", "connectionName": "servicenow"})
    spec = {"type": "ServiceNow", "connectionUrl": "https://b", "apiConnectionName": "snow"}
    with script.azure() as azure:
        platform(azure).put("default", spec)

    assert patches(script) == [spec | {"connectionName": None, "connectionKey": None}]


def test_a_platform_is_awaited(script: Script) -> None:
    types = (reply(200, {"incidentPlatformType": type_}) for type_ in ("None", "None", "PagerDuty"))
    served(script, PAGER)
    script.on("GET", TYPE, *types)
    with script.azure() as azure:
        assert platform(azure).wait_until_ready("default", PAGER) == PAGER

    assert len(script.time.slept) == 2


def test_a_platform_that_the_agent_never_sees_is_told(script: Script) -> None:
    served(script, PAGER)
    script.on("GET", TYPE, reply(200, {"incidentPlatformType": "None"}))
    with script.azure() as azure, pytest.raises(Unavailable) as late:
        platform(azure).wait_until_ready("default", PAGER)

    assert str(late.value) == (
        "The incident platform that agent pay sees is still None, not PagerDuty, after 5 minutes."
    )


@pytest.mark.parametrize("block", [None, {}, {"type": None}])
def test_no_platform_reads_as_gone(script: Script, block: dict[str, Any] | None) -> None:
    served(script, block)
    with script.azure() as azure:
        assert platform(azure).list() == {}
        with pytest.raises(NotFound, match="has no incident platform"):
            platform(azure).get("default")


def test_none_is_no_reason_to_refuse_another(script: Script) -> None:
    """But it is what an agent can be said to have."""
    served(script, {"type": "None"})
    with script.azure() as azure:
        assert platform(azure).list() == {}
        assert platform(azure).get("default") == {"type": "None"}
        platform(azure).put("default", PAGER)

    assert patches(script) == [PAGER]


@pytest.mark.parametrize(("block", "sent"), [(None, []), (PAGER, [None])])
def test_deleting_disconnects_what_is_there(script: Script, block: Any, sent: list[Any]) -> None:
    served(script, block)
    with script.azure() as azure:
        platform(azure).delete("default")

    assert patches(script) == sent


@pytest.mark.parametrize("name", ["quickstart_response_plan", "quickstart_handler"])
def test_the_quickstart_plan_has_either_name(script: Script, name: str) -> None:
    """Others stay."""
    plans = [{"id": "mine", "name": ""}, {"id": name, "name": ""}]
    script.agent().on("GET", f"{FILTERS}$", reply(200, plans), reply(200, plans), reply(200, []))
    script.on("DELETE", f"{FILTERS}/", reply(204))
    with script.azure() as azure:
        plan = azure.items(QUICKSTART_PLAN, AGENT, "data")
        assert plan.get("default") == {"present": True}
        assert plan.put("default", {"present": False}) == {}
        plan.delete("default")

    assert [call for call in script.calls if call.startswith("DELETE")] == [f"DELETE {FILTERS}/{name}"]


def test_a_quickstart_plan_that_goes_meanwhile_is_gone(script: Script) -> None:
    script.agent().on("GET", f"{FILTERS}$", reply(200, [{"id": "quickstart_handler"}]), reply(200, []))
    script.on("DELETE", f"{FILTERS}/", refused(404, "NotFound"))
    with script.azure() as azure:
        assert azure.items(QUICKSTART_PLAN, AGENT, "data").put("default", {"present": False}) == {}
