"""What is answered per region."""

from support.azure import GENERAL, SUBSCRIPTION, LocalAzure, error

BASE = f"/subscriptions/{SUBSCRIPTION}/providers/Microsoft.App/locations/swedencentral"


def test_models_on_offer(azure: LocalAzure) -> None:
    """The GA version adds how models are called and what they cost."""
    preview = azure.arm("GET", f"{BASE}/supportedAgentModels").json()["value"]
    general = azure.arm("GET", f"{BASE}/supportedAgentModels", api_version=GENERAL).json()["value"]

    assert [model["name"] for model in preview if model["properties"]["default"]] == ["Automatic"]
    assert preview[0]["id"] == f"{BASE}/supportedAgentModels/Automatic"
    assert preview[0]["type"] == "Microsoft.App/locations/supportedAgentModels"
    assert "multiplier" not in preview[0]["properties"]
    assert general[0]["properties"]["multiplier"] == "1x"


def test_an_unknown_operation_is_not_found(azure: LocalAzure) -> None:
    assert error(azure.arm("GET", f"{BASE}/operationStatuses/none")) == (404, "NotFound")
    assert error(azure.arm("GET", f"{BASE}/operationResults/none")) == (404, "NotFound")
