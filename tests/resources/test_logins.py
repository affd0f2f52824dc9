"""Connections, logins and plugins: what the check says, how they are written, and what nobody published."""

from typing import Any

import pytest
from pulumi.output import UNKNOWN

from pulumi_sre_agent import resources
from pulumi_sre_agent.resources._core.registry import model_of, provider_of
from support.azure import LocalAzure
from support.provider_process import ProviderProcess
from support.samples import AGENT_ID, SAMPLES, Json

PAT: Json = {"domain": "github.com", "auth_type": "Pat", "pat": "s3cret"}
DIRECT: Json = {"name": "runbooks", "source_url": "contoso/runbooks", "pat": "s3cret-pat"}


ISSUE: Json = {"name": "issueId", "schema": {"type": "string", "required": True}}


@pytest.mark.parametrize(
    ("kind", "change", "sentence"),
    [
        ("ConnectorV2Connection", {"connector_name": " "}, "connector_name must not be empty"),
        (
            "ConnectorV2Connection",
            {"name": "a/b"},
            "name must have letters, digits and - _ . between them, at most 128",
        ),
        (
            "ConnectorV2Connection",
            {"parameter_value_set": {"values": {}}},
            "parameter_value_set.name is missing",
        ),
        ("ConnectorV2Connection", {"parameter_values": "token"}, "parameter_values must be an object with"),
        ("ConnectorV2McpServer", {"connectors": []}, "connectors must name at least one connection"),
        (
            "ConnectorV2McpServer",
            {"connectors": [{"name": "jira"}]},
            "connectors[0].connection_name is missing",
        ),
        ("ConnectorV2McpServer", {"require_approval_tools": "all"}, "require_approval_tools must be a list"),
        ("GitHubDomain", {"domain": "github"}, "domain must be a domain such as github.com or ghe.example"),
        ("GitHubDomain", {"domain": "https://github.com"}, "domain must be a domain such as github.com"),
        ("GitHubDomain", {"auth_type": "Token"}, "auth_type must be one of Pat, GitHubApp, OAuth"),
        (
            "GitHubDomain",
            {"client_id": "1234"},
            "client_id must be the client id of a GitHub app",
        ),
        ("GitHubDomain", {"client_id": None}, "client_id is missing, which auth_type GitHubApp needs"),
        (
            "GitHubDomain",
            {"private_key_secret_uri": "https://v.vault.azure.net/secrets/app"},
            "private_key_secret_uri must be the address of a key in a Key Vault: https://<vault>",
        ),
        (
            "GitHubDomain",
            {"key_vault_managed_identity_id": "me"},
            "key_vault_managed_identity_id must be",
        ),
        ("GitHubDomain", {"pat": "x"}, "pat belongs to auth_type Pat, not GitHubApp"),
        (
            "AzureDevOpsAuthentication",
            {"organization": "a/b"},
            "organization must be the name of an",
        ),
        (
            "AzureDevOpsAuthentication",
            {"access_token": None},
            "access_token is missing, which auth_type Pat needs",
        ),
        (
            "AzureDevOpsAuthentication",
            {"auth_type": "ManagedIdentity"},
            "access_token does not go with auth_type ManagedIdentity",
        ),
        ("Marketplace", {"spec": "x"}, "spec must be an object with names and values"),
        ("Marketplace", {"spec": None}, "spec is missing"),
        ("PluginInstallation", {"spec": None}, "spec is missing, unless source_url says which repository to"),
        ("PluginInstallation", {"source_url": "a/b"}, "source_url and spec exclude each other"),
        ("PluginInstallation", {"pat": "x"}, "pat needs source_url"),
        ("PluginInstallation", {"path_in_repo": "x"}, "path_in_repo needs source_url"),
        (
            "PluginInstallation",
            {"spec": None, "source_url": "https://token@github.com/a/b"},
            "source_url must be owner/repo, or an https address without a login",
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(kind: str, change: Json, sentence: str) -> None:
    """It names the property and says what is allowed."""
    [fault] = resources.validate(kind, {"agent_id": AGENT_ID, **SAMPLES[kind].args, **change})

    assert fault.reason.startswith(sentence)


@pytest.mark.parametrize(
    ("kind", "args"),
    [
        ("GitHubDomain", PAT),
        ("GitHubDomain", {"domain": "github.com", "auth_type": "oauth"}),
        ("GitHubDomain", {"domain": "github.com", "auth_type": UNKNOWN, "pat": "x"}),
        ("AzureDevOpsAuthentication", {"organization": "contoso", "auth_type": "managedidentity"}),
        ("PluginInstallation", DIRECT),
    ],
)
def test_good_input_passes(kind: str, args: Json) -> None:
    """In the forms that the samples do not have."""
    assert resources.validate(kind, args) == []


@pytest.mark.parametrize(
    ("kind", "args", "spec"),
    [
        (
            "ConnectorV2Connection",
            SAMPLES["ConnectorV2Connection"].args,
            {
                "connectorName": "jira",
                "displayName": "Jira",
                "parameterValueSet": {"name": "apiToken", "values": {"token": "s3cret-token"}},
                "parameterValues": {"site": "s3cret-site"},
            },
        ),
        (
            "ConnectorV2McpServer",
            SAMPLES["ConnectorV2McpServer"].args,
            {
                "description": "Tickets.",
                "state": "Enabled",
                "connectors": [
                    {
                        "name": "jira",
                        "connectionName": "jira",
                        "displayName": "Jira",
                        "operations": [
                            {"name": "GetIssue", "displayName": "Get Issue", "agentParameters": [ISSUE]},
                            {
                                "name": "AddComment",
                                "displayName": "Add Comment",
                                "requiresApproval": True,
                                "userParameters": [{"name": "projectKey", "value": "OPS"}],
                                "agentParameters": [ISSUE],
                            },
                        ],
                    }
                ],
                "requireApprovalTools": ["create_issue", "close_issue"],
            },
        ),
        ("GitHubDomain", PAT, {"authType": "Pat", "pat": "s3cret"}),
        (
            "AzureDevOpsAuthentication",
            SAMPLES["AzureDevOpsAuthentication"].args,
            {"authType": "Pat", "accessToken": "s3cret-pat"},
        ),
        ("Marketplace", SAMPLES["Marketplace"].args, {"spec": SAMPLES["Marketplace"].args["spec"]}),
        ("PluginInstallation", DIRECT, {"sourceUrl": "contoso/runbooks", "pat": "s3cret-pat"}),
    ],
)
def test_a_spec_has_azures_names(kind: str, args: Json, spec: Json) -> None:
    """Without the agent and without the name, which the client puts where they belong."""
    assert model_of(kind).to_wire({"agent_id": AGENT_ID, "adopt": True, **args}) == spec


def test_a_connection_is_called_as_its_service_unless_it_says_otherwise(providers: ProviderProcess) -> None:
    """And its name is in lower case, as the templates write it."""
    args = {"agent_id": AGENT_ID, "name": "Jira", "connector_name": "jira"}

    inputs = providers.check(provider_of("ConnectorV2Connection"), args).inputs

    assert inputs == args | {"name": "jira", "display_name": "jira"}


def test_a_connection_that_waits_for_consent_says_so(
    providers: ProviderProcess, agent_id: str, fresh: str
) -> None:
    """It is made all the same."""
    provider = provider_of("ConnectorV2Connection")
    args = {"agent_id": agent_id, "name": fresh, "connector_name": "jira"}

    made = providers.create(provider, providers.check(provider, args).inputs)

    assert made.outputs["overall_status"] == "Unauthenticated"


def test_an_oauth_domain_is_there_before_anybody_has_consented(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """A refresh does not lose it, and says where to consent; what others did shows."""
    provider = provider_of("GitHubDomain")
    args = {"agent_id": new_agent_id, "domain": "github.com", "auth_type": "OAuth"}
    inputs = providers.check(provider, args).inputs

    made = providers.create(provider, inputs)
    read = providers.read(provider, made.id, made.outputs, inputs)

    assert made.outputs["oauth_url"].startswith(cloud.url)
    assert (read.inputs, read.outputs) == (inputs, made.outputs)

    body = {"AuthType": "Pat", "Pat": "s3cret"}
    assert cloud.data("PUT", new_agent_id, "/api/v2/github/domains/github_com", body).is_success
    assert providers.read(provider, made.id, made.outputs, inputs).inputs["auth_type"] == "Pat"

    gone = made.id.replace(new_agent_id, f"{new_agent_id}-2")
    outputs = {**made.outputs, "agent_id": f"{new_agent_id}-2"}
    assert providers.read(provider, gone, outputs, outputs).id == ""


@pytest.mark.parametrize(("name", "drift"), [("runbooks", "other/runbooks"), ("elsewhere", None)])
def test_a_plugin_straight_from_a_repository(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, name: str, drift: str | None
) -> None:
    """It is found under the name that it brings; under another it is taken to be there."""
    provider = provider_of("PluginInstallation")
    args: dict[str, Any] = {"agent_id": new_agent_id, **DIRECT, "name": name}
    inputs = providers.check(provider, args).inputs

    made = providers.create(provider, inputs)
    read = providers.read(provider, made.id, made.outputs, inputs)
    body = {"sourceUrl": "other/runbooks", "pathInRepo": ""}
    assert cloud.data("POST", new_agent_id, "/api/v2/plugins/install-direct", body).is_success
    after = providers.read(provider, made.id, made.outputs, inputs)

    assert read.inputs == inputs
    assert after.inputs == inputs | ({"source_url": drift} if drift else {})
