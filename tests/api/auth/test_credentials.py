"""Logging in: which method, what is missing, whose tokens, and what is said when it fails."""

import datetime as dt
import itertools
import json
import stat
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from azure import identity
from azure.core.credentials import AccessToken
from azure.core.exceptions import ClientAuthenticationError, ServiceRequestError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from pulumi_sre_agent.api import Client, ConfigError, Settings, SreAgentError, Unavailable, limits
from pulumi_sre_agent.api.auth.clouds import CHINA, PUBLIC
from pulumi_sre_agent.api.auth.credentials import DATA_SCOPES, Login, credential_for
from pulumi_sre_agent.api.auth.credentials import Tokens as LoginTokens
from pulumi_sre_agent.api.auth.oidc import exchange
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.transport import Transport, open_client
from support.scripted import AGENT, ARM, VERSION, Script, Time, Tokens, at_once, refused, reply

APPLICATION = {"tenant_id": "t", "client_id": "c"}


def no_exchange() -> str:
    raise AssertionError("nothing may be asked for")


@pytest.mark.parametrize(
    ("settings", "method", "kind"),
    [
        (
            {"use_default_azure_credential": True, "client_secret": "s", "use_msi": True},
            "the default Azure credential",
            identity.DefaultAzureCredential,
        ),
        (
            {"client_secret": "s", "use_oidc": True, **APPLICATION},
            "a client secret",
            identity.ClientSecretCredential,
        ),
        (
            {"use_oidc": True, "use_msi": True, "oidc_token": "t", **APPLICATION},
            "OIDC",
            identity.ClientAssertionCredential,
        ),
        ({"use_msi": True}, "a managed identity", identity.ManagedIdentityCredential),
        ({"use_msi": True, "client_id": "c"}, "a managed identity", identity.ManagedIdentityCredential),
        ({"tenant_id": "00000000-0000-0000-0000-0000000000aa"}, "the Azure CLI", identity.AzureCliCredential),
        ({"subscription_id": "s"}, "the Azure CLI", identity.AzureCliCredential),
    ],
)
def test_the_first_configured_method_is_used(settings: dict[str, Any], method: str, kind: type) -> None:
    """In azure-native's order: default chain, certificate, secret, OIDC, managed identity, Azure CLI."""
    chosen = Settings(**settings)

    assert chosen.method == method
    assert isinstance(credential_for(chosen, PUBLIC, no_exchange), kind)


@pytest.mark.parametrize(
    ("settings", "kind"),
    [
        ({"use_default_azure_credential": True}, "DefaultAzureCredential"),
        ({"client_certificate_path": "c.pem", **APPLICATION}, "CertificateCredential"),
        ({"client_secret": "s", **APPLICATION}, "ClientSecretCredential"),
        ({"use_oidc": True, "oidc_token": "t", **APPLICATION}, "ClientAssertionCredential"),
    ],
)
def test_a_login_is_at_the_authority_of_the_cloud(
    settings: dict[str, Any], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    given: dict[str, Any] = {}
    monkeypatch.setattr(identity, kind, lambda *_args, **options: given.update(options))
    credential_for(Settings(auxiliary_tenant_ids=("other",), **settings), CHINA, no_exchange)

    assert given["authority"] == CHINA.authority
    assert given["additionally_allowed_tenants"] == ["other"]


def test_a_certificate_comes_before_a_secret(certificate: Path) -> None:
    settings = Settings(client_certificate_path=str(certificate), client_secret="s", **APPLICATION)  # type: ignore[arg-type]  # strings only

    assert settings.method == "a client certificate"
    assert isinstance(credential_for(settings, CHINA, no_exchange), identity.CertificateCredential)


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        (
            {"client_secret": "s"},
            "azure-native:tenantId is not set, which logging in with a client secret needs.",
        ),
        (
            {"client_secret": "s", "tenant_id": "t"},
            "azure-native:clientId is not set, which logging in with a client secret needs.",
        ),
        (
            {"client_certificate_path": "/none", "client_id": "c"},
            "azure-native:tenantId is not set, which logging in with a client certificate needs.",
        ),
        (
            {"use_oidc": True, "client_id": "c"},
            "azure-native:tenantId is not set, which logging in with OIDC needs.",
        ),
        (
            {"use_oidc": True, **APPLICATION},
            "azure-native:useOidc is set, but neither azure-native:oidcToken, ",
        ),
        (
            {"use_oidc": True, "oidc_request_url": "https://x", **APPLICATION},
            "azure-native:useOidc is set, but neither azure-native:oidcToken, ",
        ),
    ],
)
def test_a_method_that_lacks_a_setting_is_an_error_that_names_it(
    settings: dict[str, Any], sentence: str
) -> None:
    """There is no falling through to the next method."""
    with pytest.raises(ConfigError) as raised:
        credential_for(Settings(**settings), PUBLIC, no_exchange)

    assert str(raised.value).startswith(sentence)


