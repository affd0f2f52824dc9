"""Every refusal that Azure words itself, each with its status, code and message in one place.

Handlers raise these; `app` renders them. Codes and statuses are those of Azure Resource Manager's
troubleshooting pages and of docs/reference/control-plane.md#errors; an error that only one provider knows
stands in that provider's module.
"""

from collections.abc import Mapping, Sequence

from .http.json_values import Json


class AzureError(Exception):
    """An answer other than success, as Azure would give it."""

    status = 400
    code = "BadRequest"

    def __init__(
        self,
        message: str,
        *,
        status: int | None = None,
        code: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.status = status or self.status
        self.code = code or self.code
        self.headers = dict(headers or {})

    def body(self) -> Json:
        return {"error": {"code": self.code, "message": self.message}}


class BadRequest(AzureError):
    """A request that is understood and refused."""


class ProblemDetails(AzureError):
    """A refusal as the thread routes word it: a problem document (docs/reference/data-plane.md#errors)."""

    def __init__(self, title: str, *, status: int | None = None) -> None:
        super().__init__(title, status=status)

    def body(self) -> Json:
        return {"title": self.message, "status": self.status}


class InvalidRequestContent(AzureError):
    """A body that is not JSON, or not of the shape that the resource type takes."""

    code = "InvalidRequestContent"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The request content was invalid and could not be deserialized: {reason}.")


class NotAuthenticated(AzureError):
    """401: no token, or one that is not for this plane."""

    status = 401
    code = "AuthenticationFailed"

    def __init__(self, message: str, code: str = "AuthenticationFailed") -> None:
        super().__init__(
            message,
            code=code,
            headers={"WWW-Authenticate": f'Bearer error="invalid_token", error_description="{message}"'},
        )


class AuthorizationFailed(AzureError):
    """403 of ARM: the caller's roles do not allow the action."""

    status = 403
    code = "AuthorizationFailed"

    def __init__(self, caller: str, action: str, scope: str) -> None:
        super().__init__(
            f"The client '{caller}' with object id '{caller}' does not have authorization to perform action "
            f"'{action}' over scope '{scope}' or the scope is invalid. "
            "If access was recently granted, please refresh your credentials."
        )


class LinkedAuthorizationFailed(AzureError):
    """403 of ARM: the caller may write the resource, but not use what it refers to."""

    status = 403
    code = "LinkedAuthorizationFailed"

    def __init__(self, caller: str, action: str, scope: str, linked_action: str, linked_scope: str) -> None:
        super().__init__(
            f"The client '{caller}' with object id '{caller}' has permission to perform action '{action}' on "
            f"scope '{scope}'; however, it does not have permission to perform action(s) '{linked_action}' "
            f"on the linked scope(s) '{linked_scope}' (respectively) or the linked scope(s) are invalid."
        )


class NotFound(AzureError):
    status = 404
    code = "NotFound"


class SubscriptionNotFound(NotFound):
    code = "SubscriptionNotFound"

    def __init__(self, subscription: str) -> None:
        super().__init__(f"The subscription '{subscription}' could not be found.")


class ResourceGroupNotFound(NotFound):
    code = "ResourceGroupNotFound"

    def __init__(self, group: str) -> None:
        super().__init__(f"Resource group '{group}' could not be found.")


class ResourceNotFound(NotFound):
    code = "ResourceNotFound"

    def __init__(self, resource_type: str, name: str, group: str) -> None:
        super().__init__(
            f"The Resource '{resource_type}/{name}' under resource group '{group}' was not found. "
            "For more details please go to https://aka.ms/ARMResourceNotFoundFix"
        )


class ParentResourceNotFound(NotFound):
    code = "ParentResourceNotFound"

    def __init__(self, resource_type: str, parent: str) -> None:
        kind = resource_type.split("/", 1)[-1]
        super().__init__(
            f"Failed to perform the operation on resource(s) of type '{kind}', because the parent resource "
            f"'{parent}' could not be found."
        )


class InvalidResourceNamespace(NotFound):
    code = "InvalidResourceNamespace"

    def __init__(self, namespace: str) -> None:
        super().__init__(f"The resource namespace '{namespace}' is invalid.")


class InvalidResourceType(NotFound):
    code = "InvalidResourceType"

    def __init__(self, namespace: str, kind: str, version: str) -> None:
        super().__init__(
            f"The resource type '{kind}' could not be found in the namespace '{namespace}' "
            f"for api version '{version}'."
        )


class MethodNotAllowed(AzureError):
    status = 405
    code = "HttpMethodNotAllowed"

    def __init__(self, method: str) -> None:
        super().__init__(f"The requested resource does not support http method '{method}'.")


class MissingApiVersion(AzureError):
    code = "MissingApiVersionParameter"

    def __init__(self) -> None:
        super().__init__("The api-version query parameter (?api-version=) is required for all requests.")


class InvalidApiVersion(AzureError):
    code = "InvalidApiVersionParameter"

    def __init__(self, version: str, supported: Sequence[str]) -> None:
        super().__init__(
            f"The api-version '{version}' is invalid. The supported versions are '{','.join(supported)}'."
        )


class NoRegisteredProvider(AzureError):
    code = "NoRegisteredProviderFound"

    def __init__(self, kind: str, version: str, location: str, supported: Sequence[str]) -> None:
        super().__init__(
            f"No registered resource provider found for location '{location}' and API version '{version}' "
            f"for type '{kind}'. The supported api-versions are '{', '.join(supported)}'."
        )


class LocationRequired(AzureError):
    code = "LocationRequired"

    def __init__(self) -> None:
        super().__init__("The location property is required for this definition.")


class LocationNotAvailableForResourceType(AzureError):
    code = "LocationNotAvailableForResourceType"

    def __init__(self, location: str, resource_type: str, available: Sequence[str]) -> None:
        super().__init__(
            f"The provided location '{location}' is not available for resource type '{resource_type}'. "
            f"List of available regions for the resource type is '{','.join(available)}'."
        )


class InvalidResourceLocation(AzureError):
    status = 409
    code = "InvalidResourceLocation"

    def __init__(self, name: str, group: str, existing: str, location: str) -> None:
        super().__init__(
            f"The resource '{name}' already exists in location '{existing}' in resource group '{group}'. "
            f"A resource with the same name cannot be created in location '{location}'. "
            "Please select a new resource name."
        )


class InvalidResourceName(AzureError):
    code = "InvalidResourceName"

    def __init__(self, name: str, rule: str) -> None:
        super().__init__(f"The resource name '{name}' is invalid: it must match '{rule}'.")


class Conflict(AzureError):
    status = 409
    code = "Conflict"


class MissingSubscriptionRegistration(Conflict):
    code = "MissingSubscriptionRegistration"

    def __init__(self, namespace: str) -> None:
        super().__init__(
            f"The subscription is not registered to use namespace '{namespace}'. "
            "See https://aka.ms/rps-not-found for how to register subscriptions."
        )


class OperationConflict(Conflict):
    """A write while another one is under way (docs/reference/control-plane.md#errors)."""

    code = "OperationConflict"

    def __init__(self, resource: str) -> None:
        super().__init__(f"Another operation is in progress on '{resource}'. Please try again later.")
