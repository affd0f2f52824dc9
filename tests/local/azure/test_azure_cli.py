"""The real Azure CLI, unmodified, over https: docs/how-to/local.md#the-azure-cli."""

import json
import os
import shlex
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import certifi
import pytest

from support.azure import PREVIEW, REGION, SUBSCRIPTION, LocalAzure, running

AZ = shutil.which("az")
Az = Callable[[str], Any]

pytestmark = pytest.mark.skipif(AZ is None, reason="there is no az on PATH")


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    with running(tmp_path_factory.mktemp("az") / "data", tls=True) as azure:
        yield azure


@pytest.fixture(scope="module")
def az(secure: LocalAzure) -> Az:
    """Register the local Azure as a cloud, and log in; commands run there and answer with JSON, or text."""
    folder = secure.data_folder.parent
    url = secure.url.replace("http", "https", 1)
    authority = (secure.data_folder / "tls" / "ca.pem").read_text()
    bundle = folder / "bundle.pem"
    bundle.write_text(Path(certifi.where()).read_text() + authority)
    environ = {
        **{name: value for name, value in os.environ.items() if not name.startswith(("AZURE_", "ARM_"))},
        **secure.environ,
        "IDENTITY_ENDPOINT": f"{url}/msi/token",
        "AZURE_CONFIG_DIR": str(folder / "config"),
        "AZURE_CORE_COLLECT_TELEMETRY": "no",
        "AZURE_CORE_ONLY_SHOW_ERRORS": "yes",
        "REQUESTS_CA_BUNDLE": str(bundle),
        "NO_PROXY": "127.0.0.1",
        "no_proxy": "127.0.0.1",
    }

    def run(line: str) -> Any:
        done = subprocess.run(
            [str(AZ), *shlex.split(line)],
            env=environ,
            cwd=folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"az {line}: {done.stderr}"
        try:
            return json.loads(done.stdout or "null")
        except ValueError:
            return done.stdout.strip()

    run(f"cloud register --name LocalAzure --endpoint-resource-manager {url}")
    run("cloud set --name LocalAzure")
    run("login --identity")
    return run


def test_groups_and_resources(az: Az) -> None:
    """Locations, a group, an identity, filters by tag, and a deletion that is polled to its end."""
    locations = az("account list-locations --query [].name")
    az(f"group create --name rg-az --location {REGION} --tags team=sre")
    identity = az("identity create --resource-group rg-az --name id-az")
    tagged = az(f"resource tag --ids {identity['id']} --tags team=sre")
    az(f"tag update --resource-id {identity['id']} --operation Merge --tags tier=1")
    listed = az("resource list --tag tier=1 --query [].name")

    assert REGION in locations
    assert tagged["tags"] == {"team": "sre"}
    assert listed == ["id-az"]
    assert az("group list --tag team=ops") == []
    assert az("deployment group list --resource-group rg-az") == []
    az("group delete --name rg-az --yes")
    assert az("group exists --name rg-az") is False


def test_roles_show_who_has_them(az: Az, secure: LocalAzure) -> None:
    """By client id, by address and by object id, each looked up in Graph."""
    group, identity = secure.group(), secure.identity()["properties"]
    secure.http.post("/_local/principals", json={"type": "User", "name": "anna@contoso.com"})
    create = f"role assignment create --scope {group} --role Reader"
    az(f"{create} --assignee {identity['clientId']}")
    az(f"{create} --assignee anna@contoso.com")
    listed = az(f"role assignment list --scope {group}")

    assert {(each["principalName"], each["principalType"]) for each in listed} == {
        (identity["clientId"], "ServicePrincipal"),
        ("anna@contoso.com", "User"),
    }
    az(f"role assignment delete --scope {group} --assignee {identity['principalId']}")
    assert len(az(f"role assignment list --scope {group}")) == 1
    assert az(f"ad sp show --id {identity['clientId']}")["displayName"] == "id-sre"


def test_an_agent_and_its_data_plane(az: Az, secure: LocalAzure, tmp_path: Path) -> None:
    """Created, polled, stopped and deleted as a resource of any type; `az rest` logs in to either plane."""
    body = tmp_path / "agent.json"
    body.write_text(json.dumps(secure.agent_body()))
    agent = f"{secure.group()}/providers/Microsoft.App/agents/sre-az"
    version = f"--api-version {PREVIEW}"
    made = az(f"resource create --id {agent} {version} --is-full-object --properties @{body}")
    secure.poll(lambda: secure.data("GET", agent, "/api/v2/repos").status_code == 200)
    endpoint = made["properties"]["agentEndpoint"]
    skills = az(f"rest --url {endpoint}/api/v2/extendedAgent/skills --resource https://azuresre.dev")
    usages = az(f"rest --url {agent}/usages?api-version={PREVIEW}")
    az(f"resource invoke-action --ids {agent} --action stop {version}")
    stopped = az(f"resource show --ids {agent} {version}")

    assert endpoint.startswith("https://127.0.0.1:")
    assert skills == {"value": [], "nextLink": None}
    assert usages["value"]
    assert stopped["properties"]["powerState"] == "Stopped"
    az(f"resource delete --ids {agent} {version}")
    assert az("resource list --resource-group rg-sre --resource-type Microsoft.App/agents") == []


def test_monitor(az: Az, secure: LocalAzure) -> None:
    group = f"--resource-group {secure.group().rpartition('/')[2]}"
    workspace = az(f"monitor log-analytics workspace create {group} --workspace-name log-az")
    az(f"monitor action-group create {group} --name people --short-name people")
    az(f"monitor diagnostic-settings create --name all --resource {workspace['id']} --workspace log-az")
    condition = "--condition 'avg Heartbeat > 1'"
    az(f"monitor metrics alert create {group} --name busy --scopes {workspace['id']} {condition}")

    assert az(f"monitor action-group list {group} --query [].name") == ["people"]
    assert az(f"monitor metrics alert list {group} --query [].name") == ["busy"]
    assert SUBSCRIPTION in workspace["id"]
