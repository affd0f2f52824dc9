"""What the client is told of a local Azure."""

import json

import pytest

from pulumi_sre_agent.api import Settings
from support.azure import SUBSCRIPTION, LocalAzure


def settings_for(azure: LocalAzure, monkeypatch: pytest.MonkeyPatch) -> Settings:
    """Say what stack `local` says, in the environment that `sre-agent local env` prints."""
    for name, value in azure.environ.items():
        monkeypatch.setenv(name, value)
    config = {
        "azure-native:metadataHost": azure.url,
        "azure-native:subscriptionId": SUBSCRIPTION,
        "azure-native:useMsi": "true",
        "sre:allowedEndpoints": json.dumps([azure.url]),
        "sre:pagerDuty": azure.url,
    }
    return Settings.load(config.get, {})
