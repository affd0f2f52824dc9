"""Where settings come from, and which are refused."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from pulumi_sre_agent.api import ConfigError, Settings


def load(config: Mapping[str, str] | None = None, /, **environ: str) -> Settings:
    return Settings.load((config or {}).get, environ)


@pytest.mark.parametrize(
    ("member", "key", "variable"),
    [
        ("subscription_id", "subscriptionId", "ARM_SUBSCRIPTION_ID"),
        ("tenant_id", "tenantId", "ARM_TENANT_ID"),
        ("client_id", "clientId", "ARM_CLIENT_ID"),
        ("client_secret", "clientSecret", "ARM_CLIENT_SECRET"),
        ("client_certificate_path", "clientCertificatePath", "ARM_CLIENT_CERTIFICATE_PATH"),
        ("client_certificate_password", "clientCertificatePassword", "ARM_CLIENT_CERTIFICATE_PASSWORD"),
        ("oidc_token", "oidcToken", "ARM_OIDC_TOKEN"),
        ("oidc_token_file_path", "oidcTokenFilePath", "ARM_OIDC_TOKEN_FILE_PATH"),
        ("oidc_request_token", "oidcRequestToken", "ARM_OIDC_REQUEST_TOKEN"),
        ("oidc_request_token", "oidcRequestToken", "ACTIONS_ID_TOKEN_REQUEST_TOKEN"),
        ("oidc_request_url", "oidcRequestUrl", "ARM_OIDC_REQUEST_URL"),
        ("oidc_request_url", "oidcRequestUrl", "ACTIONS_ID_TOKEN_REQUEST_URL"),
        ("oidc_audience", "oidcAudience", "ARM_OIDC_AUDIENCE"),
        ("environment", "environment", "ARM_ENVIRONMENT"),
        ("environment", "environment", "AZURE_ENVIRONMENT"),
    ],
)
def test_a_text_comes_from_config_before_its_variable(member: str, key: str, variable: str) -> None:
    """Both are read, config wins, and an empty value counts as not set."""
    assert getattr(load({}, **{variable: "from-variable"}), member) == "from-variable"
    assert getattr(load({f"azure-native:{key}": "from-config"}, **{variable: "x"}), member) == "from-config"
    assert (
        getattr(load({f"azure-native:{key}": ""}, **{variable: "from-variable"}), member) == "from-variable"
    )


@pytest.mark.parametrize(
    ("member", "key", "variable"),
    [
        ("use_oidc", "azure-native:useOidc", "ARM_USE_OIDC"),
        ("use_msi", "azure-native:useMsi", "ARM_USE_MSI"),
        (
            "use_default_azure_credential",
            "azure-native:useDefaultAzureCredential",
            "ARM_USE_DEFAULT_AZURE_CREDENTIAL",
        ),
        ("disable_instance_discovery", "azure-native:disableInstanceDiscovery", None),
        ("traceback", "sre:traceback", None),
    ],
)
def test_a_flag_is_true_or_false_and_nothing_else(member: str, key: str, variable: str | None) -> None:
    assert getattr(load({key: "true"}), member) is True
    assert getattr(load({key: "False"}), member) is False
    assert getattr(load(), member) is False
    if variable:
        assert getattr(load({}, **{variable: "1"}), member) is True
    with pytest.raises(ConfigError, match=rf"^{key}.* must be true or false, not 'maybe'\.$"):
        load({key: "maybe"})


def test_nothing_set_means_public_azure_through_the_azure_cli() -> None:
    settings = load()

    assert settings == Settings()
    assert settings.method == "the Azure CLI"
    assert settings.oidc_audience == "api://AzureADTokenExchange"


@pytest.mark.parametrize(
    ("value", "origin"),
    [
        ("management.azure.com", "https://management.azure.com"),
        ("https://Stack.Example:8443/", "https://stack.example:8443"),
        ("http://127.0.0.1:4281", "http://127.0.0.1:4281"),
        ("http://localhost:1", "http://localhost:1"),
        ("http://[::1]:1", "http://[::1]:1"),
    ],
)
def test_a_metadata_host_is_https_unless_it_is_this_machine(value: str, origin: str) -> None:
    assert load(ARM_METADATA_HOSTNAME=value).metadata_host == origin


@pytest.mark.parametrize(
    "value", ["http://example.net", "ftp://127.0.0.1", "https://", "https://a/b", "https://u@h"]
)
def test_a_metadata_host_that_is_no_trustworthy_origin_is_refused(value: str) -> None:
    with pytest.raises(ConfigError, match="azure-native:metadataHost"):
        load({"azure-native:metadataHost": value})


def test_allowed_endpoints_are_origins() -> None:
    settings = load({"sre:allowedEndpoints": '["http://127.0.0.1:4281", "https://sre.example"]'})

    assert settings.allowed_endpoints == {"http://127.0.0.1:4281", "https://sre.example"}


@pytest.mark.parametrize(
    "value", ["http://127.0.0.1:4281", '{"a": 1}', "[1]", '["http://example.net"]', '["x"]']
)
def test_malformed_allowed_endpoints_are_refused(value: str) -> None:
    with pytest.raises(ConfigError, match=r"^sre:allowedEndpoints"):
        load({"sre:allowedEndpoints": value})


def test_auxiliary_tenants_are_a_json_list() -> None:
    assert load(ARM_AUXILIARY_TENANT_IDS='["a", "b"]').auxiliary_tenant_ids == ("a", "b")


def test_a_plane_is_data_or_control() -> None:
    assert load({"sre:plane": "control"}).plane == "control"
    assert load().plane is None
    with pytest.raises(ConfigError, match=r'^sre:plane must be "data" or "control", not \'both\'\.$'):
        load({"sre:plane": "both"})


def test_a_wait_for_roles_is_a_number_of_seconds() -> None:
    assert load({"sre:roleWait": "600"}).role_wait == 600
    for wrong in ("ten", "-1", "inf", "nan"):
        with pytest.raises(ConfigError, match=rf"^sre:roleWait must be .* seconds, not '{wrong}'\.$"):
            load({"sre:roleWait": wrong})


def test_pager_duty_is_where_config_or_its_variable_says() -> None:
    """A key goes only where a token may go."""
    assert (
        load(PAGERDUTY_API_HOST="https://api.eu.pagerduty.com").pager_duty == "https://api.eu.pagerduty.com"
    )
    assert load({"sre:pagerDuty": "http://127.0.0.1:1"}, PAGERDUTY_API_HOST="x").pager_duty.endswith(":1")
    with pytest.raises(ConfigError, match="sre:pagerDuty"):
        load({"sre:pagerDuty": "http://api.pagerduty.com"})


def test_no_secret_shows_in_a_repr() -> None:
    settings = load(
        ARM_CLIENT_SECRET="s3cret",
        ARM_CLIENT_CERTIFICATE_PASSWORD="s3cret",
        ARM_OIDC_TOKEN="s3cret",
        ARM_OIDC_REQUEST_TOKEN="s3cret",
    )

    assert "s3cret" not in repr(settings)
    assert hash(settings)


def test_what_the_toolkit_adds_comes_from_variables_too() -> None:
    """Outside of a stack nothing else could allow a loopback endpoint."""
    environ = {
        "ARM_USE_MSI": "true",
        "SRE_AGENT_ALLOWED_ENDPOINTS": '["http://127.0.0.1:4281/"]',
        "SRE_AGENT_PLANE": "control",
        "SRE_AGENT_ROLE_WAIT": "5",
        "SRE_AGENT_TRACEBACK": "true",
    }
    settings = Settings.from_environment(environ)

    assert settings == Settings(
        use_msi=True,
        allowed_endpoints=frozenset({"http://127.0.0.1:4281"}),
        plane="control",
        role_wait=5,
        traceback=True,
    )
    assert load({"sre:plane": "data"}, **environ).plane == "data"


@pytest.mark.parametrize(
    ("variable", "value", "says"),
    [
        ("SRE_AGENT_PLANE", "both", 'SRE_AGENT_PLANE must be "data" or "control", not \'both\'.'),
        ("SRE_AGENT_ROLE_WAIT", "long", "SRE_AGENT_ROLE_WAIT must be a number of seconds, not 'long'."),
    ],
)
def test_a_wrong_variable_is_named(variable: str, value: str, says: str) -> None:
    with pytest.raises(ConfigError) as raised:
        Settings.from_environment({variable: value})

    assert str(raised.value) == says


def test_an_endpoint_as_argument_is_checked_as_one_of_a_stack() -> None:
    assert Settings(allowed_endpoints=frozenset({"https://X.Example:443/"})).allowed_endpoints == {
        "https://x.example"
    }
    with pytest.raises(ConfigError, match=r"^allowed_endpoints says 'http://x\.example'"):
        Settings(allowed_endpoints=frozenset({"http://x.example"}))


STACK = """
config:
  azure-native:clientId: app
  azure-native:clientSecret: {secure: v1:abc}
  sre:allowedEndpoints: ["http://127.0.0.1:4281"]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "below").mkdir()
    (tmp_path / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")
    (tmp_path / "Pulumi.prod.yaml").write_text(STACK)
    return tmp_path


def test_a_stacks_file_is_read_and_its_secrets_come_from_their_variables(project: Path) -> None:
    settings = Settings.from_stack("prod", project / "below", {"ARM_CLIENT_SECRET": "s3cret"})

    assert (settings.client_id, settings.client_secret) == ("app", "s3cret")
    assert settings.allowed_endpoints == {"http://127.0.0.1:4281"}


def test_what_only_pulumi_can_read_is_not_passed_over(project: Path) -> None:
    """Else it would log in as somebody else."""
    with pytest.raises(ConfigError) as raised:
        Settings.from_stack("prod", project, {})

    assert str(raised.value) == (
        "azure-native:clientSecret in Pulumi.prod.yaml is encrypted: "
        "set ARM_CLIENT_SECRET in the environment."
    )


def test_a_stack_that_is_not_there(project: Path) -> None:
    with pytest.raises(ConfigError, match=r"There is no stack 'dev': .*\(stacks there: prod\)"):
        Settings.from_stack("dev", project, {})
