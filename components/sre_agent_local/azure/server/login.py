"""How clients log in: managed identity as App Service speaks it, and where a cloud's endpoints are.

The protocol of `IDENTITY_ENDPOINT` and `IDENTITY_HEADER` is the one that azure-identity and msal use
unmodified (learn.microsoft.com/azure/app-service/overview-managed-identity, "REST endpoint reference").
"""

import secrets as random_secrets

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sre_agent_local.azure import tokens
from sre_agent_local.azure.graph import directory
from sre_agent_local.azure.graph.directory import Principal
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.state.azure_state import AzureState
from sre_agent_local.azure.tokens import TENANT

from .access import base_url

_PARAMETERS = {"client_id": "app_id", "object_id": "id", "principal_id": "id", "mi_res_id": "resource_id"}
"""What a query names somebody by, and what that is of a principal."""


def token(azure: AzureState, request: Request) -> Response:
    """`GET /msi/token?resource=…`: a token for the developer, or for whom the query names.

    Identities log in so in Azure; here, users and service principals that were added do, too.
    """
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
    user_name = principal.name if principal.type == "User" else ""
    client_id = principal.app_id or principal.id
    access_token, expires_on = azure.tokens.issue(resource, principal.id, client_id, user_name=user_name)
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


def _principal(azure: AzureState, request: Request) -> Principal | None:
    """Return whom the query names; the developer where it names nobody."""
    query = request.query_params
    parameter = next((name for name in _PARAMETERS if name in query), None)
    if parameter is None:
        return directory.THE_DEVELOPER
    wanted = query[parameter].lower()
    for principal in directory.principals(azure):
        if getattr(principal, _PARAMETERS[parameter]).lower() == wanted and principal.can_log_in:
            return principal
    return None


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
        "microsoftGraphResourceId": f"{url}/",
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
