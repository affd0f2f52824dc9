"""What Azure's refusals mean: one sentence for people, one class for callers."""

import json
import re
from collections.abc import Callable, Mapping
from typing import Any

from pulumi_sre_agent.api.errors import AccessDenied, ApiError, Conflict, NotFound
from pulumi_sre_agent.api.kinds import Plane

LONGEST_MESSAGE = 800
"""Two ARM ids fit, of a resource and of what it refers to."""

BUSY_CODES = frozenset({"OperationConflict", "AnotherOperationInProgress", "OperationInProgress"})
"""Codes of a 409 that passes by itself.

See docs/reference/control-plane.md#errors, docs/reference/azure-native.md#update-and-delete.
"""

BUSY_AGENT = re.compile(r"\bbusy\b", re.IGNORECASE)
"""What a 422 says of an agent that still answers the message before.

See docs/reference/data-plane.md#general-behaviour.
"""

NOT_GONE_CODES = frozenset(
    {"SubscriptionNotFound", "MissingSubscription", "InvalidResourceType", "InvalidResourceNamespace"}
)
"""Codes of a 404 that says the question was wrong, not that the resource is gone."""

SPREADS = "a new role takes some minutes to spread"
ROLES = {
    "roleAssignments/": "User Access Administrator on that scope, or take people and targets out",
    "locks/": "User Access Administrator on that scope, or take the lock out",
    "subnets/join/action": "Network Contributor on the subnet, or choose another network",
    "userAssignedIdentities/assign/action": "Managed Identity Operator on the identity",
    "": "Contributor on the resource group",
}
"""What to ask for where ARM refuses an action; the first that the refusal names."""

HINTS: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), hint)
    for pattern, hint in (
        (
            r"not available for this tenant",
            'this tenant takes such items on the data plane only: set plane="data"',
        ),
        (r"^data 422 .*\bbusy\b", "one turn at a time: wait until the thread is idle, then send again"),
        (
            r"Handoff agent '[^']+' does not exist",
            "make that subagent first: name it in this one's depends_on, or take it out of the handoffs",
        ),
        (r"^data 412 ", "somebody else changed it at the same time: look at what they did, then run again"),
        (
            r"does not match configured incident management type",
            "connect that platform first, with an IncidentPlatform that this depends on",
        ),
        (r"^(control|data) 429 ", "Azure is throttling: run the same again in some minutes"),
        (
            r"^data 403 ",
            f"ask for the role SRE Agent Administrator on the agent, in its Access control; {SPREADS}",
        ),
        (
            r"^data 401 ",
            "log in for the agent's audience, such as with az login --scope https://azuresre.dev/.default",
        ),
        *(
            (
                rf"^control \d+ (Linked)?AuthorizationFailed.*{action}",
                f"ask for the role {role}; {SPREADS}",
            )
            for action, role in ROLES.items()
        ),
        (
            r"^control \d+ RequestDisallowedByPolicy",
            "change what the policy forbids, or ask its owner for an exemption",
        ),
        (
            r"^control \d+ MissingSubscriptionRegistration: .*'(Microsoft\.\w+)'",
            r"register it once for the subscription: az provider register --wait --namespace \1",
        ),
        (r"^control \d+ LocationNotAvailableForResourceType", "choose a location that is in this list"),
        (r"^control \d+ \w*Quota", "ask for more in the Azure portal under Quotas, or use another region"),
        (r"^control 401 ", "log in again, and check that tenant and subscription belong together"),
        (rf"^control 404 ({'|'.join(sorted(NOT_GONE_CODES))})", "check subscription, tenant and cloud"),
    )
)
"""What to do next, by `<plane> <status> <code>: <message>`; the first that matches."""


def refusal(
    call: str,
    *,
    plane: Plane | None,
    status: int,
    content: bytes,
    headers: Mapping[str, str],
    mask: Callable[[str], str] = str,
    attempts: int = 1,
) -> ApiError:
    """Make the error for an answer of 4xx or 5xx.

    `call` names method and resource; `mask` blanks out the secrets that it may repeat.
    """
    code, message = (mask(text) for text in _reason(content, headers.get("content-type", "")))
    request_id = _request_id(headers)
    facts = f"{plane} {status} {code}: {message}"
    hint = next((match.expand(hint) for pattern, hint in HINTS if (match := pattern.search(facts))), "")
    sentence = f"{call} failed with {' '.join(filter(None, [str(status), code]))}"
    sentence += f": {message.rstrip('. ')}" if message else ""
    sentence += f" (after {attempts} attempts)" if attempts > 1 else ""
    sentence += f"; {hint}" if hint else ""
    sentence += f" (request id {request_id})." if request_id else "."
    return _class(status, code)(sentence, status=status, code=code, message=message, request_id=request_id)


def reason_of(error: Any) -> tuple[str, str]:
    """Return code and message of ARM's `{code, message}`, of a problem document or of plain text."""
    if isinstance(error, str):
        return "", _one_line(error)
    if not isinstance(error, Mapping):
        return "", ""
    if isinstance(error.get("error"), Mapping | str):
        return reason_of(error["error"])
    members = (error.get(key) for key in ("message", "detail", "title"))
    message = next((str(member) for member in members if member), "")
    return str(error.get("code") or ""), _one_line(message)


def _reason(content: bytes, content_type: str) -> tuple[str, str]:
    if "html" in content_type.lower():
        return "", "the answer was a web page"
    try:
        return reason_of(json.loads(content))
    except ValueError:
        return reason_of(content.decode("utf-8", "replace"))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST_MESSAGE else f"{line[:LONGEST_MESSAGE]}…"


def _class(status: int, code: str) -> type[ApiError]:
    if status == 404 and code not in NOT_GONE_CODES:
        return NotFound
    return {401: AccessDenied, 403: AccessDenied, 409: Conflict, 412: Conflict}.get(status, ApiError)


def _request_id(headers: Mapping[str, str]) -> str:
    names = ("x-ms-request-id", "x-ms-correlation-request-id", "request-id")
    return next((headers[name] for name in names if headers.get(name)), "")
