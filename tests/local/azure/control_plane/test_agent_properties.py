"""What `properties` of an agent may say."""

from typing import Any

import pytest

from sre_agent_local.azure.control_plane import agent_properties
from sre_agent_local.azure.errors import AzureError

PREVIEW, GENERAL = "2025-05-01-preview", "2026-01-01"


def egress(**members: Any) -> dict[str, Any]:
    return {"sandboxConfiguration": {"egress": members}}


def package(**members: Any) -> dict[str, Any]:
    return {"sandboxConfiguration": {"packages": [{"name": "requests", "packageManager": "pip", **members}]}}


def proxy(**members: Any) -> dict[str, Any]:
    return egress(httpProxy={"httpUrl": "http://proxy:3128", **members})


@pytest.mark.parametrize(
    "properties",
    [
        {},
        {"actionConfiguration": {"mode": "autonomous", "accessLevel": "Low"}},
        {"incidentManagementConfiguration": {"type": "AzureMonitor"}},
        {"monthlyAgentUnitLimit": 10000},
        {
            "knowledgeGraphConfiguration": {
                "managedResources": ["/subscriptions/s", "/subscriptions/s/resourceGroups/g"]
            }
        },
        {"provisioningState": "Succeeded", "agentEndpoint": 7},
        {"sandboxConfiguration": None, "vnetConfiguration": {"subnetResourceId": None}},
        egress(allowedHosts=["a.b", "*.a.b", "10.0.0.1"], allowedRegistries=["PyPI", "ubuntu"]),
        egress(allowedCodeRepositories=["Github", "GitLab"], mode="Limited"),
        proxy(noProxy=[".contoso.com", "*.contoso.com", "10.0.0.0/8", "host:8080", "10.0.0.1"]),
        package(name="@scope/pkg", version=">=1.0,<2", packageManager="npm"),
        proxy(httpsUrl=""),
        package(version=None),
    ],
)
def test_accepted(properties: dict[str, Any]) -> None:
    """What the service takes comes through as it was sent, but for what only the service sets."""
    sent = {name: value for name, value in properties.items() if name not in agent_properties.READ_ONLY}

    assert agent_properties.settable_agent_properties(properties, PREVIEW) == sent


@pytest.mark.parametrize(
    ("properties", "words"),
    [
        ({"upgradeChanel": "Stable"}, "properties.upgradeChanel"),
        ({"upgradeChannel": 7}, "properties.upgradeChannel"),
        ({"actionConfiguration": {"modus": "Review"}}, "properties.actionConfiguration.modus"),
        ({"actionConfiguration": {"identity": "id-sre"}}, "is not an ARM id"),
        (
            {"incidentManagementConfiguration": {"connectionKey": "s3cret"}},
            "incidentManagementConfiguration.type",
        ),
        ({"monthlyAgentUnitLimit": -1}, "monthlyAgentUnitLimit"),
        ({"monthlyAgentUnitLimit": "many"}, "monthlyAgentUnitLimit"),
        ({"experimentalSettings": {"EnableHttpTriggers": "yes"}}, "EnableHttpTriggers"),
        (
            {"vnetConfiguration": {"subnetResourceId": "/subscriptions/s/resourceGroups/g"}},
            "ARM id of a subnet",
        ),
        (egress(mode="Open"), "egress.mode"),
        (egress(mode="AzureVNet"), "the subnet is not set"),
        (egress(allowedHosts=["*"]), "neither a DNS name nor a wildcard"),
        (egress(allowedHosts=["*.com"]), "neither a DNS name nor a wildcard"),
        (egress(allowedHosts=["-a.com"]), "neither a DNS name nor a wildcard"),
        (egress(allowedHosts=["a" * 64 + ".com"]), "neither a DNS name nor a wildcard"),
        (egress(allowedHosts=["a.b"] * 101), "at most 100"),
        (egress(allowedRegistries=["docker"]), "pypi, npmjs"),
        (egress(allowedCodeRepositories=["github"]), "allowedCodeRepositories"),
        (egress(httpProxy={"noProxy": ["a.b"]}), "needs an httpUrl or an httpsUrl"),
        (proxy(httpUrl="https://proxy:3128"), "http://host[:port]"),
        (proxy(httpUrl="http://user:pass@proxy:3128"), "http://host[:port]"),
        (proxy(httpUrl="http://proxy:80"), "http://host[:port]"),
        (proxy(httpUrl="http://proxy:99999"), "http://host[:port]"),
        (proxy(httpsUrl="http://proxy:3128/path"), "http://host[:port]"),
        (proxy(noProxy=["*"]), "is not a host"),
        (proxy(noProxy=[""]), "is not a host"),
        (proxy(noProxy=["a b"]), "is not a host"),
        (package(name="-x"), "packages.0.name"),
        (package(version="1 0"), "packages.0.version"),
        (package(packageManager="PIP"), "packages.0.packageManager"),
        (
            {"sandboxConfiguration": {"packages": [{"name": "a", "packageManager": "pip"}] * 201}},
            "at most 200",
        ),
        ({"agentIdentity": {"initialSponsorGroupId": "g"}}, "2026-01-01 has it"),
    ],
)
def test_refused(properties: dict[str, Any], words: str) -> None:
    """The refusal says which member, and never what it held."""
    with pytest.raises(AzureError) as refusal:
        agent_properties.settable_agent_properties(properties, PREVIEW)

    assert refusal.value.status == 400
    assert words in refusal.value.message
    assert "s3cret" not in refusal.value.message
    assert "user:pass" not in refusal.value.message


def test_an_agents_own_entra_identity_needs_a_sponsor() -> None:
    agent_properties.settable_agent_properties({"agentIdentity": {"initialSponsorGroupId": "g"}}, GENERAL)

    with pytest.raises(AzureError, match="initialSponsorGroupId"):
        agent_properties.settable_agent_properties({"agentIdentity": {}}, GENERAL)
