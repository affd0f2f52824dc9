"""PagerDuty, as far as a deployment asks it anything: whose a key is.

The protocol is that of developer.pagerduty.com, "Get the current user"; the refusal's words are those by
which PagerDuty's own Python client, pdpyras, tells a key of an account from one of a user.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sre_agent_local.azure.state.azure_state import AzureState

SCHEME = "Token token="


def current_user(azure: AzureState, request: Request) -> Response:
    """`GET /users/me`: the user whose key it is; any key is somebody's, but those that are an account's."""
    authorization = request.headers.get("authorization", "")
    key = authorization.removeprefix(SCHEME)
    if key == authorization or not key:
        return JSONResponse({"error": {"message": "Invalid token", "code": 2006}}, 401)
    if key in azure.settings.pager_duty_general_keys:
        message = "/users/me does not work with an account-level access token: no user is associated with it"
        return JSONResponse({"error": message}, 400)
    user = {"id": "PLOCAL1", "type": "user", "name": "Whoever is on call", "email": "oncall@contoso.com"}
    return JSONResponse({"user": user})
