"""`sre-agent knowledge status`: whether an agent finds what it was given."""

from typing import TYPE_CHECKING, Any

import typer

from pulumi_sre_agent.cli import ages, terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient
    from pulumi_sre_agent.api.runtime.repos import Repo

NOT_READY = 3
EPILOG = epilog("sre-agent knowledge status", codes=f"{NOT_READY} not all of it is there yet, or failed")
COLUMNS = (Column("REPOSITORY", 12), Column("CLONE"), Column("COMMIT"), Column("WHY", 9))
STYLES = {"Ready": "green", "Failed": "red"}


@with_target
def status(target: Target, *, json: Json = False) -> None:
    """Say whether documents are indexed and repositories cloned, and what is not.

    The commit is the one that the service says it cloned; whether a repository has newer ones since, it does
    not tell.
    """
    with target.open() as agent:
        found = _look(agent)
        repos = sorted(agent.repos.list(), key=lambda repo: repo.name)
    waiting = found["notIndexed"] or found["failed"] or not found["enabled"]
    if json:
        terminal.result_json(
            {**found, "repositories": [repo.model_dump(by_alias=True, mode="json") for repo in repos]}
        )
    else:
        _print(found, repos)
    if waiting or not all(map(is_cloned, repos)):
        raise typer.Exit(NOT_READY)


def is_cloned(repo: "Repo") -> bool:
    """Return whether the agent can read a repository."""
    return repo.clone_status == "Ready"


def _look(agent: "AgentClient") -> dict[str, Any]:
    documents, indexer = [*agent.knowledge.list()], agent.knowledge.indexer()
    last = indexer.last_execution
    return {
        "enabled": agent.knowledge.is_enabled(),
        "documents": len(documents),
        "notIndexed": sorted(
            each.name for each in documents if not each.is_indexed and not each.error_reason
        ),
        "failed": {each.name: each.error_reason for each in documents if each.error_reason},
        "indexer": indexer.status,
        "lastRun": last.end_time if last else None,
    }


def _print(found: dict[str, Any], repos: "list[Repo]") -> None:
    ended = ages.age(found["lastRun"])
    last = "just now" if ended == "now" else f"{ended} ago"
    rows = [
        ("memory", "on" if found["enabled"] else "off: it takes no documents"),
        ("documents", str(found["documents"])),
        ("not indexed", ", ".join(found["notIndexed"])),
        *(("failed", f"{name}: {reason}") for name, reason in found["failed"].items()),
        ("indexer", " ".join(filter(None, [found["indexer"], ended and f"(last ran {last})"]))),
    ]
    terminal.result_table([row for row in rows if row[1]])
    if repos:
        terminal.result("")
        terminal.result_list(
            COLUMNS,
            [
                [
                    repo.name,
                    Cell(repo.clone_status or "unknown", STYLES.get(repo.clone_status or "", "yellow")),
                    (repo.latest_commit or "")[:8],
                    repo.error_message or "",
                ]
                for repo in repos
            ],
        )
