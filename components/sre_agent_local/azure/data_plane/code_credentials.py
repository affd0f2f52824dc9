"""How an agent logs in to GitHub, by domain, and to Azure DevOps, by organisation.

See docs/reference/data-plane.md#code-logins.
"""

from urllib.parse import parse_qs, urlsplit

from sre_agent_local.azure import kinds
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.messages import Response
from sre_agent_local.azure.state.store import Resource

from .request import AgentRequest, AgentRoute, Handler, not_found

GITHUB = "api/v2/github"
AZURE_DEVOPS = "api/v1/AzureDevOps"
GITHUB_COM = "github.com"

_REQUIRED = {"pat": ("pat",), "githubapp": ("clientId", "privateKeySecretUri")}
"""What each kind of login must say; OAuth is a consent in the browser, which no PUT replaces."""


def put_domain(request: AgentRequest) -> Response:
    """Store a login; members may be spelled in any case, as `AuthType` and `Pat` are by some callers."""
    members = {key.lower(): value for key, value in request.json().items()}
    login = str(members.get("authtype") or "")
    required = _REQUIRED.get(login.lower())
    if required is None:
        raise BadRequest("The authType of a domain must be 'Pat' or 'GitHubApp'.")
    for member in required:
        if not isinstance(members.get(member.lower()), str):
            raise BadRequest(f"The member '{member}' is required for authType '{login}'.")
    visible = ("clientId", "privateKeySecretUri", "keyVaultManagedIdentityId")
    properties = {"authType": login} | {
        member: members[member.lower()] for member in visible if members.get(member.lower())
    }
    domain = request.put_child(_domain_id(request), kinds.GITHUB_DOMAIN_TYPE, properties)
    return Response(200, _domain_body(domain))


def get_domain(request: AgentRequest) -> Response:
    return Response(200, _domain_body(_find_domain(request)))


def delete_domain(request: AgentRequest) -> Response:
    request.azure.store.delete(_find_domain(request).id)
    return Response(204)


def list_domains(request: AgentRequest) -> Response:
    domains = [_domain_body(domain) for domain in request.children(kinds.GITHUB_DOMAIN_TYPE)]
    shown = [{**{key: one[key] for key in ("name", "authType")}, "isHealthy": True} for one in domains]
    return Response(200, {"values": shown})


def log_in_to_github(request: AgentRequest) -> Response:
    """Take a token for github.com, as a form or as JSON, as callers of version 1 send it."""
    if not _sent_token(request):
        raise BadRequest("The member 'pat' is required.")
    request.put_child(_github_id(request), kinds.GITHUB_DOMAIN_TYPE, {"authType": "Pat"})
    return Response(200, {"isAuthenticated": True})


def log_out_of_github(request: AgentRequest) -> Response:
    request.azure.store.delete(_github_id(request))
    return Response(204)


def list_github_repos(request: AgentRequest) -> Response:
    """List what the login may read: of what nobody can reach here, the repositories that the agent has."""
    if request.azure.store.get(_github_id(request)) is None:
        raise not_found("login to GitHub", GITHUB_COM)
    urls = [str(repo.properties["url"]).removesuffix(".git") for repo in request.children(kinds.REPO_TYPE)]
    on_github = [urlsplit(url) for url in urls if urlsplit(url).hostname == GITHUB_COM]
    return Response(
        200,
        [{"fullName": url.path.strip("/"), "url": url.geturl()} for url in on_github if url.path.strip("/")],
    )


def _sent_token(request: AgentRequest) -> str:
    """Return the token of a form's field `pat`, or of a member of that name, or of Azure DevOps' name."""
    if request.headers.get("content-type", "").lower().startswith("application/x-www-form-urlencoded"):
        fields = parse_qs(request.content.decode("utf-8", "replace"))
        return fields.get("pat", [""])[0]
    body = request.json()
    token = body.get("pat") or body.get("accessToken")
    return token if isinstance(token, str) else ""


def oauth_config(request: AgentRequest) -> Response:
    """Say where somebody consents; nobody can on this machine."""
    return Response(200, {"oAuthUrl": f"{request.base_url}/oauth/github?agent={request.agent.name}"})


def log_in_to_azure_devops(member: str | None) -> Handler:
    """Take a login with a token in this member of the body, or with the agent's identity."""

    def handler(request: AgentRequest) -> Response:
        organization = request.query.get("organization")
        if not organization:
            raise BadRequest("The query parameter 'organization' is required.")
        if member and not isinstance(request.json().get(member), str):
            raise BadRequest(f"The member '{member}' is required.")
        login_id = request.child_id("azureDevOpsLogins", organization)
        request.put_child(login_id, kinds.AZURE_DEVOPS_TYPE, {"login": member or "managedIdentity"})
        return Response(200, {"organization": organization})

    return handler


def _find_domain(request: AgentRequest) -> Resource:
    domain = request.azure.store.get(_domain_id(request))
    if domain is None:
        raise not_found("GitHub domain", request.names[0])
    return domain


def _domain_body(domain: Resource) -> Json:
    return {"name": domain.name, **domain.properties}


def _github_id(request: AgentRequest) -> str:
    return request.child_id("githubDomains", GITHUB_COM)


def _domain_id(request: AgentRequest) -> str:
    """Find a domain by its name in the path, which has `_` for every dot; one script sends the dots."""
    return request.child_id("githubDomains", request.names[0].replace("_", "."))


ROUTES = [
    AgentRoute("GET", f"{GITHUB}/domains", list_domains),
    AgentRoute("GET", f"{GITHUB}/domains/{{}}", get_domain),
    AgentRoute("PUT", f"{GITHUB}/domains/{{}}", put_domain),
    AgentRoute("DELETE", f"{GITHUB}/domains/{{}}", delete_domain),
    AgentRoute("GET", f"{GITHUB}/oauth/config", oauth_config),
    AgentRoute("GET", "api/v1/github/config", oauth_config),
    AgentRoute("POST", "api/v1/github/auth/pat", log_in_to_github),
    AgentRoute("DELETE", "api/v1/github/auth", log_out_of_github),
    AgentRoute("GET", "api/v1/github/repos", list_github_repos),
    AgentRoute("POST", f"{AZURE_DEVOPS}/auth/pat", log_in_to_azure_devops("accessToken")),
    AgentRoute("POST", f"{AZURE_DEVOPS}/auth/mi", log_in_to_azure_devops(None)),
    AgentRoute("POST", f"{AZURE_DEVOPS}/aadauth/complete", log_in_to_azure_devops("aadAccessToken")),
]
