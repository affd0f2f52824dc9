"""Secrets that somebody has written into a directory: told with file, line, and the way out; never shown."""

import pytest

from support.directories import Read, described

STORE = "pulumi config set --path 'variables.{0}' --secret"
TOLD = "is a secret and stands here in plain: write ${{{0}}} and store its value encrypted, by " + STORE


def mcp(**properties: object) -> list[object]:
    extended = {"type": "http", "endpoint": "https://ops.contoso.com/mcp", **properties}
    return [
        {"name": "ops", "properties": {"dataConnectorType": "Mcp", "extendedProperties": extended}},
    ]


def test_a_bearer_token_in_the_list_of_connectors_is_told(reads: Read) -> None:
    """In one sentence: where it stands, and the command that stores it encrypted."""
    found = reads({"connectors.json": mcp(authType="BearerToken", bearerToken="t0p-s3cret")})

    assert [str(each) for each in found.warnings] == [
        f"connectors.json:10: bearerToken {TOLD.format('OPS_BEARER_TOKEN')}"
    ]


@pytest.mark.parametrize(
    ("file", "content", "name", "variable"),
    [
        (
            "connectors.json",
            mcp(authType="CustomHeaders", headers={"Authorization": "Bearer t0p-s3cret", "Accept": "x/json"}),
            "Authorization",
            "OPS_AUTHORIZATION",
        ),
        (
            "connectors.json",
            mcp(authType="CustomHeaders", headers={"x-functions-key": "t0p-s3cret"}),
            "x-functions-key",
            "OPS_X_FUNCTIONS_KEY",
        ),
        (
            "automations/incident-platforms/duty.yaml",
            described(
                "duty", platformType="PagerDuty", connectionKey="u+t0p-s3cret", oboUser="a@contoso.com"
            ),
            "connectionKey",
            "DUTY_CONNECTION_KEY",
        ),
        (
            "config/plugin-configs/runbooks.yaml",
            described("runbooks", folder="production", apiKey="t0p-s3cret"),
            "apiKey",
            "RUNBOOKS_API_KEY",
        ),
        (
            "config/github-domains/github-com.yaml",
            "metadata: {name: github.com}\nspec:\n  pat: 123456789\n",
            "pat",
            "GITHUB_COM_PAT",
        ),
    ],
    ids=["header", "another header", "platform", "plugin", "a number"],
)
def test_a_secret_is_told_by_its_name(
    reads: Read, file: str, content: object, name: str, variable: str
) -> None:
    """Whatever file it is in, and none of what stands beside it."""
    [told] = reads({file: content}).warnings

    assert (told.file, told.text) == (file, f"{name} {TOLD.format(variable)}")


def test_what_comes_from_elsewhere_is_not_told(reads: Read) -> None:
    """Variables, answers, and what is no secret though it is kept like one."""
    files = {
        "agent.json": {
            "identity": {"agentName": "oncall", "resourceGroup": "rg-oncall", "location": "swedencentral"},
            "access": {"accessLevel": "Low", "actionMode": "Review"},
            "_prompts": {"team": {"ask": "Which?"}},
        },
        "connectors.secrets.env": "OPS_TOKEN=t0p-s3cret\n",
        "connectors.json": [
            *mcp(authType="BearerToken", bearerToken="${OPS_TOKEN}"),
            {
                "name": "events",
                "properties": {
                    "dataConnectorType": "Kusto",
                    "dataSource": "https://c.kusto.windows.net/d",
                },
            },
            {
                "name": "local",
                "properties": {
                    "dataConnectorType": "Mcp",
                    "extendedProperties": {
                        "type": "stdio",
                        "command": "npx",
                        "envs": {"LOG_LEVEL": "debug", "API_KEY": "{{team}}-key"},
                    },
                },
            },
        ],
    }

    assert reads(files, answers={"team": "payments"}).warnings == ()
