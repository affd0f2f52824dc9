"""In which order a whole environment is made, and what at the same time: read from the request log.

Every request takes 150 ms, what Azure does behind an answer takes seconds, and whoever makes an agent has no
role in it at first.
"""

import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from support.azure import SUBSCRIPTION, Json, LocalAzure
from support.deployments import AGENT, Deployment
from support.directories import EVERY_KIND, write
from support.request_log import Request, Span, hull, peak

WATCHED = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments"
EVERYTHING: Json = {
    "sre-agent:variables": {
        "PAYMENTS_APP_INSIGHTS_ID": f"{WATCHED}/providers/Microsoft.Insights/components/appi-payments",
        "PAYMENTS_LOG_ANALYTICS_ID": (
            f"{WATCHED}/providers/Microsoft.OperationalInsights/workspaces/log-payments"
        ),
        "PAYMENTS_KUSTO_URL": "https://payments.swedencentral.kusto.windows.net/payments",
        "PAYMENTS_OPS_TOKEN": "of the operators",
    },
    "sre-agent:incidentPlatform": {"type": "AzMonitor"},
    "sre-agent:network": {"address_prefix": "10.20.0.0/24", "private_dns_zones": ["contoso.internal"]},
    "sre-agent:federatedCredentials": {"pipeline": {"issuer": "https://ci.contoso.com", "subject": "prod"}},
    "sre-agent:extraRoles": {"network": {"role": "Network Contributor", "scope": WATCHED}},
    "sre-agent:quickstartPlan": False,
    "sre-agent:httpTriggers": {"release": {"agent_prompt": "Look.", "agent": "checkout-responder"}},
    "sre-agent:webhookBridge": {"trigger": "release"},
    "sre-agent:diagnosticSettings": [{}],
    "sre-agent:spend": {"budget": 500.0},
    "sre-agent:lock": {"kind": "CanNotDelete"},
}
"""What `prod` could have besides what it has."""
OF_ANOTHER_AGENT = {
    *("connectors.json", "roles.yaml", "automations/incident-platforms/monitor.yaml"),
    "automations/http-triggers/deployed.yaml",
}

PROBE = "/api/v2/extendedAgent/commonprompts"
PLATFORM = "incidentPlayground/incidentPlatformType"
WAITING = (
    PROBE,  # for an agent that answers, and for a role in it that has spread
    "Microsoft.App/locations/[^/]+/operationStatuses/[^/]+",  # for what ARM does behind an answer
    PLATFORM,  # for an agent that sees its incident platform
    "api/v2/repos/[^/]+",  # for a clone
    "agentmemory/files",  # for an index
)
"""The only places that are asked again until something is there."""
POLLS = 10
"""Looks at something that takes seconds: first after 0.1 s, then after half as long again each time."""
READS = 4
"""Reads of one thing: looked for, read back, asked for by a component; a collection after ten seconds."""
READS_OF_THE_AGENT = READS + 2
"""As itself, and as its incident platform, which is a part of it."""

