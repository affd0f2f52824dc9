"""Rules with parameters: what an organisation wants of its agents. Each is off until its parameter is set."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import partial
from typing import Any
from urllib.parse import urlsplit

from pulumi_sre_agent.review.changes import Change, is_known
from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.inventory.of_preview import of_preview
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.rules.autonomy import RUNS_BY_ITSELF
from pulumi_sre_agent.review.text import code

Json = Mapping[str, Any]
TEXTS: Json = {"type": "array", "items": {"type": "string"}}
EGRESS = ("sandbox_configuration", "egress")
ENDPOINTS = {
    "Connector": (("data_source",), ("extended_properties", "endpoint")),
    "Tool": (("url",), ("endpoint",)),
}
"""Where each kind says whom it calls."""


@dataclass(frozen=True)
class Requirement:
    """A rule that a parameter makes."""

    id: str
    title: str
    severity: Severity
    why: str
    remedy: str
    parameter: str
    """Its name in a policy's configuration."""
    schema: Json
    """Of the parameter, as JSON schema."""
    check: Callable[[Preview, Any], Iterator[Match]]
    """What does not meet it, given the parameter."""

    def rule(self, parameter: Any) -> Rule:
        """Return the rule that it is with a parameter."""
        check = partial(_with, self.check, parameter)
        return Rule(self.id, self.title, self.severity, self.why, self.remedy, check, is_standing=True)


def _with(
    check: Callable[[Preview, Any], Iterator[Match]], parameter: Any, preview: Preview
) -> Iterator[Match]:
    return check(preview, parameter)


def _modes(preview: Preview, allowed: list[str]) -> Iterator[Match]:
    places: dict[str, tuple[tuple[str, ...], str]] = {
        "Agent": (("action_configuration", "mode"), "Review"),
        **dict.fromkeys(RUNS_BY_ITSELF, (("agent_mode",), "Autonomous")),
    }
    for change in _there(preview, *places):
        path, default = places[change.kind]
        mode = change.value(*path, default=default)
        mode = "Autonomous" if mode == "Automatic" else mode
        if is_known(mode) and mode not in allowed:
            yield Match(change, f"{change.title} has mode {code(mode)}: allowed {_list(allowed)}.", path=path)


def _regions(preview: Preview, allowed: list[str]) -> Iterator[Match]:
    regions = {region.lower().replace(" ", "") for region in allowed}
    for change in _there(preview, "Agent"):
        region = change.value("location")
        if is_known(region) and str(region).lower().replace(" ", "") not in regions:
            yield Match(
                change, f"{change.title} is in {code(region)}: allowed {_list(allowed)}.", path=("location",)
            )


def _providers(preview: Preview, allowed: list[str]) -> Iterator[Match]:
    for change in _there(preview, "Agent"):
        provider = change.value("default_model", "provider")
        if is_known(provider) and provider not in allowed:
            yield Match(
                change,
                f"{change.title} thinks with {code(provider)}: allowed {_list(allowed)}.",
                path=("default_model", "provider"),
            )


def _hosts(preview: Preview, allowed: list[str]) -> Iterator[Match]:
    for change in _there(preview, "Agent"):
        mode = change.value(*EGRESS, "mode", default="Unrestricted")
        if mode == "Unrestricted":
            yield Match(change, f"{change.title} can reach every host.", path=(*EGRESS, "mode"))
        for host in change.entries(*EGRESS, "allowed_hosts"):
            if is_known(host) and not _is_allowed(str(host), allowed):
                yield Match(
                    change, f"{change.title} can reach {code(host)}.", path=(*EGRESS, "allowed_hosts")
                )
    for change in _there(preview, *ENDPOINTS):
        for path in ENDPOINTS[change.kind]:
            host = urlsplit(str(change.value(*path) or "")).hostname
            if host and not _is_allowed(host, allowed):
                yield Match(change, f"{change.title} calls {code(host)}.", path=path)


