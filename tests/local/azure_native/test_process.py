"""The process: where engines find it, what it may be told, and how it ends."""

import os
import signal
import subprocess
import sys
import time
from importlib import metadata
from pathlib import Path

import grpc
import pytest
from google.protobuf import empty_pb2
from pulumi.runtime import proto

from sre_agent_local.azure_native.install import install
from sre_agent_local.azure_native.property_values import SecretValue, to_struct
from support.azure import SUBSCRIPTION, LocalAzure
from support.azure_native import Engine, Plugin, sentence, settings


def test_it_is_installed_as_the_version_that_programs_ask_for(tmp_path: Path) -> None:
    launcher = install(tmp_path)

    version = metadata.version("pulumi_azure_native")
    assert launcher == tmp_path / f"plugins/resource-azure-native-v{version}/pulumi-resource-azure-native"
    assert os.access(launcher, os.X_OK)


def test_installing_again_leaves_what_fits_and_renews_what_does_not(tmp_path: Path) -> None:
    launcher = install(tmp_path)
    script, written = launcher.read_text(), launcher.stat().st_mtime_ns

    assert install(tmp_path).stat().st_mtime_ns == written
    launcher.write_text("#!/bin/sh\nexec python-of-another-checkout\n")
    assert install(tmp_path).read_text() == script


def test_it_tells_its_version(plugin: Plugin) -> None:
    assert plugin.stub.GetPluginInfo(empty_pb2.Empty()).version == metadata.version("pulumi_azure_native")


def test_it_takes_secrets_and_previews(unconfigured: Plugin, azure: LocalAzure) -> None:
    answer = unconfigured.configure(**settings(azure))

    assert (answer.acceptSecrets, answer.supportsPreview) == (True, True)


def test_configuration_itself_is_accepted_as_it_is(unconfigured: Plugin) -> None:
    """Another configuration never replaces what was made under the former."""
    news = to_struct({"metadataHost": "http://127.0.0.1:1"})

    assert unconfigured.stub.CheckConfig(proto.CheckRequest(news=news)).inputs == news
    assert unconfigured.stub.DiffConfig(proto.DiffRequest(news=news)) == proto.DiffResponse()


@pytest.mark.parametrize(
    "config",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"metadataHost": "management.azure.com"}, id="real-azure"),
        pytest.param({"metadataHost": "http://10.0.0.4:4281"}, id="next-door"),
    ],
)
def test_it_speaks_to_this_machine_only(unconfigured: Plugin, config: dict[str, str]) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        unconfigured.configure(**config)

    assert sentence(refused).startswith(
        "This azure-native stands in for the local Azure and speaks to this machine only"
    )
    assert "use the real Pulumi CLI and azure-native plugin" in sentence(refused)


def test_it_must_know_its_subscription(unconfigured: Plugin, azure: LocalAzure) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        unconfigured.configure(metadataHost=azure.url)

    assert sentence(refused) == (
        "A Subscription ID must be configured when authenticating as a Managed Identity using MSI."
    )


@pytest.mark.parametrize("host", ["localhost:4281", "http://[::1]:4281", "http://127.0.0.1"])
def test_every_name_of_this_machine_will_do(unconfigured: Plugin, host: str) -> None:
    assert unconfigured.configure(metadataHost=host, subscriptionId=SUBSCRIPTION).supportsPreview


