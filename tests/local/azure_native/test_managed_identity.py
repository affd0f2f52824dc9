"""Tokens of the local Azure's managed identity, as a server scripted in the test gives them."""

import time
from collections.abc import Callable
from typing import Any

import httpx
import pytest

from sre_agent_local.azure_native.managed_identity import ManagedIdentity, TokenError, managed_identity
from sre_agent_local.azure_native.settings import ProviderError

ENDPOINT = "http://127.0.0.1:4281/msi/token"
ARM, DATA = "https://arm.test/", "https://data.test"


def login(answer: Callable[[httpx.Request], httpx.Response]) -> ManagedIdentity:
    return ManagedIdentity(ENDPOINT, "s3cret-header", httpx.MockTransport(answer))


def test_a_token_is_asked_for_once_per_audience_as_long_as_it_lasts(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is replaced some minutes before its end, so that no request goes out with one that has expired."""
    asked: list[httpx.Request] = []
    now = time.time()

    def answer(request: httpx.Request) -> httpx.Response:
        asked.append(request)
        given = f"{len(asked)} {request.url.params['resource']}"
        return httpx.Response(200, json={"access_token": given, "expires_on": str(int(now) + 3600)})

    ours = login(answer)

    assert [ours.token(audience) for audience in (ARM, DATA, ARM)] == [f"1 {ARM}", f"2 {DATA}", f"1 {ARM}"]
    assert asked[0].headers["X-IDENTITY-HEADER"] == "s3cret-header"
    assert asked[0].url.params["api-version"] == "2019-08-01"
    monkeypatch.setattr(time, "time", lambda: now + 3400)
    assert ours.token(ARM) == f"3 {ARM}"


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        pytest.param(httpx.Response(401, json={"error": "s3cret-header"}), "401 Unauthorized", id="refused"),
        pytest.param(httpx.Response(200, text="<html>"), "Expecting value", id="a-page"),
        pytest.param(httpx.Response(200, json={"access_token": "t"}), "expires_on", id="half-an-answer"),
        pytest.param(httpx.ConnectError("refused"), "refused", id="nobody-there"),
    ],
)
def test_no_token_is_a_reason(answer: Any, why: str) -> None:
    """And no reason shows the header, which is the login's secret."""

    def give(_request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        return answer  # type: ignore[no-any-return]

    with pytest.raises(TokenError, match=why) as refused:
        login(give).token(ARM)

    assert "s3cret" not in str(refused.value)


def test_the_login_stays_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IDENTITY_ENDPOINT", "http://169.254.169.254/")
    monkeypatch.setenv("IDENTITY_HEADER", "header")

    with pytest.raises(ProviderError, match=r"169\.254\.169\.254"):
        managed_identity()
