"""`sre-agent local env`: other tools reach the local Azure with what it prints."""

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from support.cli import FakePulumi, Folder, call


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
    """Programs get the variables as an object: those that a shell has once it took over the lines."""
    variables = call(running, "local", "env", "--json").json
    exported = json.loads(shell(running, "python -c 'import json, os; print(json.dumps(dict(os.environ)))'"))

    assert variables.keys() == {
        *("IDENTITY_ENDPOINT", "IDENTITY_HEADER", "LOCAL_AZURE_TOKEN"),
        *("ARM_METADATA_HOSTNAME", "ARM_USE_MSI", "ARM_SUBSCRIPTION_ID", "ARM_TENANT_ID"),
        *("PULUMI_HOME", "PULUMI_BACKEND_URL", "PULUMI_CONFIG_PASSPHRASE", "PULUMI_SKIP_UPDATE_CHECK"),
        *("PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION", "PAGERDUTY_API_HOST"),
        "SRE_AGENT_ALLOWED_ENDPOINTS",
        *("VIRTUAL_ENV", "NO_PROXY", "no_proxy"),
    }
    assert {name: exported.get(name) for name in variables} == variables


def test_an_engine_that_somebody_starts_is_the_one_that_the_command_starts(
    running: Folder, pulumi: FakePulumi
) -> None:
    """It has the same stacks, plugins, passphrase and Azure, or it would deploy everything once more."""
    call(running, "local", "preview", path=pulumi.path)
    variables = call(running, "local", "env", "--json").json

    del variables["LOCAL_AZURE_TOKEN"]  # which is for people
    [*_, given] = [each["environ"] for each in pulumi.calls]
    assert {name: given.get(name) for name in variables} == variables


@pytest.mark.skipif(not shutil.which("curl"), reason="curl is not installed")
def test_its_subscription_and_tenant_are_those_of_the_local_azure(running: Folder) -> None:
    """A program is told of what the login is for."""
    variables = call(running, "local", "env", "--json").json
    subscription = "$ARM_METADATA_HOSTNAME/subscriptions/$ARM_SUBSCRIPTION_ID?api-version=2022-12-01"
    shown = json.loads(shell(running, f'arm_curl "{subscription}"'))

    assert shown["subscriptionId"] == variables["ARM_SUBSCRIPTION_ID"]
    assert shown["tenantId"] == variables["ARM_TENANT_ID"]


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
    assert bundle.read_text().count("BEGIN CERTIFICATE") > 10


@pytest.mark.parametrize("named", ["SSL_CERT_FILE", "CURL_CA_BUNDLE"])
def test_a_shell_that_took_the_variables_already_keeps_whom_it_trusted(named: str, folder: Folder) -> None:
    company = folder.root / "company.pem"
    company.write_text("-----BEGIN CERTIFICATE-----\nof the company\n-----END CERTIFICATE-----\n")
    nothing = dict.fromkeys(("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"), "")
    call(folder, "local", "start", "--tls")
    variables = call(folder, "local", "env", "--json", **{**nothing, named: str(company)}).json
    bundle = Path(variables[named])
    first = bundle.read_text()
    again = call(folder, "local", "env", "--json", **{**nothing, named: str(bundle)}).json

    assert again == variables
    assert bundle.read_text() == first
    assert first.startswith(company.read_text())
    assert first.count("BEGIN CERTIFICATE") == 2


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
