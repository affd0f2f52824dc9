"""What the server says of itself, so that it can be used with curl and nothing else."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sre_agent_local.azure.control_plane import resource_types
from sre_agent_local.azure.data_plane import dispatch as data_plane
from sre_agent_local.azure.graph import dispatch as graph
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.state.faults import KINDS as FAULTS
from sre_agent_local.azure.tokens import SUBSCRIPTION, TENANT

from .access import ADMINISTRATION_HEADER, base_url


def describe_server(_: AzureState, request: Request) -> Response:
    """`GET /`: what is here, and how to get in."""
    url = base_url(request)
    groups = f"{url}/subscriptions/{SUBSCRIPTION}/resourceGroups?api-version=2024-03-01"
    login = f"{url}/msi/token?api-version=2019-08-01&resource="
    curl = 'curl -s -H "X-IDENTITY-HEADER: $IDENTITY_HEADER"'
    body: Json = {
        "name": "Local Azure",
        "what": "Both planes of Azure SRE Agent, with the resources that deployments of it need.",
        "subscription": SUBSCRIPTION,
        "tenant": TENANT,
        "login": {
            "environment": {
                "IDENTITY_ENDPOINT": f"{url}/msi/token",
                "IDENTITY_HEADER": "identityHeader in azure.json, in the server's data folder",
                "LOCAL_AZURE_TOKEN": "administrationToken there",
            },
            "controlPlaneToken": f"{curl} '{login}https://management.azure.com'",
            "dataPlaneToken": f"{curl} '{login}https://azuresre.dev'",
            "azRest": 'az rest --skip-authorization-header --headers "Authorization=Bearer $TOKEN" --url …',
        },
        "controlPlane": {
            "base": f"{url}/subscriptions/{SUBSCRIPTION}",
            "example": f"curl -s -H \"Authorization: Bearer $TOKEN\" '{groups}'",
            "apiVersions": {known.name: list(known.versions) for known in resource_types.TYPES},
        },
        "dataPlane": {
            "base": "properties.agentEndpoint of an agent",
            "note": "A GET that prefers text/html, as a browser's does, gets the web page; others get JSON.",
            "routes": data_plane.ROUTES.describe() | {"/agentHub": ["WebSocket"]},
            "hub": {"methods": ["CreateThread", "CreateMessage"], "event": "MessageUpdate"},
            "agent": {
                "answers": "as the script at /_local/script says; without one: any message, with what is in "
                "its resource group",
                "leavesAFile": "when the message asks for a report",
                "proposesAWrite": ["restart deployment/NAME", "restart NAME", "vacuum TABLE"],
            },
        },
        "graph": {"base": f"{url}/v1.0", "routes": graph.ROUTES.describe()},
        "pagerDuty": {
            "routes": ["/users/me"],
            "note": "Any key is a user's, but those in the switch pagerDutyGeneralKeys.",
        },
        "telemetry": {
            "routes": ["/v2/track"],
            "note": "Custom events, by a component's instrumentation key; ask {component}/query for them.",
        },
        "administration": {
            "base": f"{url}/_local",
            "header": f"{ADMINISTRATION_HEADER}: $LOCAL_AZURE_TOKEN",
        },
    }
    return JSONResponse(body)


def describe_administration(azure: AzureState) -> Json:
    """`GET /_local`: the routes below it."""
    return {
        "GET /_local/health": "whether the server is up, and its process id",
        "POST /_local/reset": "forget everything: resources, requests, faults, switches, who was added",
        "POST /_local/stop": "stop the server",
        "GET /_local/requests?since=SEQ": "requests so far, without bodies and tokens; DELETE forgets them",
        "GET /_local/faults": "faults in force; DELETE removes them all, DELETE /_local/faults/ID one",
        "POST /_local/faults": {
            "kind": list(FAULTS),
            "path": "regular expression searched in the path",
            "method": "verb or *",
            "times": "how often, null: always",
            "skip": "how many to let pass first",
            "seconds": "delay",
            "status, code, message, retryAfter": "of the answer, or of the failed operation",
            "processed": "whether the request takes effect before its answer is lost or spoiled",
        },
        "GET /_local/incidents": "incidents that agents have taken",
        "POST /_local/incidents": {
            "agent": "name or ARM id; without one, every agent that the incident concerns",
            "alert": "name or ARM id of an alert rule that fires, in the place of the members below",
            "title": "of the incident, or the name of the alert's rule",
            "platform": "AzMonitor, PagerDuty or ServiceNow; by default the agent's",
            "priority": "Sev0 to Sev4, P1 to P5 or 1 to 5",
            "service, incidentType, description, resource, resourceType, rule, id": "of the incident",
        },
        "GET /_local/clock": "what time it is here",
        "POST /_local/clock/advance": {"seconds": "how far; scheduled tasks run that fall due on the way"},
        "POST /_local/clock/reset": "go back to the machine's time",
        "GET /_local/script": "what the agent does, in YAML; PUT sets another script, DELETE goes back",
        "POST /_local/incidents/ID/resolve": {"by": "agent or user"},
        "GET /_local/principals": "everybody in the directory, with roles; DELETE /_local/principals/ID one",
        "POST /_local/principals": {
            "type": "User, Group or ServicePrincipal",
            "name": "an address, or any name",
            "id, appId": "GUIDs of its own",
            "roles": [{"role": "name or GUID", "scope": "ARM id"}],
        },
        "GET /_local/subscriptions": "by id and name; POST {id, name} adds one, until a reset",
        "GET /_local/switches": azure.settings.to_json(),
        "PATCH /_local/switches": {"any": 'change some of them, such as {"restrictedTenant": true}'},
        "DELETE /_local/switches": "as they were at the start; DELETE /_local/switches/NAME one",
        "GET /_local/switches/about": "what each stands for, and where that is written down",
    }