def test_a_broken_certificate_is_an_error_in_one_sentence(tmp_path: Path) -> None:
    broken = tmp_path / "broken.pem"
    broken.write_text("nothing")
    settings = Settings(client_certificate_path=str(broken), **APPLICATION)  # type: ignore[arg-type]  # strings only
    login = Login(settings, lambda: credential_for(settings, PUBLIC, no_exchange), Time().clock)
    with pytest.raises(ConfigError, match=r"^Cannot log in to Azure with a client certificate: [^\n]+\.$"):
        login.tokens("s").token()


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


def test_clouds_differ_in_where_arm_is_and_for_whom_its_tokens_are(script: Script) -> None:
    for environment, host in (
        (None, "management.azure.com"),
        ("USGovernment", "management.usgovcloudapi.net"),
        ("AzureChinaCloud", "management.chinacloudapi.cn"),
        ("unknown", "management.azure.com"),
    ):
        script.agent()
        with script.azure(environment=environment) as azure:
            azure.control.get(AGENT, VERSION)

        assert script.requests[-1].url.host == host
        assert script.tokens.asked[-1] == f"https://{host}/.default"


METADATA = {
    "name": "Stack",
    "resourceManager": "https://arm.stack.example/",
    "authentication": {
        "loginEndpoint": "https://login.stack.example/adfs/",
        "audiences": ["https://other.stack.example", "https://arm.stack.example/"],
    },
}


def test_a_metadata_host_describes_a_cloud_and_wins(script: Script) -> None:
    script.on("GET", "meta.example/metadata/endpoints$", reply(200, METADATA)).agent()
    with script.azure(metadata_host="https://meta.example", environment="china") as azure:
        azure.control.get(AGENT, VERSION)

    described, asked = script.requests
    assert described.url.query == b"api-version=2022-09-01"
    assert "authorization" not in described.headers
    assert asked.url.host == "arm.stack.example"
    assert script.tokens.asked == ["https://arm.stack.example/.default"]


@pytest.mark.parametrize(
    "metadata",
    [
        [],
        {},
        {**METADATA, "authentication": {}},
        {**METADATA, "authentication": {"loginEndpoint": "l", "audiences": []}},
        {**METADATA, "resourceManager": "http://arm.stack.example"},
    ],
)
def test_a_metadata_host_that_describes_no_cloud_is_refused(script: Script, metadata: Any) -> None:
    script.on("GET", "meta.example/", reply(200, metadata))
    with (
        script.azure(metadata_host="https://meta.example") as azure,
        pytest.raises(ConfigError, match=r"meta\.example"),
    ):
        azure.control.get(AGENT, VERSION)

    assert len(script.requests) == 1


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make a self-signed certificate with its key, in one PEM file."""
    key = rsa.generate_private_key(65537, 2048)
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "test")])
    now = dt.datetime.now(dt.UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now)
        .not_valid_after(now + dt.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("certificate") / "client.pem"
    plain = serialization.NoEncryption()
    file.write_bytes(
        key.private_bytes(serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, plain)
        + signed.public_bytes(serialization.Encoding.PEM)
    )
    return file


def test_arm_is_the_audience_of_control_and_azuresre_of_data(script: Script) -> None:
    script.agent()
    with script.azure() as azure:
        azure.data_plane(AGENT)

    assert script.tokens.asked == [f"{ARM}/.default", "https://azuresre.dev/.default"]


def test_the_login_for_data_planes_can_come_ahead(script: Script) -> None:
    """What was fetched ahead is what the data plane uses."""
    script.agent()
    with script.azure() as azure:
        azure.prefetch_token().join()
        assert script.tokens.asked == [DATA_SCOPES[0]]
        azure.data_plane(AGENT)
        assert script.tokens.asked.count(DATA_SCOPES[0]) == 1


def test_a_login_ahead_that_fails_is_told_to_who_needs_it(script: Script) -> None:
    script.agent().tokens.failures = dict.fromkeys(
        DATA_SCOPES, ClientAuthenticationError("AADSTS7000215: bad")
    )
    with script.azure() as azure:
        azure.prefetch_token().join()
        with pytest.raises(ConfigError, match="AADSTS7000215"):
            azure.data_plane(AGENT)
