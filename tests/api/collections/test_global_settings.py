"""Settings that two writers may change at once: every write names the version that it has read."""

import json
from typing import Any

import httpx
import pytest

from pulumi_sre_agent.api import ApiError, NotFound
from pulumi_sre_agent.api.kinds import GLOBAL_TOOL_PERMISSIONS
from support.scripted import AGENT, Script, refused, reply

PATH = "/settings/global$"
MINE = {"allow": ["a"], "ask": [], "deny": []}
THEIRS = {"allow": ["b"], "ask": [], "deny": []}
STALE = refused(412, "PreconditionFailed", "It has changed.")


def shown(permissions: Any, tag: str = "") -> httpx.Response:
    return reply(200, {"permissions": permissions}, **({"ETag": tag} if tag else {}))


def tags(script: Script) -> list[str]:
    """What each write named."""
    return [request.headers["if-match"] for request in script.requests if request.method == "PUT"]


@pytest.mark.parametrize(
    ("now", "tag"),
    [
        pytest.param(reply(200, {}), "*", id="nothing yet"),
        pytest.param(shown({"allow": [], "ask": [], "deny": []}), "*", id="empty lists"),
        pytest.param(shown(THEIRS, '"1"'), '"1"', id="somebody's"),
    ],
)
def test_a_write_names_what_it_has_read(script: Script, now: httpx.Response, tag: str) -> None:
    """Where nothing is written yet there is no version to name."""
    script.agent().on("GET", PATH, now).on("PUT", PATH, reply(200, {}))
    with script.azure() as azure:
        assert azure.items(GLOBAL_TOOL_PERMISSIONS, AGENT, "data").put("default", MINE) == MINE

    assert tags(script) == [tag]


def test_what_else_is_in_the_settings_stays(script: Script) -> None:
    """A PUT replaces the whole document."""
    script.agent().on("GET", PATH, reply(200, {"theme": "dark", "permissions": THEIRS}))
    script.on("PUT", PATH, reply(200, {}))
    with script.azure() as azure:
        azure.items(GLOBAL_TOOL_PERMISSIONS, AGENT, "data").put("default", MINE)

    assert json.loads(script.requests[-1].content) == {"theme": "dark", "permissions": MINE}


def test_a_version_that_changed_for_another_reason_is_read_again(script: Script) -> None:
    script.agent().on("GET", PATH, shown(THEIRS, '"1"'), shown(THEIRS, '"2"'))
    script.on("PUT", PATH, STALE, reply(200, {}))
    with script.azure() as azure:
        azure.items(GLOBAL_TOOL_PERMISSIONS, AGENT, "data").put("default", MINE)

    assert tags(script) == ['"1"', '"2"']


def test_a_write_whose_answer_was_lost_is_recognised(script: Script) -> None:
    """Its repetition is refused, since the first has changed the version."""
    script.agent().on("GET", PATH, shown(THEIRS, '"1"'), shown(MINE, '"2"'))
    script.on("PUT", PATH, httpx.ReadError("reset"), STALE)
    with script.azure() as azure:
        assert azure.items(GLOBAL_TOOL_PERMISSIONS, AGENT, "data").put("default", MINE) == MINE

    assert tags(script) == ['"1"', '"1"']


@pytest.mark.parametrize(
    "then",
    [
        pytest.param([shown(MINE | {"deny": ["c"]}, '"2"')], id="changed meanwhile"),
        pytest.param([shown(THEIRS, '"2"'), shown(THEIRS, '"3"')], id="changed again and again"),
    ],
)
def test_somebody_elses_change_is_not_overwritten(script: Script, then: list[httpx.Response]) -> None:
    """One sentence says what to do."""
    script.agent().on("GET", PATH, shown(THEIRS, '"1"'), *then).on("PUT", PATH, STALE)
    with script.azure() as azure, pytest.raises(ApiError) as told:
        azure.items(GLOBAL_TOOL_PERMISSIONS, AGENT, "data").put("default", MINE)

    assert str(told.value) == (
        "PUT agent/settings/global of agent pay failed with 412 PreconditionFailed: It has changed;"
        " somebody else changed it at the same time: look at what they did, then run again."
    )


def test_another_refusal_is_told_as_it_is(script: Script) -> None:
    script.agent().on("GET", PATH, reply(200, {})).on("PUT", PATH, refused(409, "Odd", "No."))
    with script.azure() as azure, pytest.raises(ApiError, match="409 Odd"):
        azure.items(GLOBAL_TOOL_PERMISSIONS, AGENT, "data").put("default", MINE)


def test_permissions_that_say_nothing_are_not_there(script: Script) -> None:
    script.agent().on("GET", PATH, shown({"allow": [], "ask": None}))
    with script.azure() as azure:
        items = azure.items(GLOBAL_TOOL_PERMISSIONS, AGENT, "data")

        assert items.list() == {}
        with pytest.raises(NotFound, match=r"^agent pay has no tool permissions\.$"):
            items.get("default")
