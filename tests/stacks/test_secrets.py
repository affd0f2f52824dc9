"""What a stack has encrypted is shown to nobody and kept in plain nowhere; what is plain is shown."""

import re
from pathlib import Path
from typing import Any

import pytest

from support.azure import SUBSCRIPTION, LocalAzure
from support.deployments import Deployment
from support.directories import AGENT, described, write
from support.echoes import nine_forms
from support.engines import BOTH, Engine

STORE = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-shop/providers/Microsoft.Storage/storageAccounts"
SETTINGS: dict[str, Any] = {
    "variables": {
        "OPS_TOKEN": "mark-token/+&1",
        "OPS_KEY": "plain-key-1",
        "SHOP_URL": "https://shop.kusto.windows.net/shop",
    },
    "incidentPlatform": {
        "type": "ServiceNow",
        "connection_url": "https://contoso.service-now.com",
        "username": "mark-user <ops>",
        "password": 'mark-pass"word',
    },
    "httpTriggers": {"t": {"agent_prompt": 'mark-prompt: look "here" & there', "is_enabled": True}},
    "alerts": {
        "enabled": True,
        "emails": {"duty": "mark-mail@contoso.com", "rest": "plain@contoso.com"},
        "webhooks": {"pager": "https://mark-hook.contoso.com/x?sig=a%2Bb"},
        "tags": {"team": "mark-tag-1"},
    },
    "lock": {"kind": "CanNotDelete", "notes": "mark-notes, ask ada"},
    "federatedCredentials": {
        "pipeline": {"issuer": "https://mark-issuer.contoso.com", "subject": "mark-subject:x"}
    },
    "dashboard": {"display_name": "mark-dashboard"},
    "webhookBridge": {"trigger": "t", "tags": {"x": "mark-bridge-tag"}},
    "diagnosticSettings": [{"name": "d", "storage_account_resource_id": f"{STORE}/mark-store"}],
}
"""A marker wherever a setting takes a text of its own."""
PLAIN = ("https://shop.kusto.windows.net/shop", "plain@contoso.com", "https://contoso.service-now.com")
STORE = "pulumi config set --path 'variables.{0}' --secret"
WARNED = (
    "warning: variables.OPS_KEY of the stack's config is a secret and stands there in plain: store it"
    " encrypted, by " + STORE.format("OPS_KEY"),
    "warning: connectors.json:20: apiKey is a secret and stands here in plain: write ${OPS_API_KEY} and store"
    " its value encrypted, by " + STORE.format("OPS_API_KEY"),
)
"""Of what somebody has put in plain."""
ECHO = " | ".join(nine_forms("mark-token/+&1"))
OPS = "/connectors/ops"
TRACE = "(?i:mark-)|bWFyay10b2|m1hcmstdG9r"
"""Any form of a marker: what is left of it in base64 and in a Basic header, too."""
DIRECTORY = {
    "agent.json": {**AGENT, "identity": {**AGENT["identity"], "agentName": "small"}},
    "connectors.json": [
        {
            "name": "events",
            "properties": {"dataConnectorType": "Kusto", "dataSource": "${SHOP_URL}", "identity": "system"},
        },
        {
            "name": "ops",
            "properties": {
                "dataConnectorType": "Mcp",
                "extendedProperties": {
                    "type": "http",
                    "endpoint": "https://ops.contoso.com/mcp?t=${OPS_TOKEN}",
                    "authType": "BearerToken",
                    "bearerToken": "${OPS_TOKEN}",
                    "appKey": "${OPS_KEY}",
                    "apiKey": "plain-key-2",
                },
            },
        },
    ],
    "config/common-prompts/safety.yaml": described("safety", prompt="Say ${OPS_TOKEN} to nobody."),
}


def sealed(deployment: Deployment, value: Any) -> Any:
    """Encrypt every text that holds a marker."""
    if isinstance(value, dict):
        return {key: sealed(deployment, inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [sealed(deployment, inner) for inner in value]
    return deployment.sealed(value) if isinstance(value, str) and "mark-" in value else value


@pytest.mark.parametrize("engine", BOTH)
def test_what_the_config_has_encrypted_stays_so(tmp_path: Path, azure: LocalAzure, engine: Engine) -> None:
    """In previews, in what a run says, in state and exports, and wherever else a run writes.

    While Azure refuses what holds a secret and repeats it in nine forms, and while it takes it and does so.
    """
    deployment = Deployment(tmp_path, azure, engine)
    write(deployment.folder / "stacks" / "agents" / "small", DIRECTORY)
    settings = {"agentDirectory": "agents/small", **sealed(deployment, SETTINGS)}
    deployment.configure({f"sre-agent:{key}": value for key, value in settings.items()})

    preview = deployment.succeed("preview", "--diff").text
    azure.fault(method="PUT", path=OPS, kind="status", status=400, code="BadThing", message=ECHO)
    texts = [preview, refused := deployment.fail("up").text]
    azure.clear_faults()
    azure.fault(path=OPS, kind="echo", message=ECHO)
    texts += [deployment.succeed("up").text, deployment.succeed("refresh").text]
    texts += [deployment.succeed("stack", *rest).text for rest in (("export",), ("output", "--json"))]
    texts += [path.read_text(errors="replace") for path in tmp_path.rglob("*") if path.is_file()]

    assert [
        found for text in texts for found in re.findall(rf"[^\n]{{0,60}}(?:{TRACE}).{{0,20}}", text)
    ] == []
    assert "BadThing" in refused
    assert [text for text in PLAIN if text not in preview] == []
    assert ([preview.count(text) for text in WARNED], "plain-key" in preview) == ([1, 1], False)
