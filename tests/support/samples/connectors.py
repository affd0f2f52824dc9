"""Samples of how an agent reaches other systems."""

import hashlib

from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.resources._core.registry import provider_of
from support.azure import LocalAzure

from .sample import AGENT_ID, LONG, Json, Sample

UAMI = AGENT_ID.replace("Microsoft.App/agents", "Microsoft.ManagedIdentity/userAssignedIdentities")
JIRA: Json = {"name": "jira", "connection_name": "jira", "display_name": "Jira"}
ISSUE: Json = {"name": "issueId", "schema": {"type": "string", "required": True}}
GET_ISSUE: Json = {"name": "GetIssue", "display_name": "Get Issue", "agent_parameters": [ISSUE]}
COMMENT: Json = {
    "name": "AddComment",
    "display_name": "Add Comment",
    "requires_approval": True,
    "user_parameters": [{"name": "projectKey", "value": "OPS"}],
    "agent_parameters": [ISSUE],
}
KEY = "https://contoso.vault.azure.net/keys/app"
PLUGINS = "/api/v2/plugins"
SKILLS = "/api/v2/extendedAgent/skills"


def put(path: str, body: Json, cloud: LocalAzure, inputs: Json) -> None:
    assert cloud.data("PUT", inputs["agent_id"], path, body).is_success