TOOLS = ("tools/declines-by-provider", "tools/stuck-payments")
ORDER: Mapping[str, tuple[str, ...]] = {
    "components/appi-payments-oncall": ("workspaces/log-payments-oncall",),
    "natGateways/ng-payments-oncall": ("publicIPAddresses/pip-payments-oncall",),
    "subnets/agent": (
        "virtualNetworks/vnet-payments-oncall",
        "networkSecurityGroups/nsg-payments-oncall",
        "natGateways/ng-payments-oncall",
    ),
    "virtualNetworkLinks/vnet-payments-oncall": (
        "privateDnsZones/contoso.internal",
        "virtualNetworks/vnet-payments-oncall",
    ),
    "activityLogAlerts/payments-oncall-alerts-resource-health": ("actionGroups/ag-payments-oncall",),
    "scheduledQueryRules/payments-oncall-spend-pace": ("components/appi-payments-oncall",),
    "agents/payments-oncall": (
        "userAssignedIdentities/id-payments-oncall",
        "components/appi-payments-oncall",
        "subnets/agent",
    ),
    "tools/declines-by-provider": ("connectors/payments-events",),
    "tools/stuck-payments": ("connectors/payments-events",),
    "mcpservers/jira": ("connections/jira",),
    "skills/payment-provider-outage": (*TOOLS, "tools/provider-status", "connectors/payments-ops"),
    "skills/post-incident-review": TOOLS,
    "skills/triage-checkout-failures": (*TOOLS, "tools/payment-trace-link"),
    "skills/triage": ("tools/trace", "mcpservers/jira"),
    "agents/checkout-responder": (
        *TOOLS,
        "tools/payment-trace-link",
        "tools/provider-status",
        "connectors/payments-ops",
        "skills/triage-checkout-failures",
        "skills/payment-provider-outage",
        "skills/latency-regression",
        "skills/database-saturation",
        "commonprompts/safety",
        "commonprompts/communication",
    ),
    "agents/lead": ("agents/scribe", "tools/trace", "skills/triage", "commonprompts/safety"),
    "scheduledtasks/morning": ("agents/scribe",),
    "incidentFilters/checkout-down": (
        PLATFORM,
        "agents/checkout-responder",
        "tools/declines-by-provider",
        "tools/provider-status",
    ),
    "incidentFilters/severe": (PLATFORM, "agents/lead", "tools/trace"),
    "filters/quickstart_response_plan": (PLATFORM,),
    "httptriggers/create": ("agents/checkout-responder",),
    "repos/payments-api": ("domains/github_com",),
    "repos/shop": ("domains/github_com",),
    "repo-instructions": ("repos/shop",),
    "plugins/installations": ("plugins/marketplaces",),
    "locks/lock-CanNotDelete": (
        "diagnosticSettings/diagnostics",
        "connectors/log-analytics",
        "incidentFilters/checkout-down",
        "repos/shop",
    ),
}
"""What comes after what, by the ends of their paths."""


class Run(NamedTuple):
    """One `up`: what was asked of Azure, and the roles of the agent's identity, as paths."""

    requests: list[Request]
    roles: list[str]

    def of(self, path: str) -> list[Request]:
        found = [request for request in self.requests if request.ends(path)]
        assert found, f"nobody asked for {path}"
        return found

    def made(self, path: str) -> Span:
        """Return how long something was made: until it is written, and of use where that is waited for."""
        asked = self.of(path)
        settles = path.startswith(("connectors/", "repos/"))
        last = [each for each in asked if each.writes or settles] or asked
        return Span(asked[0].span.began, max(each.span.ended for each in last))

    def below(self, *parts: str) -> Span:
        """Return how long whole parts took, which have such words in their paths."""
        return hull(each.span for each in self.requests if any(part in each.path for part in parts))


def test_everything_is_made_in_order_and_at_once(tmp_path: Path, azure: LocalAzure) -> None:
    """Whatever an environment can have, in one `up`."""
    azure.switch(newHandoffs=True)  # else the V2 loop refuses them at first: tests/resources/test_subagent.py
    run = up(tmp_path, azure)

    nothing_is_refused_for_want_of_something_else(run)
    nothing_is_asked_again_until_it_is_there_but_in_five_places(run)
    an_agent_is_told_nothing_before_it_answers(run)
    everything_comes_after_what_it_needs(run)
    parts_are_made_at_the_same_time(run)
    what_stands_beside_an_agent_does_not_wait_for_it_to_answer(run)
    items_are_made_several_at_a_time(run)


def up(folder: Path, azure: LocalAzure) -> Run:
    azure.group("rg-payments")
    azure.switch(latencySeconds=0.15, operationSeconds=1, readySeconds=1, platformSeconds=4)
    for status in (503, 403):  # before ready, however slow this machine is, and before the role has spread
        azure.fault("status", path="^/agents/", status=status, times=1)
    deployment = Deployment(folder, azure, stack="prod")
    deployment.configure(EVERYTHING)
    ours = (deployment.agent_directory / "agent.json").read_text()
    more = {name: content for name, content in EVERY_KIND.items() if name not in OF_ANOTHER_AGENT}
    write(deployment.agent_directory, {**more, "agent.json": ours})
    before = deployment.last_request()

    deployment.succeed("up")

    requests = [Request.of(entry) for entry in azure.requests(before) if entry["plane"] != "identity"]
    ids = {name: str(resource.get("id")) for name, resource in deployment.resources().items()}
    roles = [id_ for name, id_ in ids.items() if name.startswith("payments-oncall-access-")]
    return Run(sorted(requests, key=lambda each: each.span), roles)


