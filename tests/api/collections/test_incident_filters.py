"""Response plans: one thing to users, a filter and a handler to the service."""

import json
from typing import Any

import httpx
import pytest

from pulumi_sre_agent.api import ApiError, NotFound
from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.kinds import INCIDENT_FILTER
from support.scripted import AGENT, Script, refused, reply

FILTERS = str(INCIDENT_FILTER.data)
HANDLERS = "/api/v1/incidentPlayground/handlers"
SPEC = {"incidentPlatform": "AzMonitor", "priorities": ["Sev1"]}
TOLD = {"customInstructions": "Look first.", "tools": ["SearchMemory"]}
EMPTY = {"description": "", "incidentProcessingGuide": [], "incidents": []}
MISMATCH = "Incident platform 'AzMonitor' does not match configured incident management type 'None'"


def envelope(**spec: Any) -> dict[str, Any]:
    return {"name": "urgent", "type": "IncidentFilter", "properties": {**SPEC, **spec}}


def handler(id_: str, **members: Any) -> dict[str, Any]:
    return {"id": id_, "name": "", "incidentFilterId": "urgent", **EMPTY, **TOLD, **members}


def told(script: Script, handlers: list[dict[str, Any]], platform: str | None = None) -> None:
    """Serve an agent that has one filter and some handlers."""
    block = {"incidentManagementConfiguration": {"type": platform}} if platform else {}
    script.agent(**block)
    script.on("GET", f"{HANDLERS}$", reply(200, handlers))
    script.on("GET", f"{FILTERS}/urgent$", reply(200, envelope()))
    script.on("GET", f"{FILTERS}$", reply(200, {"value": [envelope()], "nextLink": None}))
    script.on("PUT", f"{FILTERS}/urgent$", reply(202, envelope()))
    for method in ("PUT", "POST"):
        script.on(method, f"{HANDLERS}/", lambda request: reply(200, json.loads(request.content)))
    script.on("DELETE", "/(filters|handlers|incidentFilters)/", reply(204))


def writes(script: Script) -> list[str]:
    return [call for call in script.calls if not call.startswith("GET")]


def body(script: Script) -> Any:
    return json.loads(script.requests[-1].content)


def plans(azure: Any) -> Collection:
    found: Collection = azure.items(INCIDENT_FILTER, AGENT, "data")
    return found


def test_a_plan_is_written_as_filter_and_then_handler(script: Script) -> None:
    """So that an interruption leaves a filter without handler, which can be told."""
    told(script, [])
    with script.azure() as azure:
        stored = plans(azure).put("urgent", SPEC | TOLD)

    assert writes(script) == [f"PUT {FILTERS}/urgent", f"PUT {HANDLERS}/urgent-handler"]
    assert body(script) == handler("urgent-handler")
    assert stored == SPEC | TOLD | EMPTY | {"handlerId": "urgent-handler"}


@pytest.mark.parametrize("id_", ["urgent", "urgent-handler"])
def test_a_handler_that_is_there_is_changed(script: Script, id_: str) -> None:
    """Under whichever id it was made."""
    told(script, [handler("other", incidentFilterId="other"), handler(id_)])
    with script.azure() as azure:
        plans(azure).put("urgent", SPEC | {"tools": ["Task"]})

    assert writes(script)[-1] == f"POST {HANDLERS}/{id_}"
    assert body(script) == handler(id_, tools=["Task"], customInstructions="")


def test_a_handler_whose_plan_was_lost_is_taken_over(script: Script) -> None:
    """It says no filter's id that is listed, so that only the refusal tells of it."""
    told(script, [])
    script.on("PUT", f"{HANDLERS}/", refused(409, "Conflict", "It exists."))
    with script.azure() as azure:
        plans(azure).put("urgent", SPEC | TOLD)

    assert writes(script)[1:] == [f"{verb} {HANDLERS}/urgent-handler" for verb in ("PUT", "POST")]


def test_a_plan_that_says_nothing_for_a_handler_has_none(script: Script) -> None:
    """Blank is nothing; one that is there goes."""
    told(script, [handler("urgent")])
    with script.azure() as azure:
        stored = plans(azure).put("urgent", SPEC | {"tools": [], "customInstructions": ""})

    assert writes(script) == [f"PUT {FILTERS}/urgent", f"DELETE {HANDLERS}/urgent"]
    assert stored == SPEC


def test_a_plan_reads_as_one(script: Script) -> None:
    """What the filter itself says of instructions counts for nothing."""
    told(script, [handler("urgent", incidentFilterId="Urgent")])
    script.on("GET", f"{FILTERS}/urgent$", reply(200, envelope(customInstructions="ignored")))
    whole = SPEC | TOLD | EMPTY | {"handlerId": "urgent"}
    with script.azure() as azure:
        assert plans(azure).get("urgent") == whole
        assert plans(azure).list() == {"urgent": whole}


