"""Logging in as the Azure CLI is."""

import json
import stat
import sys
from pathlib import Path

import pytest

from pulumi_sre_agent.api import Client, ConfigError, Settings
from support.scripted import Script


class TestAzureCli:
    """The Azure CLI's own account, from a program of that name on PATH."""

    @pytest.fixture(autouse=True)
    def path(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setenv("PATH", str(tmp_path))
        return tmp_path

    def az(self, folder: Path, prints: str, code: int = 0) -> Path:
        log, program = folder / "log", folder / "az"
        program.write_text(
            f"#!{sys.executable}\nimport sys\n"
            f"open({str(log)!r}, 'a').write(' '.join(sys.argv[1:]) + '\\n')\n"
            f"print({prints!r})\nsys.exit({code})\n"
        )
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
        return log

    def test_its_subscription_is_the_default_and_asked_for_once(self, path: Path) -> None:
        log = self.az(path, json.dumps({"id": "sub-of-az", "environmentName": "AzureCloud"}))
        azure = Client(Settings())

        assert azure.subscription_id() == azure.subscription_id() == "sub-of-az"
        assert log.read_text() == "account show --output json\n"

    def test_a_configured_subscription_needs_no_cli(self) -> None:
        assert Client(Settings(subscription_id="mine")).subscription_id() == "mine"

    @pytest.mark.parametrize("settings", [Settings(), Settings(use_msi=True)])
    def test_without_any_subscription_all_three_ways_are_named(self, settings: Settings) -> None:
        with pytest.raises(ConfigError, match=r"azure-native:subscriptionId.*ARM_SUBSCRIPTION_ID.*az login"):
            Client(settings).subscription_id()

    def test_its_cloud_is_used_where_none_is_configured(self, path: Path) -> None:
        self.az(path, json.dumps({"id": "s", "environmentName": "AzureChinaCloud"}))
        for environment in (None, "china"):
            with Script().azure_of_cli(environment) as azure:
                assert azure.control.base == "https://management.chinacloudapi.cn"

    def test_another_cloud_than_the_configured_one_is_an_error(self, path: Path) -> None:
        self.az(path, json.dumps({"id": "s", "environmentName": "AzureCloud"}))
        with Script().azure_of_cli("usgovernment") as azure, pytest.raises(ConfigError) as raised:
            azure.control  # noqa: B018 -- the property connects

        assert str(raised.value) == (
            "azure-native:environment is usgovernment, but the Azure CLI is logged in to AzureCloud: "
            "run az cloud set --name AzureUSGovernment, then az login."
        )

    @pytest.mark.parametrize(
        ("prints", "code", "subscription", "sentence"),
        [
            ("", 1, None, "The Azure CLI is not logged in: run az login."),
            ("not json", 0, None, "The Azure CLI is not logged in: run az login."),
            ("[]", 0, "sub", "The Azure CLI is not logged in with access to subscription sub: run az login."),
            (
                None,
                0,
                None,
                "The Azure CLI is not installed, and no other way to log in to Azure is configured.",
            ),
        ],
    )
    def test_a_cli_without_a_login_is_an_error(
        self, path: Path, prints: str | None, code: int, subscription: str | None, sentence: str
    ) -> None:
        if prints is not None:
            self.az(path, prints, code)
        with Script().azure_of_cli(None, subscription) as azure, pytest.raises(ConfigError) as raised:
            azure.control  # noqa: B018 -- the property connects

        assert str(raised.value) == sentence