def nothing_is_refused_for_want_of_something_else(run: Run) -> None:
    """All that is refused: the look at what is about to be made, and an agent asked whether it answers."""
    refused = [each for each in run.requests if each.status >= 300]
    looks = Counter(each.path for each in refused if (each.method, each.status) == ("GET", 404))
    probes = Counter(each.status for each in refused if each.ends(PROBE))

    assert [each for each in refused if each.path not in looks and not each.ends(PROBE)] == []
    assert probes.keys() == {403, 503}
    archives = ("WorkspaceMemory/synthesized-knowledge", "WorkspaceMemory/repo-instructions")
    for path, times in looks.items():
        written = min(each.span.began for each in run.requests if each.path == path and each.writes)
        assert max(each.span.ended for each in refused if each.path == path) <= written, path
        assert times == 1 or path.endswith(archives), path  # which are read to be written


def nothing_is_asked_again_until_it_is_there_but_in_five_places(run: Run) -> None:
    """Nor is anything written twice; triggers have one address for all."""
    times = Counter((each.method, each.path, each.query) for each in run.requests)
    waited = {key for key in times if any(re.search(f"{place}$", key[1]) for place in WAITING)}

    for key in times.keys() - waited:
        method, path, _ = key
        reads = READS_OF_THE_AGENT if path == AGENT else READS
        if not path.endswith("/httptriggers/create"):
            assert times[key] <= (reads if method == "GET" else 1), key
    for place in WAITING:
        asked = [times[key] for key in waited if re.search(f"{place}$", key[1])]
        assert 1 <= max(asked) <= POLLS, place


def an_agent_is_told_nothing_before_it_answers(run: Run) -> None:
    """One asks until it does, and the others wait for that one."""
    answered = next(each for each in run.of(PROBE) if each.status == 200)

    early = [each for each in run.requests if each.path.startswith("/agents/") and each.span < answered.span]
    assert {each.path for each in early} == {answered.path}
    assert peak(each.span for each in early) == 1


def everything_comes_after_what_it_needs(run: Run) -> None:
    early = [
        f"{path} before {needed}"
        for path, needs in ORDER.items()
        for needed in needs
        if run.made(path).began < run.made(needed).ended
    ]
    assert early == []
    agent = run.made("Microsoft.App/agents/payments-oncall").began
    assert len(run.roles) == 6
    assert max(each.span.ended for each in run.requests if each.path in run.roles) <= agent


def parts_are_made_at_the_same_time(run: Run) -> None:
    """Identity, telemetry, network and alerts."""
    parts = [
        run.below("userAssignedIdentities"),
        run.below("OperationalInsights", "Insights/components"),
        run.below("Microsoft.Network"),
        run.below("actionGroups", "activityLogAlerts"),
    ]

    assert peak(parts) == len(parts)


def what_stands_beside_an_agent_does_not_wait_for_it_to_answer(run: Run) -> None:
    answered = next(each for each in run.of(PROBE) if each.status == 200).span.ended

    for beside in ("diagnosticSettings/diagnostics", "budgets/payments-oncall-spend-budget"):
        assert run.made(beside).began < answered, beside


def items_are_made_several_at_a_time(run: Run) -> None:
    """Those that take long among them: connectors, clones, and the platform, which holds nothing else up."""
    below = ("/agents/", f"{AGENT}/connectors/")
    written = {each.path for each in run.requests if each.writes and each.path.startswith(below)}
    spans = {path: hull(each.span for each in run.requests if each.path == path) for path in written}
    clones = [span for path, span in spans.items() if "/repos/" in path]
    connectors = [span for path, span in spans.items() if path.startswith(f"{AGENT}/connectors/")]
    asked = next(each.span for each in run.requests if each.method == "PATCH" and each.path == AGENT)
    platform = hull([asked, run.made(PLATFORM)])

    assert peak(spans.values()) >= 3
    assert peak(clones) >= 2
    assert peak(connectors) >= 2
    assert [span for span in spans.values() if platform.began < span.began < platform.ended]
