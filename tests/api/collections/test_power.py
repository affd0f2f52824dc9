"""Starting and stopping an agent."""

import httpx
import pytest

from pulumi_sre_agent.api import Unavailable
from pulumi_sre_agent.api.kinds import AGENT_POWER
from support.scripted import AGENT, Script, reply


def agents(*states: str) -> list[httpx.Response]:
    return [reply(200, {"properties": {"powerState": state}}) for state in states]


def test_an_agent_in_the_wished_state_is_left_alone(script: Script) -> None:
    script.on("GET", "/agents/pay$", *agents("Running"))
    with script.azure() as azure:
        assert azure.items(AGENT_POWER, AGENT, "control").put("default", {"state": "Running"}) == {
            "state": "Running"
        }

    assert {request.method for request in script.requests} == {"GET"}


@pytest.mark.parametrize(
    ("state", "other", "verb"), [("Stopped", "Running", "stop"), ("Running", "Stopped", "start")]
)
def test_a_lost_answer_is_asked_for_again_unless_it_is_done(
    script: Script, state: str, other: str, verb: str
) -> None:
    """A POST that may have arrived is repeated only after a look."""
    script.on("GET", "/agents/pay$", *agents(other, other, state))
    script.on("POST", f"/agents/pay/{verb}$", httpx.ReadError("gone"), httpx.ReadError("gone"))
    with script.azure() as azure:
        assert azure.items(AGENT_POWER, AGENT, "control").put("default", {"state": state}) == {"state": state}

    assert [request.method for request in script.requests] == ["GET", "POST", "GET", "POST", "GET", "GET"]


def test_an_agent_that_cannot_be_reached_is_told(script: Script) -> None:
    script.on("GET", "/agents/pay$", *agents("Running"))
    script.on("POST", "/agents/pay/stop$", httpx.ReadError("gone"))
    with script.azure() as azure, pytest.raises(Unavailable, match="got no answer"):
        azure.items(AGENT_POWER, AGENT, "control").put("default", {"state": "Stopped"})
