"""Connectors: provisioning is awaited on both planes, and neither plane overwrites what the other wrote."""

import json
from typing import Any

import pytest

from pulumi_sre_agent.api import OperationFailed, Plane, Unavailable
from pulumi_sre_agent.api.kinds import CONNECTOR
from support.scripted import AGENT, Script, refused, reply

KUSTO = {"dataConnectorType": "Kusto", "dataSource": "https://c.kusto.windows.net/db"}
DATA = "/extendedAgent/connectors"
ARM = f"{AGENT}/connectors"
both_planes = pytest.mark.parametrize("plane", ["control", "data"])


def envelope(**members: Any) -> dict[str, Any]:
    return {"name": "one", "type": "AgentConnector", "properties": KUSTO | members}


@pytest.fixture
def script() -> Script:
    """Serve an agent without connectors."""
    empty = reply(200, {"value": []})
    return Script().agent().on("GET", f"{DATA}$", empty).on("GET", f"{ARM}$", empty)


@both_planes
def test_provisioning_is_awaited(script: Script, plane: Plane) -> None:
    """Also where another run began it."""
    at = f"{ARM if plane == 'control' else DATA}/one$"
    script.on("GET", at, *(reply(200, envelope(provisioningState=s)) for s in ("InProgress", "Succeeded")))
    with script.azure() as azure:
        settled = azure.items(CONNECTOR, AGENT, plane).wait_until_ready(
            "one", KUSTO | {"provisioningState": "InProgress"}
        )

    assert settled == KUSTO | {"provisioningState": "Succeeded"}
    assert script.time.slept


@both_planes
def test_a_failed_connector_says_why_without_its_secrets(script: Script, plane: Plane) -> None:
    failed = {
        "provisioningState": "Failed",
        "deploymentError": "Nobody home\nfor s3cret-token.",
        "extendedProperties": {"bearerToken": "s3cret-token"},
    }
    script.on("GET", f"{ARM if plane == 'control' else DATA}/one$", reply(200, envelope(**failed)))
    with script.azure() as azure, pytest.raises(OperationFailed, match="Nobody home for") as raised:
        azure.items(CONNECTOR, AGENT, plane).wait_until_ready(
            "one", KUSTO | {"provisioningState": "InProgress"}
        )

    assert "\n" not in str(raised.value)
    if plane == "data":  # ARM shows no secret that could be masked
        assert str(raised.value) == "connector one of agent pay ended as Failed: Nobody home for ***."


def test_provisioning_that_never_ends_is_told(script: Script) -> None:
    script.on("GET", f"{DATA}/one$", reply(200, envelope(provisioningState="InProgress")))
    with script.azure() as azure, pytest.raises(Unavailable, match="connector one of agent pay is still In"):
        azure.items(CONNECTOR, AGENT, "data").wait_until_ready(
            "one", KUSTO | {"provisioningState": "InProgress"}
        )


def test_arm_looks_at_what_only_the_data_plane_knows(script: Script) -> None:
    """A PUT through ARM would overwrite it; being there, it still is not what ARM shows in the portal."""
    script.on("GET", f"{DATA}$", reply(200, {"value": [envelope()]}))
    script.on("GET", f"{DATA}/one$", reply(200, envelope()))
    with script.azure() as azure:
        items = azure.items(CONNECTOR, AGENT, "control")
        listed = items.list()

        assert listed["one"].items() >= KUSTO.items()
        assert items.get_existing("one") == listed["one"]
        assert items.is_finished(listed["one"]) is False


def test_what_both_planes_know_is_arms(script: Script) -> None:
    """ARM may write a name in other letters."""
    shown = {"name": "ONE", "properties": KUSTO | {"provisioningState": "Succeeded"}}
    script.on("GET", f"{DATA}$", reply(200, {"value": [envelope()]}))
    script.on("GET", f"{ARM}$", reply(200, {"value": [shown]})).on("GET", f"{ARM}/one$", reply(200, shown))
    with script.azure() as azure:
        items = azure.items(CONNECTOR, AGENT, "control")
        listed = items.list()

        assert listed == {"ONE": shown["properties"]}
        assert items.is_finished(items.get_existing("one")) is True


def test_who_may_not_look_at_the_data_plane_goes_by_arm(script: Script) -> None:
    """Rights in ARM are enough to deploy connectors."""
    script.on("GET", f"{DATA}$", refused(403, "Forbidden", "No."))
    with script.azure() as azure:
        assert azure.items(CONNECTOR, AGENT, "control").list() == {}


@both_planes
def test_a_connection_is_tried_with_the_connector_as_it_is_read(script: Script, plane: Plane) -> None:
    """By the data plane, whichever wrote it."""
    script.on("GET", f"{DATA}/one$", reply(200, envelope()))
    script.on("POST", f"{DATA}/one/testconnection$", reply(200, {"connectorName": "one", "success": True}))
    with script.azure() as azure:
        azure.items(CONNECTOR, AGENT, plane).test("one")

    assert json.loads(script.requests[-1].content) == envelope()


def test_a_connection_that_fails_says_why(script: Script) -> None:
    hidden = envelope(extendedProperties={"headers": {"X-Key": "s3cret-key"}})
    script.on("GET", f"{DATA}/one$", reply(200, hidden))
    failure = {"success": False, "errorMessage": "401 for s3cret-key."}
    script.on("POST", f"{DATA}/one/testconnection$", reply(200, failure))
    with script.azure() as azure, pytest.raises(OperationFailed) as raised:
        azure.items(CONNECTOR, AGENT, "data").test("one")

    assert str(raised.value) == "connector one of agent pay cannot connect: 401 for ***."
