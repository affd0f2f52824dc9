"""PagerDuty, as far as a deployment asks it anything: whose a key is.

The protocol is that of developer.pagerduty.com, "Get the current user"; the refusal's words are those by
which PagerDuty's own Python client, pdpyras, tells a key of an account from one of a user.
"""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from sre_agent_local.azure.state.azure_state import Azure

SCHEME = "Token token="


def current_user(azure: Azure, request: Request) -> Response:
    """`GET /users/me`: the user whose key it is; any key is somebody's, but those that are an account's."""
    shown = request.headers.get("authorization", "")
    key = shown.removeprefix(SCHEME)
    if key == shown or not key:
        return JSONResponse({"error": {"message": "Invalid token", "code": 2006}}, 401)
    if key in azure.switches.pager_duty_general_keys:
        refused = "/users/me does not work with an account-level access token: no user is associated with it"
        return JSONResponse({"error": refused}, 400)
    user = {"id": "PLOCAL1", "type": "user", "name": "Whoever is on call", "email": "oncall@contoso.com"}
    return JSONResponse({"user": user})
