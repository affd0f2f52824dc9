"""What the agent works with: connectors, their endpoints and their secrets."""

from collections.abc import Iterator

from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.text import code

ENDPOINTS = {
    "Connector": (("data_source",), ("extended_properties", "endpoint"), ("extended_properties", "command")),
    "Tool": (("url",), ("endpoint",)),
}
"""Where each kind says whom it calls."""
PLACEHOLDER = "placeholder"


def _endpoints(preview: Preview) -> Iterator[Match]:
    for change in preview.of(*ENDPOINTS):
        if change.op not in ("update", "replace"):
            continue
        for path in ENDPOINTS[change.kind]:
            before, after = change.value(*path, of="before"), change.value(*path)
            if before and after and before != after and PLACEHOLDER not in (before, after):
                yield Match(change, f"{change.title} would call {code(after)} instead of {code(before)}.")


def _new_tools(preview: Preview) -> Iterator[Match]:
    for change in preview.of("ToolEnablement"):
        before = change.value("overrides", of="before", default={}) or {}
        new = [
            name
            for name, on in (change.value("overrides", default={}) or {}).items()
            if on and not before.get(name)
        ]
        if new:
            names = ", ".join(f"{code(name)}" for name in sorted(new))
            yield Match(change, f"Tools would be switched on: {names}.")


def _secrets(preview: Preview) -> Iterator[Match]:
    for change in preview.real_changes:
        if change.op not in ("update", "replace"):
            continue
        names = [f"{code(each.name)}" for each in change.properties if each.is_another_secret]
        if names:
            yield Match(change, f"{change.title} would get another secret: {', '.join(names)}.")


RULES = (
    Rule(
        "endpoint-changed",
        "A tool calls somebody else",
        Severity.HIGH,
        "The new address gets what the agent sends, its credentials too, and its answers steer what the "
        "agent does next.",
        "Confirm who runs the new address.",
        _endpoints,
    ),
    Rule(
        "tools-enabled",
        "Tools are switched on",
        Severity.MEDIUM,
        "Every agent and subagent that names no tools of its own may use them.",
        "Give the tools to the subagent that needs them.",
        _new_tools,
    ),
    Rule(
        "secret-changed",
        "A secret changes",
        Severity.LOW,
        "The old one stops being used, and whoever wrote the new one knows it.",
        "Revoke the old one once the change is applied.",
        _secrets,
    ),
)