def test_a_plan_without_handler_reads_as_such(script: Script) -> None:
    told(script, [])
    with script.azure() as azure:
        assert plans(azure).get("urgent") == SPEC


def test_a_plan_marked_as_deleted_is_gone(script: Script) -> None:
    told(script, [])
    script.on("GET", f"{FILTERS}/urgent$", reply(200, envelope(isDeleted=True)))
    script.on("GET", f"{FILTERS}$", reply(200, {"value": [envelope(isDeleted=True)]}))
    with script.azure() as azure:
        assert plans(azure).list() == {}
        with pytest.raises(NotFound, match="incident filter urgent of agent pay is deleted"):
            plans(azure).get("urgent")


def test_the_handler_goes_before_its_filter(script: Script) -> None:
    """Whatever an interruption leaves is still found under the filter's name."""
    told(script, [handler("urgent")])
    with script.azure() as azure:
        plans(azure).delete("urgent")

    assert writes(script) == [f"DELETE {HANDLERS}/urgent", f"DELETE {FILTERS}/urgent"]


def test_a_filter_is_tried_until_the_agent_sees_the_platform_that_arm_knows(script: Script) -> None:
    told(script, [], platform="AzMonitor")
    refusal = refused(400, "BadRequest", MISMATCH)
    script.on("PUT", f"{FILTERS}/urgent$", refusal, refusal, reply(202, envelope()))
    with script.azure() as azure:
        plans(azure).put("urgent", SPEC)

    assert len(writes(script)) == 3
    assert len(script.time.slept) == 2


def test_a_filter_is_tried_whatever_the_agent_says_until_it_sees_the_platform(script: Script) -> None:
    """The service's words for that are not published; scripts try again at any 400.

    See docs/reference/data-plane.md#incident-filters.
    """
    told(script, [], platform="AzMonitor")
    seen = ({"incidentPlatformType": name} for name in ("None", "None", "AzMonitor"))
    script.on("GET", "/incidentPlatformType$", *(reply(200, each) for each in seen))
    script.on("PUT", f"{FILTERS}/urgent$", refused(400, "BadRequest", "Not now."))
    with script.azure() as azure, pytest.raises(ApiError, match="Not now"):
        plans(azure).put("urgent", SPEC)

    assert len(writes(script)) == 3  # the last of them of a platform that it sees: this is about the filter


def test_a_filter_is_not_tried_for_ever(script: Script) -> None:
    """Five minutes; the sentence says what is to be there first."""
    told(script, [], platform="AzMonitor")
    script.on("PUT", f"{FILTERS}/urgent$", refused(400, "BadRequest", MISMATCH))
    with script.azure() as azure, pytest.raises(ApiError, match="IncidentPlatform that this depends on"):
        plans(azure).put("urgent", SPEC)

    assert 240 < sum(script.time.slept) <= 300


@pytest.mark.parametrize("platform", [None, "None", "PagerDuty"])
def test_a_filter_of_another_platform_is_refused_at_once(script: Script, platform: str | None) -> None:
    told(script, [], platform=platform)
    script.on("PUT", f"{FILTERS}/urgent$", refused(400, "BadRequest", MISMATCH))
    with script.azure() as azure, pytest.raises(ApiError) as refusal:
        plans(azure).put("urgent", SPEC)

    assert str(refusal.value) == (
        f"PUT incidentFilters/urgent of agent pay failed with 400 BadRequest: {MISMATCH}; "
        "connect that platform first, with an IncidentPlatform that this depends on."
    )
    assert script.time.slept == []


def test_through_arm_the_handler_still_goes_through_the_data_plane(script: Script) -> None:
    told(script, [])
    value = {"value": "eyJuYW1lIjoidXJnZW50In0="}
    script.on("PUT", f"{AGENT}/incidentFilters/urgent$", reply(200, {"name": "urgent", "properties": value}))
    with script.azure() as azure:
        azure.items(INCIDENT_FILTER, AGENT, "control").put("urgent", SPEC | TOLD)

    hosts = [request.url.host.partition(".")[0] for request in script.requests if request.method == "PUT"]
    assert hosts == ["management", "pay--1"]


def test_a_lost_answer_of_a_handler_is_no_failure(script: Script) -> None:
    told(script, [handler("urgent")])
    script.on("POST", f"{HANDLERS}/", httpx.ReadError("gone"), reply(200, handler("urgent")))
    with script.azure() as azure:
        plans(azure).put("urgent", SPEC | TOLD)

    assert writes(script)[1:] == [f"POST {HANDLERS}/urgent"] * 2
