"""Where the agent may connect to (docs/reference/control-plane.md#egress)."""

from collections.abc import Iterator

from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.text import code

EGRESS = ("sandbox_configuration", "egress")
LISTS = {
    "allowed_hosts": "hosts",
    "allowed_registries": "package registries",
    "allowed_code_repositories": "code hosts",
}
OPENNESS = {"AzureVNet": 0, "Limited": 0, "Unrestricted": 1}
SUBNET = ("vnet_configuration", "subnet_resource_id")


def _opened(preview: Preview) -> Iterator[Match]:
    for change in preview.of("Agent"):
        if change.op in ("update", "replace") and (ways := [*_ways(change)]):
            yield Match(change, f"The agent {code(change.name)} could reach more: {', '.join(ways)}.")


def _ways(change: Change) -> Iterator[str]:
    before = change.value(*EGRESS, "mode", of="before", default="Unrestricted")
    after = change.value(*EGRESS, "mode", default="Unrestricted")
    if OPENNESS.get(after, 0) > OPENNESS.get(before, 0):
        yield f"egress {code(after)} instead of {code(before)}"
    for name, words in LISTS.items():
        known = change.entries(*EGRESS, name, of="before")
        if new := [entry for entry in change.entries(*EGRESS, name) if entry not in known]:
            yield f"{words} {', '.join(f'{code(entry)}' for entry in new)}"
    flag = (*EGRESS, "allow_http_mcp_server_network_access")
    if change.value(*flag) and not change.value(*flag, of="before"):
        yield "MCP servers over HTTP"


def _subnet(preview: Preview) -> Iterator[Match]:
    for change in preview.of("Agent"):
        if change.op not in ("update", "replace"):
            continue
        before, after = change.value(*SUBNET, of="before"), change.value(*SUBNET)
        if str(before).lower() != str(after).lower():
            where = f"{code(after)}" if after else "no subnet"
            yield Match(
                change,
                f"The agent {code(change.name)} would move to {where}, from "
                f"{f'{code(before)}' if before else 'none'}.",
            )


RULES = (
    Rule(
        "egress-opened",
        "The agent can reach more",
        Severity.HIGH,
        "What the agent can reach, its tools and its terminal can send data to.",
        "Name the hosts that are needed (`Limited`), not all of the internet.",
        _opened,
    ),
    Rule(
        "subnet-changed",
        "The agent moves to another network",
        Severity.MEDIUM,
        "Private endpoints, firewalls and DNS zones of the new network decide what it reaches from then on.",
        "See that the new subnet reaches what the old one did, and that rules for the old one are not "
        "left open.",
        _subnet,
    ),
)