def _units(preview: Preview, most: float) -> Iterator[Match]:
    for change in _there(preview, "Agent"):
        limit = change.value("monthly_agent_unit_limit")
        if limit is None:
            yield Match(change, f"{change.title} has no limit of units: at most {most:,.0f} a month.")
        elif isinstance(limit, int | float) and limit > most:
            yield Match(
                change,
                f"{change.title} may use {limit:,.0f} units a month: at most {most:,.0f}.",
                path=("monthly_agent_unit_limit",),
            )


def _hooks(preview: Preview, wanted: list[str]) -> Iterator[Match]:
    """Look at whole agents only: a preview that leaves out what stays says nothing of missing hooks."""
    if not preview.is_whole:
        return
    changes = {change.urn: change for change in _there(preview, "Agent")}
    for agent in of_preview(preview, "after").agents:
        on = {item.name for item in agent.of("Hook") if item.value("enabled", default=True)}
        missing = [name for name in wanted if name not in on]
        if missing and agent.urn in changes:
            yield Match(changes[agent.urn], f"The agent {code(agent.name)} lacks the hooks {_list(missing)}.")


def _tags(preview: Preview, wanted: list[str]) -> Iterator[Match]:
    for change in _there(preview, "Agent"):
        tags = change.value("tags", default={})
        if isinstance(tags, Mapping) and (missing := [name for name in wanted if not tags.get(name)]):
            yield Match(change, f"{change.title} lacks the tags {_list(missing)}.", path=("tags",))


def _there(preview: Preview, *kinds: str) -> Iterator[Change]:
    return (change for change in preview.of(*kinds) if change.after is not None)


def _is_allowed(host: str, allowed: list[str]) -> bool:
    return any(fnmatchcase(host.lower(), pattern.lower()) for pattern in allowed)


def _list(values: list[str]) -> str:
    return ", ".join(map(code, values)) or "none"


REQUIREMENTS = (
    Requirement(
        "allowed-modes",
        "A mode that is not allowed",
        Severity.HIGH,
        "Here an organisation decides who may act without asking.",
        "Take one of the allowed modes.",
        "modes",
        TEXTS,
        _modes,
    ),
    Requirement(
        "allowed-regions",
        "A region that is not allowed",
        Severity.HIGH,
        "An agent's threads, memory and files lie in its region for its whole life.",
        "Take one of the allowed regions.",
        "regions",
        TEXTS,
        _regions,
    ),
    Requirement(
        "allowed-model-providers",
        "A model provider that is not allowed",
        Severity.HIGH,
        "What an agent reads goes to the provider of its model.",
        "Take one of the allowed providers.",
        "providers",
        TEXTS,
        _providers,
    ),
    Requirement(
        "allowed-hosts",
        "A host that is not allowed",
        Severity.HIGH,
        "What an agent can reach, its tools and its terminal can send data to.",
        "Name allowed hosts only, with egress `Limited` or through a network.",
        "hosts",
        TEXTS,
        _hosts,
    ),
    Requirement(
        "unit-ceiling",
        "A limit of units that is too high, or none",
        Severity.MEDIUM,
        "The limit is all that ends the active flow of an agent that works in a circle.",
        "Set `monthly_agent_unit_limit` to no more than that.",
        "units",
        {"type": "number"},
        _units,
    ),
    Requirement(
        "required-hooks",
        "A hook that is missing",
        Severity.HIGH,
        "What an organisation wants checked in every agent, is checked where its hook is there and on.",
        "Add the hooks by these names, switched on.",
        "hooks",
        TEXTS,
        _hooks,
    ),
    Requirement(
        "required-tags",
        "A tag that is missing",
        Severity.LOW,
        "Tags say whom an agent belongs to and who pays for it.",
        "Add the tags.",
        "tags",
        TEXTS,
        _tags,
    ),
)
"""Every rule with a parameter."""
