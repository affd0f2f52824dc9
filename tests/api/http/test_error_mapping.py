"""What a refusal says to people, and that it repeats no secret."""

import base64
import html
import json
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pulumi_sre_agent.api import AccessDenied, ApiError, NotFound, Unavailable
from pulumi_sre_agent.api.http.error_mapping import refusal
from pulumi_sre_agent.api.kinds import CONNECTOR, SKILL, Plane
from pulumi_sre_agent.api.secrets import mask
from support.scripted import AGENT, VERSION, Script, refused, reply

JSON = {"content-type": "application/json"}


def say(plane: Plane, status: int, body: Any, **headers: str) -> ApiError:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return refusal("GET x", plane=plane, status=status, content=content, headers={**JSON, **headers})


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"error": {"code": "C", "message": "M.\n  And more."}}, "C", "M. And more."),
        ({"error": {"code": "C"}}, "C", ""),
        ({"error": "M"}, "", "M"),
        ({"code": "C", "message": "M"}, "C", "M"),
        ({"title": "busy", "detail": "The agent is busy."}, "", "The agent is busy."),
        ({"title": "The agent is busy."}, "", "The agent is busy."),
        ("plain", "", "plain"),
        (["odd"], "", ""),
        (b"Forbidden: Access denied by PDP", "", "Forbidden: Access denied by PDP"),
        (b"", "", ""),
        (b"\xff\xfe", "", "\ufffd\ufffd"),
        ({"message": "x" * 900}, "", "x" * 800 + "…"),
    ],
)
def test_code_and_message_are_found_in_every_shape_of_error(body: Any, code: str, message: str) -> None:
    error = say("control", 400, body)

    assert (error.code, error.message) == (code, message)
    assert "\n" not in str(error)


@pytest.mark.parametrize(
    ("plane", "status", "error", "sentence"),
    [
        (
            "control",
            403,
            {"code": "AuthorizationFailed", "message": "You may not."},
            (
                "GET x failed with 403 AuthorizationFailed: You may not; ask for the role "
                "Contributor on the resource group; a new role takes some minutes to spread (request id r)."
            ),
        ),
        (
            "data",
            403,
            "Forbidden: Access denied by PDP",
            (
                "GET x failed with 403: Forbidden: Access denied by PDP; ask for the role SRE Agent "
                "Administrator on the agent, in its Access control; a new role takes some minutes to spread "
                "(request id r)."
            ),
        ),
        (
            "data",
            401,
            {"code": "Unauthorized"},
            (
                "GET x failed with 401 Unauthorized; log in for the agent's audience, such as with "
                "az login --scope https://azuresre.dev/.default (request id r)."
            ),
        ),
        (
            "control",
            401,
            {"code": "InvalidAuthenticationTokenTenant"},
            (
                "GET x failed with 401 InvalidAuthenticationTokenTenant; log in again, and check that tenant "
                "and subscription belong together (request id r)."
            ),
        ),
        (
            "control",
            400,
            {
                "code": "BadRequest",
                "message": "Agent Extensions are not available for this tenant. Ask elsewhere.",
            },
            (
                "GET x failed with 400 BadRequest: Agent Extensions are not available for this tenant. Ask "
                'elsewhere; this tenant takes such items on the data plane only: set plane="data" '
                "(request id r)."
            ),
        ),
        (
            "control",
            404,
            {"code": "SubscriptionNotFound"},
            (
                "GET x failed with 404 SubscriptionNotFound; "
                "check subscription, tenant and cloud (request id r)."
            ),
        ),
        (
            "control",
            409,
            {
                "code": "MissingSubscriptionRegistration",
                "message": "The subscription is not registered to use namespace 'Microsoft.App'. See it.",
            },
            (
                "GET x failed with 409 MissingSubscriptionRegistration: The subscription is not registered "
                "to use namespace 'Microsoft.App'. See it; register it once for the subscription: "
                "az provider register --wait --namespace Microsoft.App (request id r)."
            ),
        ),
        (
            "control",
            403,
            {"code": "RequestDisallowedByPolicy", "message": "Resource 'x' was disallowed by policy."},
            (
                "GET x failed with 403 RequestDisallowedByPolicy: Resource 'x' was disallowed by policy; "
                "change what the policy forbids, or ask its owner for an exemption (request id r)."
            ),
        ),
        (
            "control",
            409,
            {"code": "QuotaExceeded"},
            (
                "GET x failed with 409 QuotaExceeded; ask for more in the Azure portal under Quotas, or use "
                "another region (request id r)."
            ),
        ),
        ("control", 403, {"code": "Unheard"}, "GET x failed with 403 Unheard (request id r)."),
    ],
)
def test_a_refusal_says_what_to_do_next(plane: Plane, status: int, error: Any, sentence: str) -> None:
    assert str(say(plane, status, {"error": error}, **{"x-ms-request-id": "r"})) == sentence


