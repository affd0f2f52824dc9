"""How an agent logs in to GitHub, by domain, and to Azure DevOps, by organisation (C.10)."""

from sre_agent_local.azure import kinds
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Answer
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, Handler, missing

GITHUB = "api/v2/github"
AZURE_DEVOPS = "api/v1/AzureDevOps"

_NEEDED = {"pat": ("pat",), "githubapp": ("clientId", "privateKeySecretUri")}
"""What each kind of login must say; OAuth is a consent in the browser, which no PUT replaces."""


def put_domain(request: AgentRequest) -> Answer:
    """Store a login; members may be spelled in any case, as `AuthType` and `Pat` are by some callers."""
    said = {key.lower(): value for key, value in request.json().items()}
    login = str(said.get("authtype") or "")
    needed = _NEEDED.get(login.lower())
    if needed is None:
        raise BadRequest("The authType of a domain must be 'Pat' or 'GitHubApp'.")
    for member in needed:
        if not isinstance(said.get(member.lower()), str):
            raise BadRequest(f"The member '{member}' is required for authType '{login}'.")
    visible = ("clientId", "privateKeySecretUri", "keyVaultManagedIdentityId")
    properties = {"authType": login} | {
        member: said[member.lower()] for member in visible if said.get(member.lower())
    }
    made = Resource(_domain_id(request), kinds.GITHUB_DOMAIN_TYPE, {"properties": properties}, {})
    return Answer(200, _shown(request.azure.store.put(made)))


def get_domain(request: AgentRequest) -> Answer:
    found = request.azure.store.get(_domain_id(request))
    if found is None:
        raise missing("GitHub domain", request.names[0])
    return Answer(200, _shown(found))


def list_domains(request: AgentRequest) -> Answer:
    found = request.azure.store.of_type(kinds.GITHUB_DOMAIN_TYPE, request.agent.id)
    shown = [_shown(domain) for domain in found]
    return Answer(200, {"values": [{key: one[key] for key in ("name", "authType")} for one in shown]})


def oauth_config(request: AgentRequest) -> Answer:
    """Say where somebody consents; nobody can on this machine."""
    return Answer(200, {"oAuthUrl": f"{request.azure.url}/oauth/github?agent={request.agent.name}"})


def log_in_to_azure_devops(member: str | None) -> Handler:
    """Take a login with a token in this member of the body, or with the agent's identity."""

    def handler(request: AgentRequest) -> Answer:
        organization = request.query.get("organization")
        if not organization:
            raise BadRequest("The query parameter 'organization' is required.")
        if member and not isinstance(request.json().get(member), str):
            raise BadRequest(f"The member '{member}' is required.")
        place = f"{request.agent.id}/azureDevOpsLogins/{organization}"
        stored: Json = {"properties": {"login": member or "managedIdentity"}}
        request.azure.store.put(Resource(place, kinds.AZURE_DEVOPS_TYPE, stored, {}))
        return Answer(200, {"organization": organization})

    return handler


def _shown(domain: Resource) -> Json:
    return {"name": domain.name, **domain.properties}


def _domain_id(request: AgentRequest) -> str:
    """Find a domain by its name in the path, which has `_` for every dot; one script sends the dots."""
    return f"{request.agent.id}/githubDomains/{request.names[0].replace('_', '.')}"


ROUTES = [
    AgentRoute("GET", f"{GITHUB}/domains", list_domains),
    AgentRoute("GET", f"{GITHUB}/domains/{{}}", get_domain),
    AgentRoute("PUT", f"{GITHUB}/domains/{{}}", put_domain),
    AgentRoute("GET", f"{GITHUB}/oauth/config", oauth_config),
    AgentRoute("GET", "api/v1/github/config", oauth_config),
    AgentRoute("POST", f"{AZURE_DEVOPS}/auth/pat", log_in_to_azure_devops("accessToken")),
    AgentRoute("POST", f"{AZURE_DEVOPS}/auth/mi", log_in_to_azure_devops(None)),
    AgentRoute("POST", f"{AZURE_DEVOPS}/aadauth/complete", log_in_to_azure_devops("aadAccessToken")),
]
