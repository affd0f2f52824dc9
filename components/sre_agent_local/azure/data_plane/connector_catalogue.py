"""`/api/v2/connectorV2/managedApis` and each connector's operations: what there is to connect to.

The routes are documented, their answers are not: they are as in the gateway below, Azure's API connections.
Without the switch `connectorCatalogue` nothing is found.

See docs/reference/data-plane.md#managed-connectors, docs/reference/assumptions.md#managed-connectors.
"""

from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response

from .request import AgentRequest, AgentRoute, not_found, page

_APIS: dict[str, tuple[str, dict[str, str]]] = {
    "jira": (
        "Jira",
        {
            "AddComment": "Add Comment",
            "CreateIssue": "Create Issue",
            "GetIssue": "Get Issue",
            "SearchIssues": "Search Issues",
        },
    ),
    "office365": (
        "Office 365 Outlook",
        {"GetEmails": "Get Emails", "ReplyTo": "Reply To Email", "SendEmail": "Send Email"},
    ),
    "slack": ("Slack", {"ListChannels": "List Channels", "PostMessage": "Post Message"}),
    "teams": (
        "Microsoft Teams",
        {"ListChannels": "List Channels", "PostMessageToChannel": "Post Message To Channel"},
    ),
}


def list_apis(request: AgentRequest) -> Response:
    _check_there(request)
    return page([{"name": name, "properties": {"displayName": title}} for name, (title, _) in _APIS.items()])


def list_operations(request: AgentRequest) -> Response:
    _check_there(request)
    api = _APIS.get(request.name.lower())
    if api is None:
        raise not_found("connector", request.name)
    return page([_operation(name, title) for name, title in api[1].items()])


def _check_there(request: AgentRequest) -> None:
    """Raise NotFound in a build without a catalogue."""
    if not request.azure.settings.connector_catalogue:
        raise not_found("route", request.url_path)


def _operation(name: str, title: str) -> Json:
    return {"name": name, "properties": {"summary": title, "description": f"{title}."}}


ROUTES = [
    AgentRoute("GET", "api/v2/connectorV2/managedApis", list_apis),
    AgentRoute("GET", "api/v2/connectorV2/connectors/{}/operations", list_operations),
]
