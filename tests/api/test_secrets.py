"""One answer to whether a name is that of a secret."""

import json
from collections.abc import Iterator

import pytest

from pulumi_sre_agent.api.kinds import KINDS
from pulumi_sre_agent.api.secrets import SecretStr, is_secret_name, mask
from pulumi_sre_agent.resources._core.registry import provider_of
from pulumi_sre_agent.schema.annotations import SensitiveField, SensitiveMembers
from pulumi_sre_agent.schema.fields import Field, camel_case
from pulumi_sre_agent.schema.normalization import member_field

VALUE = "s3cr3t-v4lu3"

SECRETS = (
    *("accessKey", "accountKey", "apiKey", "connectionKey", "functionKey", "key", "primaryKey", "privateKey"),
    *(
        "secondaryKey",
        "sharedKey",
        "subscriptionKey",
        "InstrumentationKey",
        "accountKey1",
        "x-api-key",
        "APIKey",
    ),
    *(
        "apikey",
        "API_KEY",
        "accessToken",
        "bearerToken",
        "token",
        "tokens",
        "pat_token_override",
        "SAS-Token",
    ),
    *("patTokenOverride", "pat", "githubPat", "GITHUB_PAT", "clientSecret", "client_secret", "secretValue"),
    *(
        "secrets",
        "password",
        "adminPassword",
        "passwordHash",
        "passphrase",
        "connectionString",
        "authorization",
    ),
    *("AzureWebJobsStorageConnectionString", "connectionstring", "dataSource", "credential"),
    *(
        "credentials",
        "headers",
        "customHeaders",
        "customheader",
        "requestHeaders",
        "authHeader",
        "env",
        "envs",
        "extraEnv",
    ),
    *("parameterValues", "parameterValueSet"),
)
PLAIN = (
    *("maxTokens", "max_tokens", "tokenUrl", "tokenCount", "tokenEndpoint", "tokenLimit", "partitionKey"),
    *("rowKey", "publicKey", "projectKey", "keyVaultUrl", "privateKeySecretUri", "secretName", "monkeys"),
    *(
        "credentialType",
        "authorizationUrl",
        "authType",
        "authMethod",
        "headerName",
        "environment",
        "endpoint",
    ),
    *("path", "filePath", "url", "resource", "values", "identity", "name", "keywords", "pattern", "", "1"),
)


@pytest.mark.parametrize("name", SECRETS)
def test_a_secret_is_known_by_its_name(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", PLAIN)
def test_other_names_are_not_taken_for_secrets(name: str) -> None:
    assert not is_secret_name(name)


@pytest.mark.parametrize("name", [*SECRETS, *PLAIN])
def test_what_an_error_masks_is_a_secret_in_the_state_and_nothing_else_is(name: str) -> None:
    in_state = member_field(Field(object, annotations=(SensitiveMembers(),)), name).has(SensitiveField)

    assert in_state == (VALUE not in mask(f"{VALUE} is wrong", {"extendedProperties": {name: VALUE}}))


def _secret_paths(field: Field, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    if field.has(SensitiveField):
        yield path
    for name, member in (field.members or {}).items():
        yield from _secret_paths(member, (*path, camel_case(name)))


@pytest.mark.parametrize("kind", ["Agent", "AgentSpaceConnector", *(kind.name for kind in KINDS)])
def test_no_field_that_is_secret_in_the_state_appears_in_an_error(kind: str) -> None:
    for path in _secret_paths(provider_of(kind).model.root):
        sent = json.loads("".join(f'{{"{name}": ' for name in path) + f'"{VALUE}"' + "}" * len(path))

        assert VALUE not in mask(f"{VALUE} is wrong", sent), path


def test_of_a_secret_that_holds_another_no_tail_is_left() -> None:
    """Whichever of them comes first, as in a connection string that repeats its key."""
    for secrets in (["abcdefgh", "abcdefgh-tail-1"], ["abcdefgh-tail-1", "abcdefgh"]):
        assert mask("it was abcdefgh-tail-1.", [SecretStr(each) for each in secrets]) == "it was ***."


def test_a_pat_is_masked() -> None:
    """It is long enough to be told from the words around it."""
    assert mask("ghp_0123456789 is not valid", {"pat": "ghp_0123456789"}) == "*** is not valid"
