"""Secrets are in no log, output, preview, diff or plain part of the state, and hidden where Azure hides."""

import json
from pathlib import Path

import pytest
import yaml

from pulumi_sre_agent.local.engine.crypt import Crypter
from support.azure import LocalAzure
from support.deployments import AGENT, GROUP, PASSPHRASE, Deployment, short
from support.engines import BOTH, Engine

TOKEN = "planted-7f3a9c-bearer"
NEXT_TOKEN = "planted-51d2e8-bearer"


@pytest.mark.parametrize("engine", BOTH)
def test_a_planted_secret_appears_nowhere(tmp_path: Path, azure: LocalAzure, engine: Engine) -> None:
    """A bearer token, its rotation, and the connection string that Azure makes, through a whole life."""
    deployment = Deployment(tmp_path, azure, engine)
    deployment.configure(_variables(deployment, TOKEN))
    said = [deployment.succeed("up", "--diff")]
    deployment.configure(_variables(deployment, NEXT_TOKEN))
    said += [deployment.succeed("preview", "--json"), deployment.succeed("up", "--diff")]
    said += [deployment.succeed("refresh", "--diff"), deployment.succeed("stack", "output")]
    said += [deployment.succeed("stack", "export")]

    rotated = [step["urn"] for step in said[1].json()["steps"] if step["op"] != "same"]
    assert [short(urn) for urn in rotated] == ["Connector payments-oncall-payments-ops"]
    secrets = (TOKEN, NEXT_TOKEN, _connection_string(azure))
    answers = [
        azure.arm("GET", f"{AGENT}{path}").text for path in ("", "/connectors", "/connectors/payments-ops")
    ]
    shown = [text for result in said for text in (result.stdout, result.stderr)]
    written = [
        path.read_text(errors="replace") for path in _files(deployment.state_folder, azure.data_folder)
    ]
    for text in [*answers, *shown, *written, json.dumps(azure.requests())]:
        assert [secret for secret in secrets if secret in text] == []
    assert NEXT_TOKEN in azure.data("GET", AGENT, "/api/v2/extendedAgent/connectors/payments-ops").text


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
