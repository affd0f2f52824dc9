"""Deployments of templates: there are none, since nothing here deploys one.

See docs/reference/control-plane.md#what-the-azure-cli-asks.
"""

from sre_agent_local.azure.errors import BadRequest, NotFound
from sre_agent_local.azure.http.messages import Response

from .request import ArmRequest, ArmRoute, page

TYPE = "Microsoft.Resources/deployments"


def list_all(_request: ArmRequest) -> Response:
    return page([])


def get(request: ArmRequest) -> Response:
    raise NotFound(f"Deployment '{request.name}' could not be found.", code="DeploymentNotFound")


def refuse(_request: ArmRequest) -> Response:
    raise BadRequest(
        "The local Azure deploys no templates: create the resources one by one, or with Pulumi.",
        code="InvalidTemplateDeployment",
    )


ROUTES = [
    ArmRoute("GET", TYPE, list_all),
    ArmRoute("GET", f"{TYPE}/{{}}", get),
    ArmRoute("PUT", f"{TYPE}/{{}}", refuse),
    *(ArmRoute("POST", f"{TYPE}/{{}}/{action}", refuse) for action in ("validate", "whatIf")),
]
"""`validate` and `whatIf` are what the Azure CLI asks before it puts one."""
