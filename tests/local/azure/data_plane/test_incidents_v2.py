"""How past incidents are indexed, and what ServiceNow is asked."""

import pytest

from support.azure import LocalAzure, error

BASE = "/api/v2/incidents/indexing"


@pytest.mark.parametrize("platform", ["azmonitor", "pagerduty", "servicenow"])
def test_a_configuration_is_kept_without_its_provider(azure: LocalAzure, platform: str) -> None:
    agent, path = azure.agent(), f"{BASE}/{platform}/configuration"
    assert error(azure.data("GET", agent, path)) == (404, "NotFound")

    sent = {"providerType": platform, "assignmentGroup": "Network", "lookbackDays": 30}
    assert azure.data("PUT", agent, path, sent).status_code == 200

    assert azure.data("GET", agent, path).json() == {"assignmentGroup": "Network", "lookbackDays": 30}


def test_wrong_configurations_are_refused(azure: LocalAzure) -> None:
    agent, path = azure.agent(), f"{BASE}/servicenow/configuration"

    assert error(azure.data("PUT", agent, path, {"lookbackDays": 30})) == (400, "BadRequest")
    wrong = {"providerType": "servicenow", "lookbackDays": "a month"}
    assert error(azure.data("PUT", agent, path, wrong)) == (400, "BadRequest")
    assert error(azure.data("GET", agent, f"{BASE}/opsgenie/configuration")) == (404, "NotFound")


def test_servicenow_can_be_asked(azure: LocalAzure) -> None:
    """For its groups, and whether a login will do."""
    agent = azure.agent()
    groups = azure.data("GET", agent, f"{BASE}/servicenow/assignment-groups?search=net").json()
    login = {"endpoint": "https://contoso.service-now.com", "username": "me", "password": "s3cret"}
    path = "/api/v1/incidentplatformvalidation/servicenow"

    assert [group["name"] for group in groups] == ["Network"]
    assert azure.data("POST", agent, path, login).json() == {"result": "valid"}
    assert azure.data("POST", agent, path, {**login, "password": ""}).json() == {"result": "invalid"}
