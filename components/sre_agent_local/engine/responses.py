"""What providers answer: the results of their calls, and their ways to fail.

ProviderError          a provider said no, or died; the text is what it said
├ MissingCallError     it has no such call
├ InitFailedError      the resource exists, but did not come up as it should
└ ProtectedError       the engine itself says no
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import grpc

from sre_agent_local.protocol import provider_pb2, status_pb2

from .diff import apply_ignore_changes, changed_keys, detailed_diff
from .events import PropertyDiff
from .resource import Resource
from .values import Properties, unwrap_secrets

UNPROTECT = (
    "To unprotect the resource, remove the `protect` flag from the resource in your Pulumi program "
    "and run `pulumi up`"
)
UNKNOWN_CONFIG = (
    "The provider for this resource has inputs that are not known during preview.\n"
    "This preview may not correctly represent the changes that will be applied during an update."
)
KINDS = {number: name.lower().replace("_", "-") for name, number in provider_pb2.PropertyDiff.Kind.items()}


class ProviderError(Exception):
    """A provider said no, or died; the text is what it said."""


class MissingCallError(ProviderError):
    """The provider has no such call."""


class InitFailedError(ProviderError):
    """The resource exists, but did not come up as it should."""

    def __init__(self, response: provider_pb2.ErrorResourceInitFailed) -> None:
        super().__init__("; ".join(response.reasons))
        self.response = response


class ProtectedError(ProviderError):
    """A resource may not be deleted."""

    def __init__(self, resource: Resource) -> None:
        super().__init__(f'resource "{resource.urn}" cannot be deleted\nbecause it is protected. {UNPROTECT}')


@dataclass(frozen=True)
class CheckFailure:
    """One error that a check found."""

    property: str
    reason: str


Checked: TypeAlias = tuple[Properties, list[CheckFailure]]
"""Inputs (of a function: its result) as the provider completed them, and what is wrong with them."""


@dataclass(frozen=True, kw_only=True)
class Diff:
    """What a provider wants done about a difference."""

    changes: bool
    replaces: tuple[str, ...] = ()
    diffs: tuple[str, ...] = ()
    detailed_diff: Mapping[str, PropertyDiff] | None = None
    delete_before_replace: bool = False
    warning: str = ""

    @property
    def replace(self) -> bool:
        return bool(self.replaces) or any(
            row.kind.endswith("-replace") for row in (self.detailed_diff or {}).values()
        )


@dataclass(frozen=True, kw_only=True)
class Result:
    """What a provider has made of a resource."""

    id: str
    outputs: Properties
    inputs: Properties | None = None
    """Only from a read, and only where the provider tells them."""
    init_errors: tuple[str, ...] = ()
    """Why the resource, though it exists, did not come up as it should."""


def read_diff(
    response: provider_pb2.DiffResponse, old: Properties, new: Properties, ignore: Sequence[str]
) -> Diff:
    """Read a diff; where the provider leaves open whether there is one, compare the inputs here."""
    if response.changes == provider_pb2.DiffResponse.DIFF_UNKNOWN:
        before, after = unwrap_secrets(old), unwrap_secrets(apply_ignore_changes(new, old, ignore)[0])
        rows, diffs = detailed_diff(before, after), changed_keys(before, after)
        changes, has_rows = bool(rows), bool(rows)
    else:
        paths = sorted(response.detailedDiff)
        rows_by_path = {path: response.detailedDiff[path] for path in paths}
        rows = {
            path: PropertyDiff(kind=KINDS[row.kind], input=row.inputDiff)
            for path, row in rows_by_path.items()
        }
        changes, has_rows = response.changes == provider_pb2.DiffResponse.DIFF_SOME, response.hasDetailedDiff
        diffs = tuple(response.diffs)
    return Diff(
        changes=changes,
        replaces=tuple(response.replaces),
        diffs=diffs,
        detailed_diff=rows if rows or has_rows else None,
        delete_before_replace=response.deleteBeforeReplace,
    )


def read_failures(failures: Any) -> list[CheckFailure]:
    """Read what a check or an invoke found wrong."""
    return [CheckFailure(failure.property, failure.reason) for failure in failures]


def read_error(error: Any, name: str, end: str | None) -> ProviderError:
    """Read a gRPC error of provider `name`; `end`: how its process ended, if it did."""
    if error.code() == grpc.StatusCode.UNIMPLEMENTED:
        return MissingCallError(error.details())
    if end:
        return ProviderError(f"the process of provider {name} {end}")
    details = dict(error.trailing_metadata() or ()).get("grpc-status-details-bin", b"")
    for detail in status_pb2.Status.FromString(details).details:
        response = provider_pb2.ErrorResourceInitFailed()
        if detail.Unpack(response):
            return InitFailedError(response)
    return ProviderError((error.details() or str(error.code())).strip())