def write_connection(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    body = {"displayName": inputs["display_name"], "connectorName": inputs["connector_name"]}
    put(f"{kind.data}/{inputs['name']}", body, cloud, inputs)


def write_mcp_server(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    spec = provider_of(kind.name).model.to_wire(inputs)
    spec.pop("requireApprovalTools", None)
    body = {"properties": spec}
    put(f"{kind.data}/{inputs['name']}", body, cloud, inputs)


def has_managed(cloud: LocalAzure, kind: Kind, inputs: Json) -> bool:
    answer = cloud.data("GET", inputs["agent_id"], f"{kind.data}/{inputs['name']}")
    return answer.is_success and "json" in answer.headers["content-type"]


def write_domain(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    app = {
        "authType": inputs["auth_type"],
        "clientId": inputs["client_id"],
        "privateKeySecretUri": inputs["private_key_secret_uri"],
        "keyVaultManagedIdentityId": inputs["key_vault_managed_identity_id"],
    }
    put(f"{kind.data}/{inputs['domain'].replace('.', '_')}", app, cloud, inputs)


def has_domain(cloud: LocalAzure, kind: Kind, inputs: Json) -> bool:
    path = f"{kind.data}/{inputs['domain'].replace('.', '_')}"
    return cloud.data("GET", inputs["agent_id"], path).is_success


def write_login(cloud: LocalAzure, _kind: Kind, inputs: Json) -> None:
    path = f"/api/v1/AzureDevOps/auth/mi?organization={inputs['organization']}"
    assert cloud.data("POST", inputs["agent_id"], path, {}).is_success


def write_plugin(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    body = {"metadata": {"name": inputs["name"]}, "spec": inputs["spec"]}
    assert cloud.data("POST", inputs["agent_id"], str(kind.data), body).is_success


def marketplace(source: str) -> Json:
    login = {"authMethod": "pat", "pat": "s3cret-pat"}
    return {"sourceType": "github", "sourceUrl": source, "owner": {"name": "contoso"}, "credentials": login}


def has_plugin(cloud: LocalAzure, kind: Kind, inputs: Json) -> bool:
    listed = cloud.data("GET", inputs["agent_id"], str(kind.data)).json()["value"]
    return inputs["name"] in [item["metadata"]["name"] for item in listed]


def hidden(_cloud: LocalAzure, _kind: Kind, _inputs: Json) -> bool:
    return False


def install(cloud: LocalAzure, agent_id: str, marketplace: str, name: str) -> None:
    path = f"{PLUGINS}/marketplaces/{marketplace}/plugins/{name}/install"
    cloud.poll(lambda: cloud.data("POST", agent_id, path, {}).is_success)


def pin(cloud: LocalAzure, args: Json) -> Json:
    """Pin a plugin to what its marketplace has, as `sre-agent lock-plugins` does once it is installed."""
    agent_id, name = args["agent_id"], args["name"]
    body = {"metadata": {"name": args["marketplace"]}, "spec": marketplace("contoso/plugins")}
    assert cloud.data("POST", agent_id, f"{PLUGINS}/marketplaces", body).is_success
    install(cloud, agent_id, args["marketplace"], name)
    installed = f"{PLUGINS}/installations/{name}"
    commit = cloud.data("GET", agent_id, installed).json()["commit"]
    text = cloud.data("GET", agent_id, f"{SKILLS}/{name}").json()["properties"]["skillContent"]
    assert cloud.data("DELETE", agent_id, installed).is_success
    return {"pin": {"commit": commit, "skills": {name: hashlib.sha256(text.encode()).hexdigest()}}}


def change_skill(cloud: LocalAzure, _kind: Kind, inputs: Json) -> None:
    """Somebody else writes other text into what the plugin has brought."""
    body = {"type": "Skill", "properties": {"skillContent": LONG}}
    put(f"{SKILLS}/{inputs['name']}", body, cloud, inputs)


def by_identity(host: str, scope: str) -> Json:
    return {
        "type": "http",
        "endpoint": f"https://{host}/mcp",
        "authType": "AzureARM",
        "armScope": f"api://{scope}/.default",
        "X-MS-API-ROLE": "s3cret-role",
        "selectedTools": ["dmv_read_records"],
    }


CONNECTORS: dict[str, Sample] = {
    "Connector": Sample(
        {
            "name": "dynatrace",
            "data_connector_type": "Mcp",
            "test_connection": True,
            "data_source": "placeholder",
            "identity": "system",
            "extended_properties": {
                "type": "http",
                "endpoint": "https://example.net/mcp",
                "authType": "BearerToken",
                "bearerToken": "s3cret-bearer",
                "toolsVisibleToMetaAgent": ["*"],
                "healthPings": 3,
            },
        },
        {
            "data_source": "elsewhere",
            "identity": "",
            "extended_properties": {
                "type": "http",
                "endpoint": "https://example.org/mcp",
                "authType": "BearerToken",
                "bearerToken": "s3cret-bearer",
                "toolsVisibleToMetaAgent": ["*"],
                "healthPings": 3,
            },
        },
        hidden={"test_connection": False},
        operations=True,
    ),
    "ConnectorV2Connection": Sample(
        {
            "name": "jira",
            "connector_name": "jira",
            "display_name": "Jira",
            "parameter_value_set": {"name": "apiToken", "values": {"token": "s3cret-token"}},
            "parameter_values": {"site": "s3cret-site"},
        },
        {"connector_name": "slack", "display_name": "Our Jira"},
        hidden={
            "parameter_value_set": {"name": "oauth", "values": {"token": "s3cret-other"}},
            "parameter_values": {"site": "s3cret-other"},
        },
        outputs=frozenset({"overall_status"}),
        write=write_connection,
        is_there=has_managed,
        deletable=False,
    ),
    "ConnectorV2McpServer": Sample(
        {
            "name": "jira",
            "description": "Tickets.",
            "state": "Enabled",
            "connectors": [{**JIRA, "operations": [GET_ISSUE, COMMENT]}],
            "require_approval_tools": ["create_issue", "close_issue"],
        },
        {
            "description": "Issues.",
            "state": "Disabled",
            "connectors": [{**JIRA, "operations": [GET_ISSUE, {**COMMENT, "requires_approval": False}]}],
        },
        hidden={"require_approval_tools": ["create_issue"]},
        write=write_mcp_server,
        is_there=has_managed,
        deletable=False,
    ),
    "GitHubDomain": Sample(
        {
            "domain": "ghe.example.com",
            "auth_type": "GitHubApp",
            "client_id": "Iv1.1234",
            "private_key_secret_uri": KEY,
            "key_vault_managed_identity_id": UAMI,
        },
        {
            "client_id": "Iv1.5678",
            "private_key_secret_uri": f"{KEY}/1",
            "key_vault_managed_identity_id": f"{UAMI}-2",
        },
        keyed=lambda fresh: f"{fresh}.example.com",
        write=write_domain,
        is_there=has_domain,
        path="/domains/",
        nameless=True,
        deletable=False,
    ),
    "AzureDevOpsAuthentication": Sample(
        {"organization": "contoso", "auth_type": "Pat", "access_token": "s3cret-pat"},
        {},
        hidden={"auth_type": "Entra", "access_token": "s3cret-other"},
        write=write_login,
        is_there=hidden,
        method="POST",
        path="/AzureDevOps/",
        nameless=True,
        deletable=False,
    ),
    "Marketplace": Sample(
        {"name": "contoso", "spec": marketplace("contoso/plugins")},
        {"spec": marketplace("contoso/others")},
        hidden={"delete_installations": True},
        write=write_plugin,
        is_there=has_plugin,
        method="POST",
        path="/marketplaces$",
        nameless=True,
        operations=True,
    ),
    "PluginInstallation": Sample(
        {"name": "runbooks", "spec": {"marketplace": "contoso", "version": "1"}},
        {"spec": {"marketplace": "contoso", "version": "2"}},
        write=write_plugin,
        is_there=has_plugin,
        method="POST",
        outputs=frozenset({"imported_skills"}),
        path="/installations$",
        nameless=True,
    ),
}

VARIANTS: dict[str, tuple[str, Sample]] = {
    "by identity": (
        "Connector",
        Sample(
            {
                "name": "dmv",
                "data_connector_type": "Mcp",
                "data_source": "placeholder",
                "identity": "system",
                "extended_properties": by_identity("mcp.contoso.com", "1"),
            },
            {"identity": UAMI, "extended_properties": by_identity("mcp.contoso.org", "2")},
        ),
    ),
    "pinned": (
        "PluginInstallation",
        Sample(
            {"name": "runbooks", "marketplace": "contoso"},
            {},
            prepare=pin,
            follows={"pin": {}},
            write=change_skill,
            is_there=has_plugin,
            outputs=frozenset({"imported_skills"}),
        ),
    ),
    "from a repository": (
        "PluginInstallation",
        Sample(
            {"name": "runbooks", "pat": "s3cret-pat"},
            {},
            prepare=lambda _cloud, args: {"source_url": "contoso/all", "path_in_repo": f"x/{args['name']}"},
            hidden={"pat": "s3cret-other"},
            deletable=False,  # so that a read could tell: Azure may have it under another name
            outputs=frozenset({"imported_skills"}),
        ),
    ),
}
"""Further items of a kind, which say what excludes what the first one says, by what is particular of them."""
