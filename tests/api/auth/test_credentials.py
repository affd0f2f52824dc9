"""Logging in: which method, what is missing, whose tokens, and what is said when it fails."""

import datetime as dt
from pathlib import Path
from typing import Any

import pytest
from azure import identity
from azure.core.exceptions import ClientAuthenticationError
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.x509.oid import NameOID

from pulumi_sre_agent.api import ConfigError, Settings
from pulumi_sre_agent.api.auth.clouds import CHINA, PUBLIC
from pulumi_sre_agent.api.auth.credentials import DATA_SCOPES, Login, credential_for
from support.scripted import AGENT, ARM, Script, Time

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
