"""How clients log in: managed identity as App Service speaks it, and where a cloud's endpoints are.

The protocol of `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` is the one that azure-identity and msal use
unmodified (learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference").
"""

import secrets as random_secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sre_agent_local.azure import tokens
from sre_agent_local.azure.control_plane import identities
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import Azure
from sre_agent_local.azure.tokens import DEVELOPER, TENANT

_IDENTITY_PARAMETERS = {"client_id": "clientId", "object_id": "principalId", "principal_id": "principalId"}


def token(azure: Azure, request: Request) -> Response:
    """`GET /msi/token?resource=…`: a token for the developer, or for the identity that the query names."""
    shown = request.headers.get("x-identity-header", "")
    if not random_secrets.compare_digest(shown.encode(), azure.identity_header.encode()):
        return _refused(
            401, "The header X-IDENTITY-HEADER is missing or wrong; see identityHeader in azure.json."
        )
    resource = request.query_params.get("resource", "")
    audiences = (*tokens.CONTROL_AUDIENCES, azure.url, *tokens.DATA_AUDIENCES)
    if not tokens.is_for(resource, audiences):
        return _refused(
            400,
            f"AADSTS500011: The resource principal named '{resource}' was not found in the tenant {TENANT}; "
            f"there are: {', '.join(audiences)}.",
        )
    who = _principal(azure, request)
    if who is None:
        return _refused(
            400,
            "No User Assigned or Delegated Managed Identity found for specified "
            "ClientId/ResourceId/PrincipalId.",
        )
    object_id, client_id = who
    access_token, expires_on = tokens.issue(resource, object_id, client_id)
    body: Json = {
        "access_token": access_token,
        "client_id": client_id,
        "expires_on": str(expires_on),
        "not_before": str(expires_on - tokens.LIFETIME_SECONDS),
        "resource": resource,
        "token_type": "Bearer",
    }
    return JSONResponse(body)


def endpoints(azure: Azure, request: Request) -> Response:
    """`GET /metadata/endpoints`: the description of this cloud that `metadataHost` settings ask for."""
    cloud = _cloud(azure.url)
    is_list = request.query_params.get("api-version", "") < "2020-06-01"  # older versions list every cloud
    return JSONResponse([cloud] if is_list else cloud)


def _principal(azure: Azure, request: Request) -> tuple[str, str] | None:
    """Object and client id of the identity that the query names; the developer where it names none."""
    asked = request.query_params
    if "mi_res_id" in asked:
        found = azure.store.get(asked["mi_res_id"])
        found = found if found and found.type == identities.TYPE else None
    elif named := [name for name in _IDENTITY_PARAMETERS if name in asked]:
        found = identities.find(azure, **{_IDENTITY_PARAMETERS[named[0]]: asked[named[0]]})
    else:
        return DEVELOPER, DEVELOPER
    return (found.properties["principalId"], found.properties["clientId"]) if found else None


def _refused(status: int, message: str) -> Response:
    return JSONResponse({"statusCode": status, "message": message}, status)


def _cloud(url: str) -> Json:
    host = url.removeprefix("http://")
    return {
        "name": "LocalAzure",
        "portal": url,
        "resourceManager": url,
        "authentication": {
            "loginEndpoint": url,
            "audiences": [f"{audience}/" for audience in reversed(tokens.CONTROL_AUDIENCES)],
            "tenant": TENANT,
            "identityProvider": "AAD",
        },
        "graph": url,
        "graphAudience": url,
        "microsoftGraphResourceId": "https://graph.microsoft.com/",
        "logAnalyticsResourceId": "https://api.loganalytics.io",
        "media": url,
        "batch": url,
        "suffixes": {
            "acrLoginServer": f"azurecr.{host}",
            "keyVaultDns": f"vault.{host}",
            "sqlServerHostname": f"database.{host}",
            "storage": f"storage.{host}",
        },
    }
