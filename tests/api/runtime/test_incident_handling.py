"""Incident handling through the client."""

import pytest

from pulumi_sre_agent.api import ApiError
from pulumi_sre_agent.api.runtime.incident_handling import IncidentHandling
from support.scripted import AGENT, Script, refused, reply

LOGIN = {"endpoint": "https://x.service-now.com", "username": "sre", "password": "correct horse"}


def test_filters_handlers_and_the_platform(script: Script) -> None:
    script.agent().on("GET", "/incidentPlayground/filters$", reply(200, [{"id": "f1", "name": ""}]))
    script.on("GET", "/incidentManagement/incidentFilters$", reply(200, {"value": [{"id": "f2"}]}))
    script.on("GET", "/extendedAgent/incidentHandlers$", reply(200, [{"id": "h"}]))
    script.on(
        "GET", "/incidentPlatformType$", reply(200, {"incidentPlatformType": "AzMonitor"}), reply(200, {})
    )
    script.on("GET", "/servicenow/configuration$", reply(200, {"assignmentGroup": "g", "lookbackDays": 30}))
    with script.azure() as azure:
        incidents = IncidentHandling(azure.data_plane(AGENT))

        assert [found["id"] for found in incidents.filters_v1()] == ["f1"]
        assert [found["id"] for found in incidents.filters()] == ["f2"]
        assert [found["id"] for found in incidents.handlers()] == ["h"]
        assert [incidents.platform(), incidents.platform()] == ["AzMonitor", "None"]
        assert incidents.indexing("servicenow")["lookbackDays"] == 30


def test_servicenow_groups(script: Script) -> None:
    """Asked for with ServiceNow's own login, in headers."""
    script.agent().on("GET", "/assignment-groups$", reply(200, [{"sys_id": "1", "name": "SRE"}]))
    with script.azure() as azure:
        (group,) = IncidentHandling(azure.data_plane(AGENT)).assignment_groups("SRE", **LOGIN)

    sent = script.requests[-1]
    assert (group.sys_id, group.name) == ("1", "SRE")
    assert sent.url.query == b"search=SRE"
    assert sent.headers["X-ServiceNow-Endpoint"] == LOGIN["endpoint"]
    assert (sent.headers["X-ServiceNow-Username"], sent.headers["X-ServiceNow-Password"]) == (
        "sre",
        "correct horse",
    )


def test_a_login_is_tried(script: Script) -> None:
    script.agent().on(
        "POST", "/servicenow$", reply(200, {"result": "valid"}), reply(200, {"result": "denied"})
    )
    with script.azure() as azure:
        incidents = IncidentHandling(azure.data_plane(AGENT))

        assert incidents.validate_servicenow(**LOGIN).is_valid
        assert not incidents.validate_servicenow(**LOGIN).is_valid


def test_a_password_is_in_no_error(script: Script) -> None:
    """Neither one that was sent in a header nor one in a body."""
    echo = refused(400, "Bad", "Login sre/correct horse failed")
    script.agent().on("GET", "/assignment-groups$", echo).on("POST", "/servicenow$", echo)
    with script.azure() as azure:
        incidents = IncidentHandling(azure.data_plane(AGENT))
        with pytest.raises(ApiError, match=r"Login sre/\*\*\* failed"):
            list(incidents.assignment_groups("x", **LOGIN))
        with pytest.raises(ApiError, match=r"Login sre/\*\*\* failed"):
            incidents.validate_servicenow(**LOGIN)
