"""Logging in with a token that a pipeline's service signs."""

from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent.api import ConfigError, Settings
from pulumi_sre_agent.api.auth.clouds import PUBLIC
from pulumi_sre_agent.api.auth.credentials import credential_for
from pulumi_sre_agent.api.auth.oidc import exchange
from pulumi_sre_agent.api.http.transport import Transport, open_client
from support.scripted import Script, refused, reply


def no_exchange() -> str:
    raise AssertionError("nothing may be asked for")


class TestOidc:
    """The three sources of an OIDC token."""

    def assertion(self, settings: Settings, exchange: Any = no_exchange) -> Any:
        credential = credential_for(settings, PUBLIC, exchange)
        return vars(credential)["_func"]()

    def test_a_token_is_sent_as_it_is(self) -> None:
        assert (
            self.assertion(Settings(use_oidc=True, oidc_token="tok", tenant_id="t", client_id="c")) == "tok"
        )

    def test_a_file_is_read_anew_each_time(self, tmp_path: Path) -> None:
        """Its token lives for minutes and is rotated by whoever writes the file."""
        file = tmp_path / "token"
        settings = Settings(use_oidc=True, oidc_token_file_path=str(file), tenant_id="t", client_id="c")
        for token in ("one", "two"):
            file.write_text(f"{token}\n")
            assert self.assertion(settings) == token
        file.unlink()
        with pytest.raises(
            ConfigError, match=rf"^Cannot read the OIDC token from {file}: No such file or directory\.$"
        ):
            self.assertion(settings)

    def test_a_ci_system_is_asked(self) -> None:
        settings = Settings(
            use_oidc=True, oidc_request_url="https://x", oidc_request_token="r", tenant_id="t", client_id="c"
        )

        assert self.assertion(settings, lambda: "from-ci") == "from-ci"


class TestExchange:
    """An OIDC token from a CI system, as far as Entra's door."""

    def ask(self, script: Script, url: str = "https://ci.example/token?job=1") -> str:
        settings = Settings(oidc_request_url=url, oidc_request_token="job-token")
        with open_client(script.transport) as client:
            return exchange(settings, Transport(client, script.time.clock))

    def test_the_job_is_asked_for_entras_audience(self, script: Script) -> None:
        script.on("GET", "ci.example/token$", refused(503), reply(200, {"value": "jwt"}))

        assert self.ask(script) == "jwt"
        assert script.requests[0].url.query == b"job=1&audience=api%3A%2F%2FAzureADTokenExchange"
        assert script.requests[0].headers["authorization"] == "Bearer job-token"

    @pytest.mark.parametrize(
        ("answer", "sentence"),
        [
            (refused(401), "https://ci.example gave no OIDC token: it answered with 401."),
            (reply(200, {"count": 1}), "https://ci.example gave no OIDC token: its answer has no value."),
        ],
    )
    def test_no_token_is_an_error(self, script: Script, answer: Any, sentence: str) -> None:
        script.on("GET", "ci.example/token$", answer)
        with pytest.raises(ConfigError) as raised:
            self.ask(script)

        assert str(raised.value) == sentence

    @pytest.mark.parametrize("url", ["http://ci.example/token", "ci.example"])
    def test_the_jobs_token_goes_to_https_only(self, script: Script, url: str) -> None:
        with pytest.raises(ConfigError, match="must be an https address"):
            self.ask(script, url)

        assert script.requests == []
