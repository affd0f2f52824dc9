"""`sre-agent local status`: say whether the local Azure runs, and what it holds."""

from typing import Any

from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli.azure import LocalAzure

EPILOG = examples(
    "sre-agent local status",
    "sre-agent local status --json | jq .agents",
)


def status(project: ProjectFolder = None, stack: Stack = "local", json: Json = False) -> None:
    """Say whether the local Azure runs, where, which agents it holds and how much data.

    The exit code is 0 either way; scripts read `.running` of the JSON.
    """
    location = projects.find(project, stack)
    azure = LocalAzure(location)
    running = azure.find()
    report: dict[str, Any] = {
        "running": running is not None,
        "url": running.url if running else location.azure_url,
        "pid": running.pid if running else None,
        "agents": running.agents() if running else None,
        "dataBytes": azure.data_bytes(),
        "log": str(azure.log),
    }
    if json:
        terminal.result_json(report)
    else:
        terminal.result_table(_rows(report))


def _rows(report: dict[str, Any]) -> list[tuple[str, str]]:
    state = f"running (pid {report['pid']})" if report["running"] else "not running"
    rows = [("local Azure", state), ("address", report["url"])]
    if report["running"]:
        rows.append(("agents", ", ".join(report["agents"]) or "none"))
    return [*rows, ("data", f"{report['dataBytes'] / 1024:.0f} KiB"), ("log", report["log"])]
