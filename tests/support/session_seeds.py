"""What is there when each session begins, by the session's name."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from support import directories
from support.azure import GROUPS, REGION
from support.cli import FakePulumi, Folder
from support.connectors import status_once_set_up
from support.conversations import begin, high_access, settled, triggered
from support.directories import described
from support.incidents import fire, on_call, plan
from support.operated import Operated
from support.previews import preview, step
from support.telemetry import component, snapshot

Seed = Callable[[Operated, FakePulumi], None]
CHECK = "morning-check-of-the-payment-queues"
RESTART = "restart deployment/checkout please, it is slow"
GROUP = "azure-native:resources:ResourceGroup"
PLAN = {"name": "down", "agent_mode": "Review", "priorities": ["Sev0"]}
STATE = {"deployment": {"resources": [{"urn": "u", "modified": "today", "inputs": {"size": 1}}]}}
SAVES_PLAN = """
if "--save-plan" in sys.argv:
    Path(sys.argv[sys.argv.index("--save-plan") + 1]).write_text(json.dumps({"resourcePlans": {"u": 1}}))
"""


def agents(operated: Operated, _: FakePulumi) -> None:
    azure = operated.azure
    azure.agent("payments-oncall-of-the-north-sea", "rg-payments-and-the-shops")
    acting = {
        "identity": azure.identity(group="rg-shop")["id"],
        "mode": "Autonomous",
        "accessLevel": "High",
    }
    azure.agent("shop", "rg-shop", actionConfiguration=acting, monthlyAgentUnitLimit=2000)


def usage(operated: Operated, _: FakePulumi) -> None:
    operated.azure.agent("oncall", monthlyAgentUnitLimit=2000)


def threads(operated: Operated, _: FakePulumi) -> None:
    azure = operated.azure
    agent = on_call(azure)
    plan(azure, agent, "checkout")
    for text in ("What is in the group?", RESTART):
        settled(azure, agent, begin(azure, agent, text))
    (fired,) = fire(azure, title="Checkout: latency", platform="AzMonitor")
    settled(azure, agent, fired["thread"])


def approvals(operated: Operated, _: FakePulumi) -> None:
    agent = high_access(operated.azure)
    for text in ("restart web-1", "restart deployment/checkout"):
        settled(operated.azure, agent, begin(operated.azure, agent, text))


def lending(operated: Operated, _: FakePulumi) -> None:
    agent = operated.azure.agent()
    settled(operated.azure, agent, begin(operated.azure, agent, "restart web-1"))


def chat(operated: Operated, _: FakePulumi) -> None:
    high_access(operated.azure)


def tasks(operated: Operated, _: FakePulumi) -> None:
    agent = operated.azure.agent("oncall")
    check = {"name": CHECK, "cronExpression": "30 7 * * *", "timeZone": "UTC", "maxExecutions": 5}
    for task in (check, {"name": "clean", "cronExpression": "*/15 * * * *"}):
        body = {**task, "agentPrompt": "Look at the queues."}
        operated.azure.data("POST", agent, "/api/v1/scheduledtasks", body)


def triggers(operated: Operated, _: FakePulumi) -> None:
    triggered(operated.azure, agentMode="Autonomous", description="What a deployment has changed.")


def incidents(operated: Operated, _: FakePulumi) -> None:
    azure, now = operated.azure, datetime.now(UTC) - timedelta(seconds=5)
    told = component(azure)

    def when(hours: float) -> datetime:
        """Say how long ago; snapshots lie whole days apart, whatever the hour is."""
        return now - timedelta(hours=hours)

    for incident, hours, members in (
        (
            "PD-1",
            48,
            {
                "Title": "Checkout is down",
                "Severity": "P1",
                "Platform": "PagerDuty",
                "ResponsePlanId": "checkout",
                "CreatedOn": when(49).isoformat(),
                "MitigatedOn": when(48.5).isoformat(),
                "MitigatedByAgent": "True",
            },
        ),
        (
            "AM-1",
            24,
            {
                "Title": "Queue is long",
                "Severity": "Sev2",
                "Platform": "AzMonitor",
                "CreatedOn": when(26).isoformat(),
                "MitigatedOn": when(24).isoformat(),
                "AssistedByAgent": "True",
            },
        ),
        ("AM-3", 0, {"Title": "It is slow", "Severity": "Sev3", "Platform": "AzMonitor"}),
    ):
        snapshot(azure, told, incident, when(hours), **members)
    names = {"AppId": "appId", "ConnectionString": "connectionString"}
    insights = {theirs: told["properties"][ours] for ours, theirs in names.items()}
    azure.agent("oncall", logConfiguration={"applicationInsightsConfiguration": insights})


def connectors(operated: Operated, _: FakePulumi) -> None:
    agent = operated.azure.agent("oncall")
    kusto = {
        "dataConnectorType": "Kusto",
        "dataSource": "https://shop.swedencentral.kusto.windows.net/shop",
        "identity": "system",
    }
    body = {"name": "events", "type": "AgentConnector", "properties": kusto}
    operated.azure.data("PUT", agent, "/api/v2/extendedAgent/connectors/events", body)
    status_once_set_up(operated.azure, agent, "events")
    operated.azure.data("PUT", agent, "/api/v2/connectorV2/connections/jira", {"connectorName": "jira"})


def knowledge(operated: Operated, _: FakePulumi) -> None:
    operated.azure.agent("oncall")
    folder = operated.root / "runbooks"
    folder.mkdir()
    (folder / "checkout.md").write_text("Restart checkout with kubectl rollout restart.")
    (folder / "queues.md").write_text("Drain the queues.")


def api(operated: Operated, _: FakePulumi) -> None:
    agent = operated.azure.agent("oncall")
    begin(operated.azure, agent, "What is here?")


def directory(operated: Operated, _: FakePulumi) -> None:
    severe = {"incidentPlatform": "AzMonitor", "priorities": ["Sev0", "Sev1"], "agentMode": "review"}
    nightly = described("nightly", schedule="0 6 * * *", mode="Autonomous", prompt="Look.")
    directories.write(
        operated.root / "oncall",
        {
            "config/skills/triage.yaml": directories.SKILL,
            "automations/incident-filters/severe.yaml": described("severe", **severe),
            "automations/scheduled-tasks/nightly.yaml": nightly,
        },
    )


def deployments(operated: Operated, pulumi: FakePulumi) -> None:
    (operated.stack_file.parent / "Pulumi.prod.yaml").write_text("config: {}\n")
    changed = preview(
        step("IncidentFilter", PLAN, {**PLAN, "agent_mode": "Autonomous"}),
        step("Skill", {"name": "restart"}, None, name="restart"),
    )
    (operated.root / "preview.json").write_text(changed)
    for verb in ("preview", "refresh"):
        pulumi.answers(verb, changed, as_json=True)
    pulumi.answers("stack export", json.dumps(STATE))
    pulumi.does(SAVES_PLAN)
    operated.commit()


def recovery(operated: Operated, pulumi: FakePulumi) -> None:
    operated.azure.group("rg-shop")
    pending = [
        {
            "type": "creating",
            "resource": {
                "urn": f"urn:pulumi:local::toy::{GROUP}::{name}",
                "custom": True,
                "type": GROUP,
                "inputs": {"resourceGroupName": name, "location": REGION, "azureApiVersion": GROUPS},
            },
        }
        for name in ("rg-shop", "rg-payments")
    ]
    exported = {"version": 3, "deployment": {"resources": [], "pending_operations": pending}}
    pulumi.answers("stack export", json.dumps(exported))
    pulumi.answers("config", "{}", as_json=True)


def local_stack(operated: Operated, pulumi: FakePulumi) -> None:
    Folder(operated.root / "idle")
    (operated.root / "turns.yaml").write_text(
        "turns:\n  - when: {prompt: disk}\n    steps: [{say: It is full.}]\n"
    )
    operated.exports(endpoint=f"{operated.azure.url}/agents/shop", size=5)
    pulumi.answers(
        "stack output", json.dumps({"endpoint": "https://shop.azuresre.ai", "size": 5}), as_json=True
    )
    pulumi.answers("stack export", json.dumps(STATE, indent=2) + "\n")


def live(operated: Operated, _: FakePulumi) -> None:
    azure = operated.azure
    agent = high_access(azure, "oncall")
    skill = {"description": "Changed by hand.", "skillContent": directories.LONG.strip(), "tools": []}
    azure.data(
        "PUT",
        agent,
        "/api/v2/extendedAgent/skills/triage",
        {"name": "triage", "type": "Skill", "properties": skill},
    )
    folder = directories.write(operated.root / "oncall", {"config/skills/triage.yaml": directories.SKILL})
    azure.data("POST", agent, "/api/v2/plugins/install-direct", {"sourceUrl": "contoso/runbooks"})
    spec = {"marketplaceName": "contoso", "pluginName": "runbooks"}
    directories.write(
        folder, {"config/plugins/installations/runbooks.json": {"name": "runbooks", "spec": spec}}
    )
    case = {"name": "A question", "prompt": "What is here?", "expect": {"says": ["rg-sre"]}}
    failing = {"name": "A restart", "prompt": "restart web-1", "expect": {"says": ["Done"]}}
    (operated.root / "cases.yaml").write_text(json.dumps({"cases": [case, failing]}))


def local(operated: Operated, _: FakePulumi) -> None:
    agent = on_call(operated.azure)
    plan(operated.azure, agent, "checkout")
