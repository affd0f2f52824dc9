"""Action groups: who is told, and what of it Azure refuses."""

import pytest

from support.azure import Json, LocalAzure, error

VERSION = "2024-10-01-preview"
EMAIL = {"name": "oncall", "emailAddress": "oncall@contoso.com", "useCommonAlertSchema": True}
HOOK = {"name": "bridge", "serviceUri": "https://hooks.example/1", "useCommonAlertSchema": True}


def put(azure: LocalAzure, properties: Json, location: str = "Global") -> tuple[int, str]:
    path = f"{azure.group()}/providers/microsoft.insights/actionGroups/ag-sre"
    return error(
        azure.arm("PUT", path, {"location": location, "properties": properties}, api_version=VERSION)
    )


def test_a_group_keeps_its_receivers(azure: LocalAzure) -> None:
    """Azure adds a status to e-mail receivers, and empty lists for the kinds that were not named."""
    path = f"{azure.group()}/providers/Microsoft.Insights/actionGroups/ag-sre"
    sms = {"name": "phone", "countryCode": "46", "phoneNumber": "700000000"}
    properties = {
        "groupShortName": "sre-agent",
        "emailReceivers": [EMAIL],
        "webhookReceivers": [HOOK],
        "smsReceivers": [sms],
    }
    azure.arm("PUT", path, {"location": "Global", "properties": properties}, api_version=VERSION)

    found = azure.arm("GET", path, api_version=VERSION).json()

    assert found["location"] == "global"
    assert found["properties"]["enabled"] is True
    assert found["properties"]["emailReceivers"] == [{**EMAIL, "status": "Enabled"}]
    assert found["properties"]["webhookReceivers"] == [HOOK]
    assert found["properties"]["smsReceivers"] == [sms]
    assert found["properties"]["voiceReceivers"] == []


@pytest.mark.parametrize(
    ("change", "code"),
    [
        pytest.param({"groupShortName": None}, "InvalidRequestContent", id="no-short-name"),
        pytest.param({"groupShortName": "thirteen-long"}, "InvalidRequestContent", id="long-short-name"),
        pytest.param({"emailReceivers": [EMAIL | {"emailAddress": "oncall"}]}, "InvalidEmail", id="email"),
        pytest.param({"webhookReceivers": [HOOK | {"serviceUri": "hooks"}]}, "InvalidServiceUri", id="uri"),
        pytest.param(
            {"webhookReceivers": [HOOK | {"name": "oncall"}]}, "ReceiverNameIsNotUnique", id="same-name"
        ),
        pytest.param({"emailReceivers": [{"name": "a"}]}, "InvalidRequestContent", id="no-address"),
        pytest.param({"colour": "red"}, "InvalidRequestContent", id="unknown-member"),
    ],
)
def test_refusals(azure: LocalAzure, change: Json, code: str) -> None:
    sent = {"groupShortName": "sre-agent", "emailReceivers": [EMAIL], **change}

    assert put(azure, sent) == (400, code)


def test_a_group_is_not_everywhere(azure: LocalAzure) -> None:
    assert put(azure, {"groupShortName": "sre"}, "uksouth") == (400, "LocationNotAvailableForResourceType")
