"""The indexing of incidents: a document per platform."""

import json
import logging

import pytest

from pulumi_sre_agent.api import NotFound
from pulumi_sre_agent.api.kinds import INCIDENT_INDEXING
from support.scripted import AGENT, Script, reply

PATH = str(INCIDENT_INDEXING.data)


def test_only_a_write_names_the_provider(script: Script) -> None:
    """Reads leave it out, and some builds may not (docs/reference/data-plane.md#incident-indexing)."""
    at = f"{PATH}/servicenow/configuration$"
    script.agent().on("PUT", at, reply(200)).on(
        "GET", at, reply(200, {"providerType": "servicenow", "lookbackDays": 30})
    )
    with script.azure() as azure:
        stored = azure.items(INCIDENT_INDEXING, AGENT, "data").put("servicenow", {"lookbackDays": 30})

    assert stored == {"lookbackDays": 30}
    (put,) = (request for request in script.requests if request.method == "PUT")
    assert json.loads(put.content) == {"providerType": "servicenow", "lookbackDays": 30}


def test_platforms_without_a_configuration_are_not_listed(script: Script) -> None:
    """Whether the service says 404 or nothing."""
    script.agent().on("GET", f"{PATH}/pagerduty/", reply(200, {}))
    script.on("GET", f"{PATH}/servicenow/", reply(200, {"lookbackDays": 30}))
    with script.azure() as azure:
        items = azure.items(INCIDENT_INDEXING, AGENT, "data")
        assert items.list() == {"servicenow": {"lookbackDays": 30}}
        with pytest.raises(NotFound, match="agent pay has no indexing of incidents of pagerduty"):
            items.get("pagerduty")


def test_deleting_says_what_stays(script: Script, caplog: pytest.LogCaptureFixture) -> None:
    script.agent()
    with script.azure() as azure, caplog.at_level(logging.WARNING):
        azure.items(INCIDENT_INDEXING, AGENT, "data").delete("servicenow")

    (told,) = caplog.messages
    assert told == (
        "The indexing of incidents of servicenow stays in agent pay, "
        "since there is no published way to delete it."
    )