@pytest.mark.parametrize(
    ("action", "role"),
    [
        ("Microsoft.Authorization/roleAssignments/write", "User Access Administrator on that scope"),
        ("Microsoft.Authorization/locks/write", "User Access Administrator on that scope"),
        ("Microsoft.Network/virtualNetworks/subnets/join/action", "Network Contributor on the subnet"),
        (
            "Microsoft.ManagedIdentity/userAssignedIdentities/assign/action",
            "Managed Identity Operator on the identity",
        ),
        ("Microsoft.App/agents/write", "Contributor on the resource group"),
    ],
)
@pytest.mark.parametrize("code", ["AuthorizationFailed", "LinkedAuthorizationFailed"])
def test_the_role_to_ask_for_is_one_that_allows_the_action(code: str, action: str, role: str) -> None:
    """Also where the ids of what is written and of what it refers to make the message long."""
    id_ = "/subscriptions/" + "0" * 200
    message = f"The client has permission for {id_}; it may not '{action}' over '{id_}'."

    assert f"ask for the role {role}" in str(
        say("control", 403, {"error": {"code": code, "message": message}})
    )


def test_only_a_missing_resource_counts_as_not_found() -> None:
    """A subscription or type that ARM does not know says nothing about the resource."""
    assert isinstance(say("control", 404, {"error": {"code": "ResourceGroupNotFound"}}), NotFound)
    for code in (
        "SubscriptionNotFound",
        "MissingSubscription",
        "InvalidResourceType",
        "InvalidResourceNamespace",
    ):
        assert type(say("control", 404, {"error": {"code": code}})) is ApiError


def test_a_web_page_is_not_quoted() -> None:
    error = refusal(
        "GET x", plane="data", status=405, content=b"<h1>x</h1>", headers={"content-type": "text/html"}
    )

    assert str(error) == "GET x failed with 405: the answer was a web page."


SENT = {
    "name": "connector",
    "extendedProperties": {
        "bearerToken": "tok-12345",
        "headers": {"X-Custom": ["Bearer abcdefghijkl"]},
        "envs": {"A": "env-value-1"},
        "authType": "BearerToken",
        "endpoint": "https://mcp.example",
    },
    "connectionKey": '{"endpoint": "https://snow.example", "user": "bob-the-user", "password": "hunter22"}',
    "connectionString": "InstrumentationKey=00000000-1111-2222-3333-444444444444;IngestionEndpoint=https://in.example/",
    "pat": "123",
    "accessKey": "12345678",
}
SECRETS = [
    "tok-12345",
    "abcdefghijkl",
    "env-value-1",
    "hunter22",
    "bob-the-user",
    "00000000-1111-2222-3333-444444444444",
]


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_that_azure_echoes_is_blanked(secret: str) -> None:
    """Whole values, leaves of JSON, values of connection strings and credentials of authorization headers."""
    assert (
        mask(f"cannot use '{secret}' with https://mcp.example", SENT)
        == "cannot use '***' with https://mcp.example"
    )


ECHOED = 'correct+horse/"battery"&staple<1>'


