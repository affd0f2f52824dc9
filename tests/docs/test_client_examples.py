"""The examples of docs/how-to/client.md: each runs, alone, against the local Azure."""

import re
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from support.azure import SUBSCRIPTION, LocalAzure
from support.conversations import begin, settled
from support.site import ROOT
from support.telemetry import component, snapshot

PAGE = (ROOT / "docs/how-to/client.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)
EXAMPLES = {
    part.partition("\n")[0].removeprefix("# "): EXAMPLE.findall(part)
    for part in re.split(r"^##? ", PAGE, flags=re.MULTILINE)
}
WRITTEN = {
    "An agent from Python": [r"payments-oncall swedencentral Running", r"/agents/payments-oncall\n"],
    "Log in": [rf"a managed identity {SUBSCRIPTION}"],
    "Threads": [r"Is checkout slow"],
    "Approvals": [r" az \S.* restart ", r"^Completed$"],
    "Incidents": [r"^It is slow waits$", r"^2 1 0 1$", r"^\(no plan\) 1 0$", r"^checkout 1 0$"],
    "Triggers": [r"^deploys True$", r"^http\S+/trigger/\S+$", r"^True \S+$"],
    "Tasks": [r"^nightly Active 0 2 \* \* \*$", r"^Scheduled Task: nightly$"],
    "Knowledge": [r"^restart\.md \d+ True$", r"^postmortem\.md \d+ True$"],
    "Usage": [r"of 1000"],
    "Connectors": [r"^wiki Mcp Succeeded$", r"^Connected True$"],
    "Repositories": [r"^checkout https://github\.com/contoso/checkout ", r"^[0-9a-f]{7,}$"],
}
"""What each example prints, as patterns of its lines."""


@pytest.fixture
def _stack(azure: LocalAzure, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Make what the examples name, the environment that `sre-agent local env` prints, and files."""
    for name, value in {
        **azure.environ,
        "ARM_METADATA_HOSTNAME": azure.url,
        "ARM_USE_MSI": "true",
        "ARM_SUBSCRIPTION_ID": SUBSCRIPTION,
        "SRE_AGENT_ALLOWED_ENDPOINTS": f'["{azure.url}"]',
    }.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    Path("Pulumi.yaml").write_text("name: toy\nruntime: python\n")
    Path("Pulumi.local.yaml").write_text("config: {sre:plane: data}\n")
    Path("runbooks").mkdir()
    Path("runbooks/restart.md").write_text("How to restart checkout.")
    Path("postmortem.md").write_text("It was slow.")


@pytest.fixture
def agent(azure: LocalAzure, _stack: None) -> str:
    told = component(azure)
    log = {"applicationInsightsConfiguration": {"applicationInsightsResourceId": told["id"]}}
    made = azure.agent("payments-oncall", monthlyAgentUnitLimit=1000, logConfiguration=log)
    now, by_agent = datetime.now(UTC), {"MitigatedByAgent": "True", "ResponsePlanId": "checkout"}
    snapshot(azure, told, "one", now, Title="It is slow", Platform="PagerDuty")
    snapshot(azure, told, "two", now, Title="It was slow", Platform="AzMonitor", **by_agent)
    for method, path, body in (
        ("POST", "/api/v1/httptriggers/create", {"name": "deploys", "agentPrompt": "Look."}),
        (
            "POST",
            "/api/v1/scheduledtasks",
            {"name": "nightly", "cronExpression": "0 2 * * *", "agentPrompt": "Look."},
        ),
        (
            "PUT",
            "/api/v2/repos/checkout",
            {
                "name": "checkout",
                "type": "CodeRepo",
                "properties": {"url": "https://github.com/contoso/checkout", "type": "GitHub"},
            },
        ),
        (
            "PUT",
            "/api/v2/extendedAgent/connectors/wiki",
            {
                "properties": {
                    "dataConnectorType": "Mcp",
                    "extendedProperties": {"type": "http", "endpoint": "https://mcp.contoso.com/mcp"},
                }
            },
        ),
    ):
        answer = azure.data(method, made, path, body)
        assert answer.is_success, answer.text
    connector = "/api/v2/extendedAgent/connectors/wiki/status"
    azure.poll(lambda: azure.data("GET", made, connector).json().get("healthy"))
    settled(azure, made, begin(azure, made, "restart web-1"))
    return made


def test_every_example_is_run() -> None:
    assert {name for name, examples in EXAMPLES.items() if examples} == WRITTEN.keys()


@pytest.mark.usefixtures("agent")
@pytest.mark.parametrize("name", WRITTEN)
def test_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    (example,) = EXAMPLES[name]
    names: dict[str, Any] = {}

    exec(example, names)

    written = capsys.readouterr().out
    for pattern in WRITTEN[name]:
        assert re.search(pattern, written, re.MULTILINE), written
