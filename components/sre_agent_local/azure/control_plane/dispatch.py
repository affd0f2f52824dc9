"""The control plane's front door: token, path, type, api-version and method, judged in ARM's order."""

import re

from sre_agent_local.azure.arm_path import RESOURCES, ArmPath
from sre_agent_local.azure.errors import (
    InvalidApiVersion,
    InvalidResourceNamespace,
    InvalidResourceType,
    MethodNotAllowed,
    MissingApiVersion,
    NoRegisteredProvider,
    NotFound,
    ResourceGroupNotFound,
    SubscriptionNotFound,
)
from sre_agent_local.azure.http.messages import IncomingRequest, Response
from sre_agent_local.azure.http.routes import Routes
from sre_agent_local.azure.state.azure_state import AzureState

from . import (
    action_groups,
    agent_spaces,
    agents,
    alert_rules,
    budgets,
    connectors,
    deployments,
    diagnostic_settings,
    extensions,
    identities,
    locations,
    locks,
    monitoring,
    nat_gateways,
    permissions,
    private_dns,
    resource_graph,
    resource_groups,
    resource_types,
    role_assignments,
    security_groups,
    subscriptions,
    tags,
    telemetry,
    virtual_networks,
    workbooks,
    workflows,
)
from .request import ArmRequest, Handler

MODULES = (
    subscriptions,
    resource_groups,
    tags,
    deployments,
    resource_graph,
    identities,
    role_assignments,
    permissions,
    locks,
    monitoring,
    telemetry,
    diagnostic_settings,
    security_groups,
    nat_gateways,
    virtual_networks,
    private_dns,
    agents,
    agent_spaces,
    connectors,
    extensions,
    locations,
    action_groups,
    alert_rules,
    workbooks,
    workflows,
    budgets,
)
ROUTES: Routes[Handler] = Routes(route for module in MODULES for route in module.ROUTES)

_VERSION = re.compile(r"\d{4}-\d{2}-\d{2}(-[a-z.]+)?", re.IGNORECASE)


def dispatch(azure: AzureState, incoming: IncomingRequest) -> Response:
    """Answer a request to ARM. Raises AzureError."""
    caller = azure.tokens.check(incoming.authorization, azure.control_audiences)
    path = ArmPath.parse(incoming.segments)
    if path.subscription is not None and path.subscription.lower() not in azure.subscriptions:
        raise SubscriptionNotFound(path.subscription)
    version = incoming.query.get("api-version", "")
    _check_type(path, incoming.method, version)
    match = ROUTES.find(incoming.method, path.segments)
    if match is None:
        raise NotFound(f"No HTTP resource was found that matches '{incoming.path}'.")
    if match.route is None:
        raise MethodNotAllowed(incoming.method)
    permissions.check_action(azure, caller, incoming.method, path)
    permissions.check_registered(azure, incoming.method, path)
    if path.group and azure.store.get(path.group_id) is None:
        raise ResourceGroupNotFound(path.group)
    locks.check_locks(azure, incoming.method, "/" + "/".join(incoming.segments))
    request = ArmRequest(
        azure,
        incoming.method,
        incoming.path,
        path,
        match.names,
        incoming.query,
        incoming.content,
        caller,
        version.lower(),
        incoming.base_url,
    )
    with azure.store.atomic():
        return match.route.handler(request)


def _check_type(path: ArmPath, method: str, version: str) -> None:
    if path.namespace.lower() not in resource_types.NAMESPACES:
        raise InvalidResourceNamespace(path.namespace)
    known = resource_types.find(path.namespace, path.kind)
    if known is None and method == "POST" and len(path.rest) % 2:  # an action, such as agents/a/start
        known = resource_types.find(path.namespace, path.kind.rpartition("/")[0])
    if known is None:
        raise InvalidResourceType(path.namespace, path.kind, version)
    if not version:
        raise MissingApiVersion
    if version.lower() in known.versions:
        return
    if path.namespace.lower() == RESOURCES.lower() or not _VERSION.fullmatch(version):
        raise InvalidApiVersion(version, known.versions)
    raise NoRegisteredProvider(known.name.split("/", 1)[1], version, "global", known.versions)
