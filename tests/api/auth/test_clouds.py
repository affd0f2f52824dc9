"""Clouds: where ARM is, for whom its tokens are, and what describes another."""

from typing import Any

import pytest

from pulumi_sre_agent.api import ConfigError
from support.scripted import AGENT, VERSION, Script, reply


def test_clouds_differ_in_where_arm_is_and_for_whom_its_tokens_are(script: Script) -> None:
    for environment, host in (
        (None, "management.azure.com"),
        ("USGovernment", "management.usgovcloudapi.net"),
        ("AzureChinaCloud", "management.chinacloudapi.cn"),
        ("unknown", "management.azure.com"),
    ):
        script.agent()
        with script.azure(environment=environment) as azure:
            azure.control.get(AGENT, VERSION)

        assert script.requests[-1].url.host == host
        assert script.tokens.asked[-1] == f"https://{host}/.default"


METADATA = {
    "name": "Stack",
    "resourceManager": "https://arm.stack.example/",
    "authentication": {
        "loginEndpoint": "https://login.stack.example/adfs/",
        "audiences": ["https://other.stack.example", "https://arm.stack.example/"],
    },
}


def test_a_metadata_host_describes_a_cloud_and_wins(script: Script) -> None:
    script.on("GET", "meta.example/metadata/endpoints$", reply(200, METADATA)).agent()
    with script.azure(metadata_host="https://meta.example", environment="china") as azure:
        azure.control.get(AGENT, VERSION)

    described, asked = script.requests
    assert described.url.query == b"api-version=2022-09-01"
    assert "authorization" not in described.headers
    assert asked.url.host == "arm.stack.example"
    assert script.tokens.asked == ["https://arm.stack.example/.default"]


@pytest.mark.parametrize(
    "metadata",
    [
        [],
        {},
        {**METADATA, "authentication": {}},
        {**METADATA, "authentication": {"loginEndpoint": "l", "audiences": []}},
        {**METADATA, "resourceManager": "http://arm.stack.example"},
    ],
)
def test_a_metadata_host_that_describes_no_cloud_is_refused(script: Script, metadata: Any) -> None:
    script.on("GET", "meta.example/", reply(200, metadata))
    with (
        script.azure(metadata_host="https://meta.example") as azure,
        pytest.raises(ConfigError, match=r"meta\.example"),
    ):
        azure.control.get(AGENT, VERSION)

    assert len(script.requests) == 1