@pytest.mark.parametrize(
    "echo",
    [
        pytest.param(ECHOED, id="plain"),
        pytest.param(quote(ECHOED, safe=""), id="url"),
        pytest.param(quote_plus(ECHOED), id="form"),
        pytest.param(base64.b64encode(ECHOED.encode()).decode(), id="base64"),
        pytest.param(base64.urlsafe_b64encode(ECHOED.encode()).decode().rstrip("="), id="base64url"),
        pytest.param(base64.b64encode(f"someone:{ECHOED}".encode()).decode(), id="basic-header"),
        pytest.param(html.escape(ECHOED), id="html"),
        pytest.param(json.dumps(ECHOED)[1:-1], id="json"),
        pytest.param(
            ECHOED.replace("&", "\\u0026")
            .replace("<", "\\u003C")
            .replace(">", "\\u003E")
            .replace('"', "\\u0022")
            .replace("+", "\\u002B"),
            id="json-of-dotnet",
        ),
        pytest.param(ECHOED.upper(), id="upper-case"),
        pytest.param(ECHOED[:18], id="cut-at-its-end"),
        pytest.param(ECHOED[-18:], id="cut-at-its-beginning"),
    ],
)
def test_a_secret_that_is_echoed_in_another_form_is_blanked(echo: str) -> None:
    text = mask(f"cannot use <{echo}> with https://mcp.example", {"bearerToken": ECHOED, "name": "horse"})

    assert text == "cannot use <***> with https://mcp.example"


def test_of_two_secrets_that_begin_alike_nothing_is_left() -> None:
    sent = {"primaryKey": "abcdefgh-0001", "secondaryKey": "abcdefgh-0001-and-more"}

    assert mask("it was abcdefgh-0001-and-more.", sent) == "it was ***."


@given(st.dictionaries(st.sampled_from(["apiToken", "secret", "Password", "accessKey"]), st.text(min_size=4)))
def test_no_value_of_a_secret_member_survives(sent: dict[str, str]) -> None:
    text = mask("; ".join(sent.values()), sent)

    assert not any(value in text for value in sent.values() if not set(value) <= set("*; "))


@pytest.mark.parametrize("plane", ["control", "data"])
def test_an_echoed_secret_never_leaves_through_any_error(script: Script, plane: Plane) -> None:
    """Whichever way the service repeats what it was sent: refusal, failed operation, encoded or plain."""
    secret = "s3cr3t-b34r3r-t0k3n"
    spec = {"extendedProperties": {"bearerToken": secret}}
    failed = {"status": "Failed", "error": {"code": "BadToken", "message": f"{secret} is not valid"}}
    script.agent().on("GET", "/ops/1", reply(200, failed))
    script.on("PUT", "/connectors/c", refused(400, "BadToken", f"{secret} is not valid"))
    script.on("PUT", "/skills/c", refused(400, secret, f"{secret} is not valid"))
    said = []
    with script.azure() as azure:
        for kind in (CONNECTOR, SKILL):
            with pytest.raises((ApiError, Unavailable)) as raised:
                azure.items(kind, AGENT, plane).put("c", spec)
            said.append(raised.value)
        script.on("PUT", "/connectors/c", reply(201, {}, azure_asyncoperation="/ops/1"))
        with pytest.raises((ApiError, Unavailable)) as raised:
            azure.items(CONNECTOR, AGENT, "control").put("c", spec)
        said.append(raised.value)

    assert not any(secret in f"{error!r}{vars(error)}" for error in said)
    assert (
        str(said[2])
        == "PUT agents/pay/connectors/c in resource group rg ended as Failed: BadToken: *** is not valid."
    )


def test_a_control_refusal_names_the_resource_shortly(script: Script) -> None:
    script.on("GET", "/agents/pay$", refused(403, "AuthorizationFailed", "No."))
    with (
        script.azure() as azure,
        pytest.raises(AccessDenied, match=r"^GET agents/pay in resource group rg failed with 403"),
    ):
        azure.control.get(AGENT, VERSION)
