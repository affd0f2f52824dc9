"""The four environments: one program, four stack files, each from its first preview to its end."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from support import golden
from support.azure import GROUPS, SUBSCRIPTION, LocalAzure
from support.deployments import Deployment

GOLDEN = Path(__file__).parent / "golden"
WATCHED = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
VARIABLES = {
    "PAYMENTS_APP_INSIGHTS_ID": f"{WATCHED}/providers/Microsoft.Insights/components/appi-payments",
    "PAYMENTS_LOG_ANALYTICS_ID": f"{WATCHED}/providers/Microsoft.OperationalInsights/workspaces/log-payments",
    "PAYMENTS_KUSTO_URL": "https://payments.swedencentral.kusto.windows.net/payments",
}
KEY = "u+of-a-user-of-pagerduty"


def test_local_is_as_reviewed(deployment: Deployment, update: bool) -> None:
    """How it lives is for `test_life.py`."""
    golden.check(GOLDEN / "local.yaml", golden.digest(preview(deployment)), update=update)


@pytest.mark.parametrize("stack", ["dev", "staging", "prod"])
def test_an_environment_lives(tmp_path: Path, azure: LocalAzure, stack: str, update: bool) -> None:
    """A preview as reviewed, up, nothing to do in a preview and a refresh, and a destroy that leaves nothing.

    What a stack protects has to be given up first.
    """
    azure.group("rg-payments")
    deployment = Deployment(tmp_path, azure, stack=stack)
    deployment.configure({**only_operators_know(deployment), **with_key(deployment)})

    golden.check(GOLDEN / f"{stack}.yaml", golden.digest(preview(deployment)), update=update)
    deployment.succeed("up")
    deployment.succeed("preview", "--expect-no-changes")
    deployment.succeed("refresh", "--expect-no-changes")
    assert KEY not in deployment.state_file.read_text()

    if protected(deployment):
        deployment.configure({"sre-agent:protect": None})
        deployment.succeed("up")
        assert not protected(deployment)
    deployment.succeed("destroy")

    groups = azure.arm("GET", f"/subscriptions/{SUBSCRIPTION}/resourceGroups", api_version=GROUPS)
    assert [group["name"] for group in groups.json()["value"]] == ["rg-payments"]
    roles = azure.arm(
        "GET", f"{WATCHED}/providers/Microsoft.Authorization/roleAssignments", api_version="2022-04-01"
    )
    assert roles.json()["value"] == []


def preview(deployment: Deployment) -> Any:
    """Return a preview that warns of no secret in plain."""
    result = deployment.succeed("preview", "--json")
    assert "in plain" not in result.text
    return result.json()


def only_operators_know(deployment: Deployment) -> dict[str, Any]:
    """Return what the stack files leave to `pulumi config set`, and the token to its `--secret`."""
    token = deployment.sealed("of the operators")
    return {"sre-agent:variables": {**VARIABLES, "PAYMENTS_OPS_TOKEN": token}}


def with_key(deployment: Deployment) -> dict[str, Any]:
    """Return the platform that a stack file chooses, its key as `pulumi config set --secret` leaves it."""
    name, stack = "sre-agent:incidentPlatform", yaml.safe_load(deployment.stack_file.read_text())
    said = stack["config"].get(name)
    return {name: {**said, "connection_key": deployment.sealed(KEY)}} if said else {}


def protected(deployment: Deployment) -> bool:
    return any(resource.get("protect") for resource in deployment.resources().values())
