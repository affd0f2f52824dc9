"""Tokens: for whom, kept how long, and what is said when there is none."""

import itertools
import threading

import pytest
from azure import identity
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError

from pulumi_sre_agent.api import ConfigError, Settings, SreAgentError, Unavailable, limits
from pulumi_sre_agent.api.auth.credentials import DATA_SCOPES, Login
from pulumi_sre_agent.api.auth.credentials import Tokens as LoginTokens
from pulumi_sre_agent.api.http.clock import Clock
from support.scripted import Time, Tokens, at_once


class TestTokens:
    """One token per audience, kept while it is good."""

    @pytest.fixture
    def time(self) -> Time:
        return Time()

    @pytest.fixture
    def made(self, time: Time) -> Tokens:
        return Tokens(time)

    @pytest.fixture
    def login(self, time: Time, made: Tokens) -> Login:
        return Login(Settings(client_secret="s3cret", oidc_token="t0ken"), made.make, time.clock)

    def test_a_token_is_kept_until_shortly_before_it_expires(
        self, login: Login, time: Time, made: Tokens
    ) -> None:
        tokens = login.tokens("a")

        assert tokens.token() == tokens.token() == "1 a"
        time.now += made.lifetime - limits.TOKEN_MARGIN + 1
        assert tokens.token() == "2 a"
        assert made.made == 1

    def test_many_threads_ask_once(self, login: Login, made: Tokens) -> None:
        """Also where the answer takes its time."""
        made.company = threading.Barrier(2)
        tokens = login.tokens("a")
        at_once(*[tokens.token] * 8)

        assert made.asked == ["a"]

    def test_who_waits_for_a_login_that_fails_hears_of_it_at_once(self) -> None:
        """A login that nobody answers takes seconds: those behind it in the queue do not add up."""
        ticks, waits, asked = itertools.count(), threading.Event(), []
        heard: list[SreAgentError] = []

        def monotonic() -> float:
            if threading.current_thread() is second:
                waits.set()
            return next(ticks)

        def fetch(scope: str, _fresh: bool) -> AccessToken:
            asked.append(scope)
            second.start()
            assert waits.wait(10)
            raise Unavailable("Nobody is there.")

        def hear() -> None:
            with pytest.raises(Unavailable) as raised:
                tokens.token()
            heard.append(raised.value)

        tokens = LoginTokens(fetch, ("a",), Clock(monotonic=monotonic))
        second = threading.Thread(target=hear)
        hear()
        second.join()

        assert asked == ["a"]
        assert [str(error) for error in heard] == ["Nobody is there."] * 2

    def test_many_threads_share_one_credential(self, login: Login, made: Tokens) -> None:
        """Whatever they want tokens for: each would start an `az` of its own."""
        made.company = threading.Barrier(2)
        at_once(*(login.tokens(audience).token for audience in ("a", "b", "c")))

        assert sorted(made.asked) == ["a", "b", "c"]
        assert made.made == 1

    def test_a_discarded_token_is_replaced_by_one_from_a_new_credential(
        self, login: Login, made: Tokens
    ) -> None:
        """Azure-identity keeps tokens inside a credential, so the old one would hand out the same again."""
        tokens = login.tokens("a")
        tokens.discard("unknown")
        stale = tokens.token()
        tokens.discard(stale)
        fresh = tokens.token()
        tokens.discard(stale)

        assert tokens.token() == fresh == "2 a"
        assert made.made == 2

    def test_a_tenant_that_does_not_know_the_name_is_asked_for_the_application_id(
        self, login: Login, made: Tokens
    ) -> None:
        made.failures[DATA_SCOPES[0]] = ClientAuthenticationError(
            "AADSTS500011: The resource principal named https://azuresre.dev was not found in the tenant."
        )
        tokens = login.tokens(*DATA_SCOPES)

        assert tokens.token() == f"2 {DATA_SCOPES[1]}"
        tokens.discard(tokens.token())
        assert tokens.token() == f"3 {DATA_SCOPES[1]}"

    @pytest.mark.parametrize(
        ("failure", "error", "sentence"),
        [
            (
                ClientAuthenticationError(
                    "Authentication failed: AADSTS7000215: Invalid client secret provided. Ensure it. "
                    "Trace ID: 1\nCorrelation ID: 2"
                ),
                ConfigError,
                "Authentication failed: AADSTS7000215: Invalid client secret provided.",
            ),
            (
                identity.CredentialUnavailableError("Please run 'az login' to set up an account"),
                ConfigError,
                "Please run 'az login' to set up an account.",
            ),
            (ServiceRequestError("Name or service not known"), Unavailable, "Name or service not known."),
            (ValueError("bad s3cret and t0ken"), ConfigError, "bad *** and ***."),
        ],
    )
    def test_a_failed_login_is_one_sentence_without_secrets(
        self, login: Login, made: Tokens, failure: Exception, error: type[Exception], sentence: str
    ) -> None:
        made.failures["a"] = failure
        with pytest.raises(error) as raised:
            login.tokens("a").token()

        assert str(raised.value) == f"Cannot log in to Azure with a client secret: {sentence}"
        assert raised.value.__cause__ is None

    def test_a_tenant_that_knows_neither_name_says_so(self, login: Login, made: Tokens) -> None:
        made.failures = dict.fromkeys(DATA_SCOPES, ClientAuthenticationError("AADSTS500011: not found"))
        with pytest.raises(ConfigError, match="AADSTS500011"):
            login.tokens(*DATA_SCOPES).token()

        assert made.asked == list(DATA_SCOPES)
