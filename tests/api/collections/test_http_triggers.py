"""HTTP triggers by name, where the service has ids."""

from typing import Any

import httpx
import pytest

from pulumi_sre_agent.api import ApiError, Conflict, NotFound
from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.kinds import HTTP_TRIGGER
from support.scripted import AGENT, ENDPOINT, Script, refused, reply

PATH = str(HTTP_TRIGGER.data)
SPEC = {"agentPrompt": "Look."}
ONE = {"triggerId": "1", "name": "deploys", "agentPrompt": "Look.", "enabled": True}
SHOWN = ONE | {"triggerUrl": f"{ENDPOINT}{PATH}/trigger/1", "isEnabled": True}


def triggers(azure: Any) -> Collection:
    found: Collection = azure.items(HTTP_TRIGGER, AGENT, "data")
    return found


def writes(script: Script) -> list[str]:
    return [call for call in script.calls if not call.startswith("GET")]


@pytest.mark.parametrize(
    "shape",
    [
        lambda items: items,
        lambda items: {"value": items},
        lambda items: {"triggers": items},
        lambda items: {"items": [{"id": item["triggerId"], **item} for item in items]},
    ],
    ids=["bare", "value", "triggers", "items"],
)
def test_triggers_are_listed_in_every_shape(script: Script, shape: Any) -> None:
    """An address that the list leaves out follows from the endpoint."""
    script.agent().on("GET", f"{PATH}$", reply(200, shape([ONE])))
    with script.azure() as azure:
        listed = triggers(azure).list()["deploys"]

    assert SHOWN.items() <= listed.items()


def test_an_address_that_the_service_says_counts(script: Script) -> None:
    url = "https://pay.sre.azure.com/api/v1/httptriggers/trigger/1"
    script.agent().on("GET", f"{PATH}$", reply(200, [ONE]))
    script.on("GET", f"{PATH}/1$", reply(200, ONE | {"triggerUrl": url}))
    with script.azure() as azure:
        assert triggers(azure).get("deploys")["triggerUrl"] == url


def test_a_lost_answer_makes_no_second_trigger(script: Script) -> None:
    """It is looked for before it is asked for again."""
    script.agent().on("GET", f"{PATH}$", reply(200, []), reply(200, [ONE]))
    script.on("GET", f"{PATH}/1$", reply(200, ONE))
    script.on("POST", f"{PATH}/create$", httpx.ReadError("gone"))
    with script.azure() as azure:
        assert triggers(azure).put("deploys", SPEC) == SHOWN

    assert writes(script) == [f"POST {PATH}/create"]


def test_a_request_that_never_arrived_is_sent_again(script: Script) -> None:
    script.agent().on("GET", f"{PATH}$", reply(200, []))
    made = {"triggerId": "1", "triggerUrl": "https://a", "message": "HTTP trigger created successfully"}
    script.on("POST", f"{PATH}/create$", refused(500), reply(201, made))
    script.on("GET", f"{PATH}/1$", reply(200, ONE))
    with script.azure() as azure:
        assert triggers(azure).put("deploys", SPEC) == SHOWN

    assert writes(script) == [f"POST {PATH}/create"] * 2


def test_a_trigger_is_turned_off_by_an_action(script: Script) -> None:
    """Its body cannot say it."""
    script.agent().on("GET", f"{PATH}$", reply(200, [ONE]))
    script.on("PUT", f"{PATH}/1$", reply(200, ONE))
    script.on("POST", f"{PATH}/1/disable$", reply(200, {}))
    script.on("GET", f"{PATH}/1$", reply(200, ONE | {"enabled": False}))
    with script.azure() as azure:
        stored = triggers(azure).put("deploys", SPEC | {"isEnabled": False})

    assert stored["isEnabled"] is False
    assert writes(script) == [f"PUT {PATH}/1", f"POST {PATH}/1/disable"]
    assert b"Enabled" not in next(r.content for r in script.requests if r.method == "PUT")


def test_two_triggers_of_one_name_are_an_error_that_says_so(script: Script) -> None:
    """Whatever is asked of that name; others are listed all the same."""
    other = ONE | {"triggerId": "3", "name": "other"}
    script.agent().on("GET", f"{PATH}$", reply(200, [ONE, ONE | {"triggerId": "2"}, other]))
    with script.azure() as azure:
        assert {name: bool(spec) for name, spec in triggers(azure).list().items()} == {
            "deploys": False,
            "other": True,
        }
        for call in (
            lambda: triggers(azure).get("deploys"),
            lambda: triggers(azure).put("deploys", SPEC),
            lambda: triggers(azure).delete("deploys"),
        ):
            with pytest.raises(Conflict) as twice:
                call()
            assert str(twice.value) == (
                "2 HTTP triggers of agent pay are named deploys: "
                "delete all but one of 1, 2, or give this one another name."
            )
    assert writes(script) == []


def test_a_trigger_that_is_not_there(script: Script) -> None:
    script.agent().on("GET", f"{PATH}$", reply(200, []))
    with script.azure() as azure:
        triggers(azure).delete("deploys")
        with pytest.raises(NotFound, match="HTTP trigger deploys of agent pay is not there"):
            triggers(azure).get("deploys")


def test_a_refusal_is_told(script: Script) -> None:
    script.agent().on("GET", f"{PATH}$", reply(200, []))
    script.on("POST", f"{PATH}/create$", refused(400, "BadRequest", "No."))
    with script.azure() as azure, pytest.raises(ApiError, match="400 BadRequest: No"):
        triggers(azure).put("deploys", SPEC)
