"""What Azure's refusals mean: one sentence for people, one class for callers."""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pulumi_sre_agent.api.errors import AccessDenied, ApiError, Conflict, NotFound
from pulumi_sre_agent.api.kinds import Plane

LONGEST_MESSAGE = 400

BUSY_CODES = frozenset(
    {
        "OperationConflict",
        "AnotherOperationInProgress",
        "OperationInProgress",
        "ConflictingConcurrentWriteNotAllowed",
    }
)
"""Codes of a 409 that passes by itself (api.md A.12; azure-native waits on the second, pulumi.md 4.1)."""

NOT_GONE_CODES = frozenset(
    {"SubscriptionNotFound", "MissingSubscription", "InvalidResourceType", "InvalidResourceNamespace"}
)
"""Codes of a 404 that says the question was wrong, not that the resource is gone."""

SECRET_KEY = re.compile(
    r"token|secret|password|key$|connectionstring|authorization|credential|headers?$|envs?$|^pat$",
    re.IGNORECASE,
)
SHORTEST_SECRET = 4


def refusal(
    call: str,
    *,
    plane: Plane,
    status: int,
    content: bytes,
    headers: Mapping[str, str],
    sent: Any = None,
    attempts: int = 1,
) -> ApiError:
    """The error for a 4xx or 5xx answer. `call` names method and resource; no secret of `sent` is repeated."""
    code, message = _reason(content, headers.get("content-type", ""))
    code, message = masked(code, sent), masked(message, sent)
    request_id = _request_id(headers)
    hint = _hint(plane, status, code, message)
    sentence = f"{call} failed with {' '.join(filter(None, [str(status), code]))}"
    sentence += f": {message.rstrip('. ')}" if message else ""
    sentence += f" (after {attempts} attempts)" if attempts > 1 else ""
    sentence += f"; {hint}" if hint else ""
    sentence += f" (request id {request_id})." if request_id else "."
    return _class(status, code)(sentence, status=status, code=code, message=message, request_id=request_id)


def masked(text: str, sent: Any) -> str:
    """`text` with every secret value that occurs in `sent` blanked out, longest first."""
    for secret in sorted(set(_secrets(sent, inside=False)), key=len, reverse=True):
        text = text.replace(secret, "***")
    return text


def reason_of(error: Any) -> tuple[str, str]:
    """Code and message of ARM's `{code, message, details?}`, of a problem document or of plain text."""
    if isinstance(error, str):
        return "", _one_line(error)
    if not isinstance(error, Mapping):
        return "", ""
    if isinstance(error.get("error"), Mapping | str):
        return reason_of(error["error"])
    members = (error.get(key) for key in ("message", "detail", "title", "error_description"))
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
    return line if len(line) <= LONGEST_MESSAGE else line[:LONGEST_MESSAGE] + "…"


def _class(status: int, code: str) -> type[ApiError]:
    if status == 404 and code not in NOT_GONE_CODES:
        return NotFound
    return {401: AccessDenied, 403: AccessDenied, 409: Conflict, 412: Conflict}.get(status, ApiError)


def _hint(plane: Plane, status: int, code: str, message: str) -> str:
    if "not available for this tenant" in message:
        return 'this tenant takes such items on the data plane only: set plane="data"'
    if status == 429:
        return "Azure is throttling: try again later"
    if status == 403 and plane == "data":
        return (
            "ask for the role SRE Agent Administrator (or SRE Agent Author) on the agent; "
            "a new role takes a few minutes to spread"
        )
    if status == 401 and plane == "data":
        return "log in for the agent's own audience, with the Azure CLI: az login --scope https://azuresre.dev/.default"
    if code in {"AuthorizationFailed", "LinkedAuthorizationFailed"}:
        return "ask for the role Contributor on the resource group; a new role takes a few minutes to spread"
    if status == 401:
        return "log in again, and check that tenant and subscription belong together"
    if status == 404 and code in NOT_GONE_CODES:
        return "check subscription, tenant and cloud"
    return ""


def _request_id(headers: Mapping[str, str]) -> str:
    names = ("x-ms-request-id", "x-ms-correlation-request-id", "request-id", "x-ms-client-request-id")
    return next((headers[name] for name in names if headers.get(name)), "")


def _secrets(value: Any, *, inside: bool) -> Iterator[str]:
    """Every string under a key that sounds like a secret, and the parts of those that are themselves structured."""
    if isinstance(value, Mapping):
        for key, member in value.items():
            yield from _secrets(member, inside=inside or bool(SECRET_KEY.search(str(key))))
    elif isinstance(value, list | tuple):
        for member in value:
            yield from _secrets(member, inside=inside)
    elif inside and isinstance(value, str) and len(value) >= SHORTEST_SECRET:
        yield value
        yield from (part for part in re.split(r'[\s;,"{}]+|(?<=\w)=', value) if len(part) >= 8)
