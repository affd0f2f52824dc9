"""`sre-agent local env`: other tools reach the local Azure with what it prints."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.cli import Folder, call


def shell(folder: Folder, command: str) -> str:
    """Run a command in a shell that has taken over the printed lines."""
    lines = call(folder, "local", "env").out
    environ = {"PATH": os.environ["PATH"], "http_proxy": "http://127.0.0.1:1"}
    done = subprocess.run(
        ["sh", "-eu", "-c", f"{lines}\n{command}"],
        capture_output=True,
        text=True,
        check=True,
        env=environ,
        cwd=folder.root,
    )
    return done.stdout


def test_json(running: Folder) -> None:
    """Programs get the variables as an object."""
    record = json.loads((running.root / ".local" / "azure" / "azure.json").read_text())
    variables = call(running, "local", "env", "--json").json

    assert variables == {
        "IDENTITY_ENDPOINT": f"{running.url}/msi/token",
        "IDENTITY_HEADER": record["identityHeader"],
        "LOCAL_AZURE_TOKEN": record["administrationToken"],
        "ARM_METADATA_HOSTNAME": running.url,
        "ARM_USE_MSI": "true",
        "PAGERDUTY_API_HOST": running.url,
        "ARM_SUBSCRIPTION_ID": "00000000-0000-0000-0000-000000000001",
        "ARM_TENANT_ID": "00000000-0000-0000-0000-0000000000aa",
        "PULUMI_HOME": f"{running.root}/.local/pulumi",
        "PULUMI_BACKEND_URL": f"file://{running.root}/.local/state",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "VIRTUAL_ENV": sys.prefix,
        "PULUMI_CONFIG_PASSPHRASE": "local",
        "NO_PROXY": "127.0.0.1,localhost",
        "no_proxy": "127.0.0.1,localhost",
    }


def test_given_settings_are_kept(running: Folder) -> None:
    """A passphrase and proxy exceptions that the environment has stay as they are."""
    variables = call(
        running, "local", "env", "--json", PULUMI_CONFIG_PASSPHRASE="mine", NO_PROXY="a.example,localhost"
    ).json

    assert "PULUMI_CONFIG_PASSPHRASE" not in variables
    assert variables["NO_PROXY"] == "a.example,localhost,127.0.0.1"


def test_plugin_is_installed(running: Folder) -> None:
    """The real engine finds the stand-in provider where PULUMI_HOME points."""
    call(running, "local", "env")
    plugins = list((running.root / ".local" / "pulumi" / "plugins").glob("*/pulumi-resource-azure-native"))

    assert len(plugins) == 1
    assert os.access(plugins[0], os.X_OK)


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_reaches_the_control_plane(running: Folder) -> None:
    """The printed lines, taken over by sh, let curl in, whatever proxy there is."""
    groups = "subscriptions/$ARM_SUBSCRIPTION_ID/resourceGroups?api-version=2024-03-01"

    assert json.loads(shell(running, f'arm_curl "$ARM_METADATA_HOSTNAME/{groups}"'))["value"] == []


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_curl_reaches_the_administration(running: Folder) -> None:
    """With the token that only the data folder's owner can read."""
    address = "$ARM_METADATA_HOSTNAME/_local/switches"

    assert json.loads(shell(running, f'admin_curl "{address}"'))["restrictedTenant"] is False
    assert json.loads(shell(running, f'arm_curl "{address}"'))["error"]["code"] == "AuthenticationFailed"


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_tools_trust_a_local_azure_that_speaks_https(folder: Folder) -> None:
    """Beside all that they trusted before; one that speaks http only has to be stopped first."""
    call(folder, "local", "start")
    refused = call(folder, "local", "start", "--tls")
    call(folder, "local", "stop")
    started = call(folder, "local", "start", "--tls", "--json").json
    variables = call(folder, "local", "env", "--json").json
    bundle = folder.root / ".local" / "azure" / "tls" / "bundle.pem"
    address = "$LOCAL_AZURE_HTTPS/subscriptions?api-version=2024-03-01"

    assert refused.code == 2
    assert "without https: run `sre-agent local stop` first" in refused.err
    assert started["httpsUrl"] == variables["LOCAL_AZURE_HTTPS"] == folder.url.replace("http", "https")
    assert [variables[name] for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE")] == [str(bundle)] * 2
    assert json.loads(shell(folder, f'arm_curl "{address}"'))["value"]
    certificates = bundle.read_text().count("BEGIN CERTIFICATE")
    assert certificates > 10
    again = call(folder, "local", "env", "--json", SSL_CERT_FILE=str(bundle)).json
    assert again == variables
    assert bundle.read_text().count("BEGIN CERTIFICATE") == certificates


def test_venv_is_first_on_path(running: Folder) -> None:
    """The Python that runs the command is the one that the shell finds."""
    assert Path(shell(running, "command -v sre-agent").strip()) == Path(sys.prefix) / "bin" / "sre-agent"


def test_azure_identity_logs_in(running: Folder) -> None:
    """azure-identity needs nothing but the variables."""
    program = (
        "from azure.identity import ManagedIdentityCredential as C; "
        "print(C().get_token('https://azuresre.dev/.default').token.count('.'))"
    )

    assert shell(running, f'python -c "{program}"') == "2\n"


def test_without_local_azure(folder: Folder) -> None:
    """The identity header is made by the local Azure, so it has to run."""
    refused = call(folder, "local", "env")

    assert (refused.code, refused.out) == (1, "")
    assert refused.err == "error: The local Azure is not running: start it with `sre-agent local start`.\n"
