"""What ARM answers: errors, resources, and how far a long-running operation is."""

import httpx

from .property_values import Json

RETRIED_STATUSES = frozenset({408, 429, 500, 502, 503, 504})
RETRIED_CONFLICTS = frozenset(
    {
        "AnotherOperationInProgress",
        "ConcurrentFederatedIdentityCredentialsWritesForSingleManagedIdentity",
        "ConflictingConcurrentWriteNotAllowed",
        "StorageAccountOperationInProgress",
        "TransientError",
    }
)
"""Codes of a 409 that passes by itself."""
GONE = frozenset(
    {
        "EntityNotFound",
        "LockNotFound",
        "NotFound",
        "ParentResourceNotFound",
        "ResourceGroupNotFound",
        "ResourceNotFound",
        "RoleAssignmentNotFound",
        "SubscriptionNotFound",
        "VulnerabilityAssessmentBaselineDoesNotExists",
    }
)
"""Codes of a 404 that say that a resource is gone; with any other, who knows who answered."""
TERMINAL_STATES = frozenset({"succeeded", "failed", "canceled"})


class ArmError(Exception):
    """ARM said no, or nothing usable; `str()` is one sentence."""

    def __init__(self, sentence: str, *, status: int = 0, code: str = "", body: str = "") -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.body = body

    @property
    def is_gone(self) -> bool:
        """Whether ARM says that there is no such resource."""
        return self.status == 404 and self.code in GONE


class OperationFailed(ArmError):
    """A write that ARM had accepted came to nothing; the resource may exist, half made."""


class OperationAbandoned(OperationFailed):
    """Nobody waited for the end of a write: the time was up, or the run was cancelled."""


class RetryableError(Exception):
    """A failure that the next attempt may not see; `error` is what it is where there is no next one."""

    def __init__(self, error: ArmError, after: float = 0) -> None:
        super().__init__(str(error))
        self.error = error
        self.after = after


def refusal(response: httpx.Response) -> ArmError | RetryableError:
    """Tell of an answer that is no success, as azure-native does."""
    code = _error_code(response)
    status = response.status_code
    error = ArmError(_error_text(response), status=status, code=code, body=response.text)
    if status in RETRIED_STATUSES or (status == 409 and code in RETRIED_CONFLICTS):
        return RetryableError(error, retry_after(response, 0))
    return error


def _error_text(response: httpx.Response) -> str:
    code = _error_code(response)
    message = _error_member(response).get("message") or response.text
    return f"Status={response.status_code} " + (f'Code="{code}" ' if code else "") + f'Message="{message}"'


def _error_code(response: httpx.Response) -> str:
    """Return what the body, else the header, says; some services have no `error` around it."""
    code = _error_member(response).get("code") or response.headers.get("x-ms-error-code")
    return str(code or (json_object(response) or {}).get("code") or "")


def _error_member(response: httpx.Response) -> Json:
    error = (json_object(response) or {}).get("error")
    return error if isinstance(error, dict) else {}


def unexpected(response: httpx.Response) -> ArmError:
    text = f"unexpected response from Azure: '{response.text}', HTTP status: {response.status_code}"
    return ArmError(text, status=response.status_code, body=response.text)


def json_object(response: httpx.Response) -> Json | None:
    """Return the object that was answered; None where there is nothing, or nothing of the kind."""
    try:
        body = response.json()
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def required_object(response: httpx.Response) -> Json:
    body = json_object(response)
    if body is None and response.content:
        raise unexpected(response)
    return body or {}


def operation_url(response: httpx.Response) -> str:
    """Return where to ask for the end of an operation; "": it has ended."""
    location = response.headers.get("Location", "") if response.status_code in (201, 202) else ""
    return str(response.headers.get("Azure-AsyncOperation", location))


def operation_ended(response: httpx.Response) -> bool:
    operation = json_object(response) or {}
    state = str(operation.get("status", "InProgress"))
    _check_state(response, state)
    return state.lower() in TERMINAL_STATES


def state_ended(response: httpx.Response) -> bool:
    """Tell by the resource itself: one that was just created and says nothing is still in the making."""
    properties = (json_object(response) or {}).get("properties")
    state = properties.get("provisioningState") if isinstance(properties, dict) else None
    state = str(state or ("InProgress" if response.status_code == 201 else "Succeeded"))
    _check_state(response, state)
    return state.lower() in TERMINAL_STATES


def _check_state(response: httpx.Response, state: str) -> None:
    if state.lower() in TERMINAL_STATES - {"succeeded"}:
        raise OperationFailed(_error_text(response), status=response.status_code)


def location_ended(response: httpx.Response) -> bool:
    return response.status_code != 202


def retry_after(response: httpx.Response, otherwise: float) -> float:
    try:
        return min(float(response.headers["Retry-After"]), 60.0)
    except (KeyError, ValueError):
        return otherwise
