"""A secret that stands in plain in the stack's config: said once in a run, with what encrypts it."""

import json
from collections.abc import Callable

import pulumi
import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.secrets import SecretStr
from support.azure import SUBSCRIPTION
from support.mocks import run

AGENT = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.App/agents/oncall"
TOLD = (
    "{0} of the stack's config is a secret and stands there in plain: store it encrypted, by"
    " pulumi config set --path '{0}' --secret"
)
VALUE = "t0p-s3cret"


def connector(**properties: object) -> Callable[[], object]:
    return lambda: resources.Connector(
        "ops",
        agent_id=AGENT,
        name="ops",
        data_connector_type="Mcp",
        extended_properties={"type": "http", "endpoint": "https://ops.contoso.com/mcp", **properties},
    )


def platform(key: str) -> Callable[[], object]:
    return lambda: resources.IncidentPlatform(
        "platform", agent_id=AGENT, type="PagerDuty", connection_key=key, obo_user="a@contoso.com"
    )


def told(caplog: pytest.LogCaptureFixture, program: Callable[[], object], **config: object) -> list[str]:
    """Return what the run of a program says while its stack's config has this in plain."""
    texts = {
        f"sre-agent:{key}": value if isinstance(value, str) else json.dumps(value)
        for key, value in config.items()
    }
    with caplog.at_level("WARNING"):
        run(program, texts, preview=True)
    assert VALUE not in caplog.text
    found = [record.message for record in caplog.records if record.levelname == "WARNING"]
    caplog.clear()
    return found


@pytest.mark.parametrize(
    "program",
    [
        connector(authType="BearerToken", bearerToken=VALUE),
        connector(authType="BearerToken", bearerToken=SecretStr(VALUE)),
        connector(authType="CustomHeaders", headers={"Authorization": f"Bearer {VALUE}"}),
        connector(connectionString=f"Endpoint=https://a.contoso.com;AccountKey={VALUE}"),
        lambda: resources.AzureDevOpsAuthentication(
            "ado", agent_id=AGENT, organization="o", auth_type="Pat", access_token=pulumi.Output.secret(VALUE)
        ),
        platform(VALUE),
        platform(json.dumps({"userName": "ops", "password": VALUE})),
    ],
    ids=["token", "answer", "header", "connection string", "output", "field", "JSON"],
)
def test_a_secret_in_plain_is_said_with_its_place(
    caplog: pytest.LogCaptureFixture, program: Callable[[], object]
) -> None:
    """In one sentence, and nothing of it is the secret."""
    variables = {"OPS_TOKEN": VALUE, "OPS_URL": "https://a.contoso.com"}

    assert told(caplog, program, variables=variables) == [TOLD.format("variables.OPS_TOKEN")]


def test_it_is_said_once_for_each_place(caplog: pytest.LogCaptureFixture) -> None:
    """However many resources have it, and again in the next run."""

    def program() -> None:
        for name in ("one", "two"):
            resources.Connector(
                name,
                agent_id=AGENT,
                name=name,
                data_connector_type="Mcp",
                extended_properties={"type": "http", "bearerToken": VALUE, "apiKey": f"{VALUE}-2"},
            )

    config = {"variables": {"A": VALUE}, "incidentPlatform": {"connection_key": f"{VALUE}-2"}}
    expected = [TOLD.format("variables.A"), TOLD.format("incidentPlatform.connection_key")]

    assert sorted(told(caplog, program, **config)) == sorted(expected)
    assert sorted(told(caplog, program, **config)) == sorted(expected)


def test_of_two_places_the_one_that_sounds_secret_is_meant(caplog: pytest.LogCaptureFixture) -> None:
    """The other happens to say the same."""
    config = {"apiToken": VALUE, "dashboard": {"display_name": VALUE}}

    assert told(caplog, connector(bearerToken=VALUE), **config) == [TOLD.format("apiToken")]


@pytest.mark.parametrize(
    "program",
    [
        connector(url="https://a.contoso.com", envs={"LOG_LEVEL": "debug"}),
        connector(bearerToken="of-the-program"),
        lambda: resources.CommonPrompt("p", agent_id=AGENT, name="p", prompt=VALUE),
    ],
    ids=["no secret", "not of the config", "not a secret's place"],
)
def test_nothing_else_is_said(caplog: pytest.LogCaptureFixture, program: Callable[[], object]) -> None:
    config = {"variables": {"URL": "https://a.contoso.com", "LEVEL": "debug", "X": VALUE}}

    assert told(caplog, program, **config) == []
