"""Bad input: one sentence each, no traceback, and nothing is sent that changes anything."""

import json
from collections.abc import Callable

import pytest

from support.azure import LocalAzure
from support.deployments import Deployment

Break = Callable[[Deployment], None]


def agent_json(**changes: object) -> Break:
    """Change members of agent.json, given as `section__member`."""

    def apply(deployment: Deployment) -> None:
        def change(text: str) -> str:
            found = json.loads(text)
            for path, value in changes.items():
                *sections, member = path.split("__")
                target = found
                for section in sections:
                    target = target.setdefault(section, {})
                target[member] = value
            return json.dumps(found, indent=2)

        deployment.edit("agent.json", change)

    return apply


def config(**values: object) -> Break:
    def apply(deployment: Deployment) -> None:
        deployment.configure({key.replace("__", ":"): value for key, value in values.items()})

    return apply


def replaced(file: str, before: str, after: str) -> Break:
    return lambda deployment: deployment.edit(file, lambda text: text.replace(before, after, 1))


def together(*breaks: Break) -> Break:
    def apply(deployment: Deployment) -> None:
        for spoil in breaks:
            spoil(deployment)

    return apply


CASES = [
    pytest.param(
        together(
            agent_json(identity__agentName="9-lives"),
            replaced("connectors.json", '"Kusto"', '"Kustto"'),
            replaced("config/common-prompts/safety.yaml", "metadata:", "metadata: ["),
            config(**{"sre-agent__variables": {"PAYMENTS_KUSTO_URL": "https://a.kusto.windows.net/b"}}),
        ),
        [
            *("agent.json:4: identity.agentName", "begin with a letter"),
            "connectors.json:12: dataConnectorType",
            "did you mean 'Kusto'?",
            "connectors.json:27: ${PAYMENTS_OPS_TOKEN} has no value",
            "config/common-prompts/safety.yaml:3: the YAML is malformed",
        ],
        id="bad-name-connector-type-variable-and-yaml",
    ),
    pytest.param(
        agent_json(
            networkConfiguration={
                "type": "limited",
                "subnetId": "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-net"
                "/providers/Microsoft.Network/virtualNetworks/vnet/subnets/agent",
            }
        ),
        ["agent.json:", "AzureVNet"],
        id="subnet-without-vnet-egress",
    ),
    pytest.param(config(sre__plane="both"), ["sre:plane", "both"], id="unknown-plane"),
    pytest.param(
        config(
            **{
                "sre-agent__people": [
                    {"principal_id": "00000000-0000-0000-0000-00000000a11c", "role": "Boss"}
                ]
            }
        ),
        ["people[0].role must be one of ", "SRE Agent Administrator"],
        id="wrong-role",
    ),
    pytest.param(
        config(**{"sre-agent__acessLevel": "Low"}),
        ["Pulumi.local.yaml sets sre-agent:acessLevel, which Pulumi.yaml does not declare"],
        id="misspelt-key",
    ),
    pytest.param(
        config(**{"sre-agent__unitLimit": "many"}),
        ["configuration key 'unitLimit' must be of type 'integer'"],
        id="mistyped-key",
    ),
    pytest.param(
        config(**{"sre-agent__incidentPlatform": {"type": "PagerDuty", "connection_key": "legible"}}),
        ["sre-agent:incidentPlatform stands in plain text", "pulumi config set --path", "--secret"],
        id="plain-key",
    ),
    pytest.param(
        config(**{"sre-agent__network": {"egres": {}}}),
        ["network.egres is not a property here (did you mean 'egress'?)"],
        id="misspelt-wish",
    ),
]


@pytest.mark.parametrize(("spoil", "expected"), CASES)
def test_bad_input_is_refused_before_anything_is_sent(
    deployment: Deployment, spoil: Break, expected: list[str]
) -> None:
    spoil(deployment)
    last = deployment.last_request()

    result = deployment.fail("up")

    said = result.stdout + result.stderr
    for words in expected:
        assert words in said
    assert "Traceback" not in said
    assert deployment.writes(last) == []


def test_an_endpoint_outside_azuresre_ai_gets_no_token(deployment: Deployment, azure: LocalAzure) -> None:
    """An agent whose endpoint is neither `*.azuresre.ai` nor allowed by the stack: nothing is sent there."""
    deployment.configure({"sre:allowedEndpoints": None})

    result = deployment.fail("up")

    assert "azuresre.ai" in result.stdout
    assert "sre:allowedEndpoints" in result.stdout
    assert "Traceback" not in result.stdout + result.stderr
    assert azure.requests(plane="data") == []