def test_configuration_may_come_as_variables_and_from_the_environment(
    unconfigured: Plugin, azure: LocalAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Engines send arguments or variables; ARM_* fills in what neither says."""
    azure.group()
    monkeypatch.setenv("ARM_SUBSCRIPTION_ID", SUBSCRIPTION)
    variables = {"azure-native:config:metadataHost": azure.url}
    args = to_struct({"location": SecretValue("uksouth")})
    unconfigured.stub.Configure(proto.ConfigureRequest(variables=variables, args=args))

    found = unconfigured.invoke("resources:getResourceGroup", resourceGroupName="rg-sre")
    inputs, _ = unconfigured.check("resources:ResourceGroup", {})

    assert found["name"] == "rg-sre"
    assert inputs["location"] == "uksouth"


@pytest.mark.parametrize("token", ["resources:getResourceGroup", "authorization:getClientConfig"])
def test_it_must_be_configured_first(unconfigured: Plugin, token: str) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        unconfigured.invoke(token, resourceGroupName="rg")

    assert sentence(refused) == "The provider was not configured."


@pytest.mark.parametrize("missing", ["IDENTITY_ENDPOINT", "IDENTITY_HEADER"])
def test_without_a_login_it_says_what_is_missing(
    unconfigured: Plugin, azure: LocalAzure, monkeypatch: pytest.MonkeyPatch, missing: str
) -> None:
    monkeypatch.delenv(missing)
    unconfigured.configure(**settings(azure))

    with pytest.raises(grpc.RpcError) as refused:
        unconfigured.invoke("resources:getResourceGroup", resourceGroupName="rg")

    assert sentence(refused) == (
        "There is no login to the local Azure: set IDENTITY_ENDPOINT and IDENTITY_HEADER."
    )


def test_a_login_that_is_refused_is_a_sentence(
    unconfigured: Plugin, azure: LocalAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IDENTITY_HEADER", "stale")
    unconfigured.configure(**settings(azure))

    with pytest.raises(grpc.RpcError) as refused:
        unconfigured.invoke("resources:getResourceGroup", resourceGroupName="rg")

    assert "The local Azure gives no token (" in sentence(refused)
    assert "stale" not in sentence(refused)


def test_cancel_makes_running_calls_give_up(unconfigured: Plugin, azure: LocalAzure) -> None:
    """A call that would retry for long ends at once, and says why."""
    unconfigured.cancel()  # nothing to cancel yet
    unconfigured.configure(**settings(azure))
    azure.fault("status", path="/resourceGroups/", status=503, retryAfter=60)
    request = proto.InvokeRequest(
        tok="azure-native:resources:getResourceGroup", args=to_struct({"resourceGroupName": "rg"})
    )
    call = unconfigured.stub.Invoke.future(request)
    azure.poll(lambda: azure.requests(plane="control"))

    unconfigured.cancel()

    with pytest.raises(grpc.RpcError) as given_up:
        call.result(timeout=10)
    assert "the run was cancelled" in sentence(given_up)


@pytest.mark.parametrize("cancelled", [True, False])
def test_an_interrupt_ends_it_once_it_was_cancelled(launcher: Path, cancelled: bool) -> None:
    """Engines cancel at the end of every run, and interrupt; a Ctrl-C before that is for the engine alone."""
    with (
        Engine() as engine,
        subprocess.Popen([launcher, engine.address], stdout=subprocess.PIPE, text=True) as process,
    ):
        assert process.stdout is not None
        plugin = Plugin(int(process.stdout.readline()), engine)
        with plugin.channel:
            if cancelled:
                plugin.cancel()
            process.send_signal(signal.SIGINT)
            if cancelled:
                assert process.wait(5) == 0
            else:
                assert plugin.stub.GetPluginInfo(empty_pb2.Empty()).version
        process.terminate()
        assert process.wait(10) == 0


def test_it_ends_when_its_engine_is_gone(launcher: Path) -> None:
    """A plugin whose parent was killed goes by itself."""
    command = (
        f"import subprocess; print(subprocess.Popen([{str(launcher)!r}, 'x'], stdout=subprocess.PIPE).pid)"
    )
    engine = subprocess.run(
        [sys.executable, "-c", command], stdout=subprocess.PIPE, text=True, check=True, timeout=30
    )
    plugin = int(engine.stdout)

    deadline = time.monotonic() + 20
    while _runs(plugin):
        assert time.monotonic() < deadline, "the plugin outlived its engine"
        time.sleep(0.05)


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_it_starts_without_the_sdk() -> None:
    """Whose import takes longer than all else, while every run waits for the plugin."""
    check = "import sys, sre_agent_local.azure_native.__main__; print('pulumi' in sys.modules)"

    loaded = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=True)

    assert loaded.stdout.strip() == "False"
