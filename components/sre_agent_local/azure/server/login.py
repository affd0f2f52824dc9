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
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.tokens import DEVELOPER, TENANT

from .access import base_url

_IDENTITY_PARAMETERS = {"client_id": "clientId", "object_id": "principalId", "principal_id": "principalId"}


def token(azure: AzureState, request: Request) -> Response:
    """`GET /msi/token?resource=…`: a token for the developer, or for the identity that the query names."""
    header = request.headers.get("x-identity-header", "")
    if not random_secrets.compare_digest(header.encode(), azure.identity_header.encode()):
        return _refusal(
            401, "The header X-IDENTITY-HEADER is missing or wrong; see identityHeader in azure.json."
        )
    resource = request.query_params.get("resource", "")
    if not tokens.is_for(resource, azure.audiences):
        return _refusal(
            400,
            f"AADSTS500011: The resource principal named '{resource}' was not found in the tenant {TENANT}; "
            f"there are: {', '.join(azure.audiences)}.",
        )
    principal = _principal(azure, request)
    if principal is None:
        return _refusal(
            400,
            "No User Assigned or Delegated Managed Identity found for specified "
            "ClientId/ResourceId/PrincipalId.",
        )
    object_id, client_id = principal
    access_token, expires_on = azure.tokens.issue(resource, object_id, client_id)
    body: Json = {
        "access_token": access_token,
        "client_id": client_id,
        "expires_on": str(expires_on),
        "not_before": str(expires_on - tokens.LIFETIME_SECONDS),
        "resource": resource,
        "token_type": "Bearer",
    }
    return JSONResponse(body)


def endpoints(_: AzureState, request: Request) -> Response:
    """`GET /metadata/endpoints`: the description of this cloud that `metadataHost` settings ask for."""
    cloud = _cloud(base_url(request))
    is_list = request.query_params.get("api-version", "") < "2020-06-01"  # older versions list every cloud
    return JSONResponse([cloud] if is_list else cloud)


def _principal(azure: AzureState, request: Request) -> tuple[str, str] | None:
    """Object and client id of the identity that the query names; the developer where it names none."""
    query = request.query_params
    if "mi_res_id" in query:
        identity = azure.store.get(query["mi_res_id"])
        identity = identity if identity and identity.type == identities.TYPE else None
    elif parameters := [name for name in _IDENTITY_PARAMETERS if name in query]:
        identity = identities.find(azure, **{_IDENTITY_PARAMETERS[parameters[0]]: query[parameters[0]]})
    else:
        return DEVELOPER, DEVELOPER
    return (identity.properties["principalId"], identity.properties["clientId"]) if identity else None


def _refusal(status: int, message: str) -> Response:
    return JSONResponse({"statusCode": status, "message": message}, status)


def _cloud(url: str) -> Json:
    host = url.partition("://")[2]
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
