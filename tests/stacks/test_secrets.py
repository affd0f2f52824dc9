"""Secrets are in no log, output, preview, diff or plain part of the state, and hidden where Azure hides."""

import json
from pathlib import Path

import pytest
import yaml

from pulumi_sre_agent.local.engine.crypt import Crypter
from support.azure import LocalAzure
from support.deployments import AGENT, GROUP, PASSPHRASE, Deployment
from support.engines import BOTH, Engine

TOKEN = "planted-7f3a9c-bearer"
NEXT_TOKEN = "planted-51d2e8-bearer"


@pytest.mark.parametrize("engine", BOTH)
def test_a_planted_secret_appears_nowhere(tmp_path: Path, azure: LocalAzure, engine: Engine) -> None:
    """A bearer token from a variable and the connection string that Azure makes, through a whole life."""
    deployment = Deployment(tmp_path, azure, engine)
    deployment.configure(_variables(deployment, TOKEN))
    first = deployment.succeed("up", "--diff")
    connection_string = _connection_string(azure)
    deployment.configure(_variables(deployment, NEXT_TOKEN))
    said = [
        first,
        deployment.succeed("preview", "--diff"),
        deployment.succeed("preview", "--json"),
        deployment.succeed("up", "--diff"),
        deployment.succeed("refresh", "--diff"),
        deployment.succeed("stack", "output"),
        deployment.succeed("stack", "export"),
        deployment.succeed("destroy", "--diff"),
    ]
    written = [
        path.read_text(errors="replace") for path in _files(deployment.state_folder, azure.data_folder)
    ]
    logged = json.dumps(azure.requests())

    assert "payments-ops" in "".join(result.stdout for result in said)
    for secret in (TOKEN, NEXT_TOKEN, connection_string):
        for result in said:
            assert secret not in result.stdout
            assert secret not in result.stderr
        assert secret not in logged
        assert not any(secret in text for text in written)


def test_a_new_secret_is_a_change_that_reaches_azure(deployment: Deployment) -> None:
    """A rotated token shows as a change of that connector alone, and ARM hides what the agent then holds."""
    deployment.configure(_variables(deployment, TOKEN))
    deployment.succeed("up")
    deployment.configure(_variables(deployment, NEXT_TOKEN))

    changes = deployment.changes()
    deployment.succeed("up")

    assert set(changes) == {"Connector payments-oncall-payments-ops"}
    azure = deployment.azure
    held = azure.data("GET", AGENT, "/api/v2/extendedAgent/connectors/payments-ops").text
    assert NEXT_TOKEN in held
    assert TOKEN not in held
    for path in (AGENT, f"{AGENT}/connectors", f"{AGENT}/connectors/payments-ops"):
        answer = azure.arm("GET", path)
        assert answer.is_success
        assert NEXT_TOKEN not in answer.text
        assert _connection_string(azure) not in answer.text


def _variables(deployment: Deployment, token: str) -> dict[str, object]:
    """Config in which the token is encrypted, as `pulumi config set --secret` leaves it."""
    stack = yaml.safe_load(deployment.stack_file.read_text())
    secure = {"secure": Crypter(PASSPHRASE, stack["encryptionsalt"]).encrypt(token)}
    return {"sre-agent:variables": {**stack["config"]["sre-agent:variables"], "PAYMENTS_OPS_TOKEN": secure}}


def _connection_string(azure: LocalAzure) -> str:
    path = f"{GROUP}/providers/Microsoft.Insights/components/appi-payments-oncall"
    found: str = azure.arm("GET", path, api_version="2020-02-02").json()["properties"]["ConnectionString"]
    return found


def _files(state: Path, azure: Path) -> list[Path]:
    """Everything in the state's folder, and what the local Azure logs; its database is Azure's own."""
    logs = [path for path in azure.rglob("*") if path.is_file() and path.suffix in {".log", ".json"}]
    return [path for path in state.rglob("*") if path.is_file()] + logs
