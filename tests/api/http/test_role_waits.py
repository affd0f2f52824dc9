"""Refusals while a role spreads: how long they are waited out, and when they are told at once."""

import re
from datetime import datetime, timedelta
from email.utils import format_datetime

import pytest

from pulumi_sre_agent.api import (
    AccessDenied,
    ApiError,
    limits,
)
from support.scripted import AGENT, ENDPOINT, VERSION, Script, refused, reply

SKILL = "/api/v2/extendedAgent/skills/triage"


def test_a_principal_that_is_not_known_yet_is_waited_for(script: Script) -> None:
    """A new identity takes moments to be known where roles are given; one that never is costs a minute."""
    role = f"{AGENT}/providers/Microsoft.Authorization/roleAssignments/r"
    script.on("PUT", "/r$", *[refused(400, "PrincipalNotFound")] * 3, reply(201, {"id": role}))
    script.on("GET", "/pay$", refused(400, "PrincipalNotFound", "Who is that?"))
    with script.azure() as azure:
        assert azure.control.put(role, VERSION, {})["id"] == role
        with pytest.raises(ApiError, match="Who is that"):
            azure.control.get(AGENT, VERSION)

    assert sum(script.time.slept) < 120


@pytest.mark.parametrize("status", [401, 403])
def test_an_agents_refusal_is_waited_out_while_a_new_role_spreads(script: Script, status: int) -> None:
    """Each attempt brings a fresh token: the old one may not know of the role."""
    script.agent().on(
        "GET", "/skills/triage$", *[refused(status, "Forbidden")] * 5, reply(200, {"name": "triage"})
    )
    with script.azure() as azure:
        azure.data_plane(AGENT).get(SKILL)

    tokens = {r.headers["authorization"] for r in script.requests if r.url.path == SKILL}
    assert len(tokens) == 6
    assert sum(script.time.slept) < limits.ROLE_SPREADING.budget


@pytest.mark.parametrize("wait", [0, 7, 600])
def test_the_wait_for_a_role_is_as_long_as_the_settings_say(script: Script, wait: float) -> None:
    began = script.time.now
    script.agent().on("GET", "/skills/", refused(403))
    with script.azure(role_wait=wait) as azure, pytest.raises(AccessDenied, match="SRE Agent Administrator"):
        azure.data_plane(AGENT).get(SKILL)

    assert wait - limits.ROLE_SPREADING.longest <= script.time.now - began <= wait


def test_a_missing_role_costs_the_wait_once_per_agent(script: Script) -> None:
    """The second item waits only for what is left of the time that a role needs to spread."""
    began = script.time.now
    script.agent().on("GET", "/skills/", refused(403, "Forbidden", "Access denied by PDP"))
    with script.azure() as azure:
        plane = azure.data_plane(AGENT)
        with pytest.raises(AccessDenied, match="ask for the role SRE Agent Administrator"):
            plane.get(SKILL)
        with pytest.raises(AccessDenied):
            plane.get(SKILL)

    assert script.time.now - began <= limits.ROLE_SPREADING.budget


GIVEN = "2026-03-01T12:00:00.1234567Z"


def agent_given(script: Script, *, ago: float, to: str = "the role") -> None:
    """Serve an agent that somebody was given access to some seconds ago, by Azure's clock and not by ours."""
    old, new = "2025-01-01T00:00:00Z", GIVEN
    dates = {"the agent": (new, old), "the role": (old, new), "all": (new, new)}[to]
    now = format_datetime(datetime.fromisoformat(GIVEN) + timedelta(seconds=ago), usegmt=True)
    properties = {"agentEndpoint": ENDPOINT}
    body = {"id": AGENT, "properties": properties, "systemData": {"createdAt": dates[0]}}
    roles = {"value": [{"properties": {"updatedOn": old}}, {"properties": {"updatedOn": dates[1]}}]}
    script.agent().on("GET", "/agents/pay$", reply(200, body, date=now))
    script.on("GET", "/agents/pay/providers/Microsoft.Authorization/roleAssignments$", reply(200, roles))


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_for_good_is_told_within_seconds(script: Script, status: int) -> None:
    """No role can be on its way to an agent that is old and whose roles are: nothing is worth waiting for."""
    agent_given(script, ago=3600)
    script.on("GET", "/skills/", refused(status))
    began = script.time.now
    with script.azure() as azure, pytest.raises(AccessDenied):
        azure.data_plane(AGENT).get(SKILL)
    with script.azure() as azure:
        plane = azure.data_plane(AGENT)
        for _ in range(20):
            with pytest.raises(AccessDenied):
                plane.get(SKILL)

    assert script.time.now - began <= 2 * limits.REFUSED.budget
    assert script.calls.count(f"GET {SKILL}") < 60


def test_a_hiccup_of_an_old_role_passes(script: Script) -> None:
    """Also one that a fresh token does not end."""
    agent_given(script, ago=3600)
    script.on("GET", "/skills/", refused(403), refused(403), refused(403), reply(200, {"name": "triage"}))
    with script.azure() as azure:
        assert azure.data_plane(AGENT).get(SKILL) == {"name": "triage"}


@pytest.mark.parametrize("to", ["the agent", "the role"])
def test_what_was_given_just_now_may_take_its_time(script: Script, to: str) -> None:
    """Its time counts from when it was given, and what is left of it is waited for."""
    agent_given(script, ago=30, to=to)
    script.on("GET", "/skills/triage$", *[refused(403)] * 8, reply(200, {"name": "triage"}))
    with script.azure() as azure:
        azure.data_plane(AGENT).get(SKILL)

    assert limits.REFUSED.budget < sum(script.time.slept) < limits.ROLE_SPREADING.budget - 30


def test_what_is_left_of_a_roles_time_is_not_exceeded(script: Script) -> None:
    agent_given(script, ago=100)
    script.on("GET", "/skills/", refused(403))
    began = script.time.now
    with script.azure() as azure, pytest.raises(AccessDenied):
        azure.data_plane(AGENT).get(SKILL)

    left = limits.ROLE_SPREADING.budget - 100
    assert left - limits.ROLE_SPREADING.longest <= script.time.now - began <= left


def test_a_long_wait_is_told_again_and_again(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    script.agent().on("GET", "/skills/", refused(403))
    with script.azure() as azure, caplog.at_level("WARNING"), pytest.raises(AccessDenied):
        azure.data_plane(AGENT).get(SKILL)

    first, *later = caplog.messages
    assert first.endswith("Trying again.")
    assert 3 <= len(later) <= 4
    assert all(re.search(r"Still trying after \d+ s, for \d+ s more at most\.$", text) for text in later)


def test_a_stale_token_is_replaced_also_long_after_a_role_had_time_to_spread(script: Script) -> None:
    script.agent().on("GET", "/skills/", refused(403), reply(200, {}), refused(401), reply(200, {}))
    with script.azure() as azure:
        plane = azure.data_plane(AGENT)
        plane.get(SKILL)
        script.time.now += 24 * 3600
        plane.get(SKILL)

    assert script.calls.count(f"GET {SKILL}") == 4
