"""`sre-agent knowledge sync`: an agent's documents as a folder has them."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from pulumi_sre_agent.api.errors import ConfigError, OperationFailed
from pulumi_sre_agent.cli import own_files, terminal
from pulumi_sre_agent.cli.asking import Yes, confirm
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.knowledge.sending import counted, send
from pulumi_sre_agent.cli.knowledge.status import is_cloned
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target

if TYPE_CHECKING:
    from pulumi_sre_agent.api.agent import AgentClient

EPILOG = epilog(
    "sre-agent knowledge sync runbooks/",
    'sre-agent knowledge sync runbooks/ --yes --record runbooks.json --canary "restart checkout"',
)


@dataclass(frozen=True)
class Plan:
    """What a sync does."""

    send: list[Path]
    """New, changed, or not known to be as they are."""
    prune: list[str]
    """Names that an earlier sync added and the folder no longer has."""
    unchanged: int


@with_target
def sync(
    folder: Annotated[
        Path, typer.Argument(metavar="DIR", exists=True, file_okay=False, help="Folder.", show_default=False)
    ],
    target: Target,
    *,
    record: Annotated[
        Path | None,
        typer.Option(
            "--record", metavar="FILE", help="Where to keep what was sent. Default: with your own files."
        ),
    ] = None,
    canary: Annotated[
        str | None,
        typer.Option(
            "--canary", metavar="QUERY", help="Search for this after it; fail where DIR is not found."
        ),
    ] = None,
    yes: Yes = False,
    json: Json = False,
) -> None:
    """Add and replace documents as the files right in DIR are, and delete what it added and DIR lost.

    What others added stays. The service gives no content back: what was sent is known from a record of an
    earlier sync, by hash; without one every file is sent and nothing is deleted. At the end it tells which
    repositories the agent cannot read.
    """
    from pulumi_sre_agent.api.runtime.knowledge import files_of  # noqa: PLC0415 - --help stays quick

    hashes = {file: _hash(file) for file in files_of([folder])}
    file = record or own_files.state("knowledge.json")
    with target.open() as agent:
        key = f"{agent.id.lower()} {folder.resolve() if record is None else folder.name}"
        records = own_files.read(file)
        plan = _plan(agent, hashes, records.get(key, {}))
        if plan.prune:
            confirm(f"Delete {', '.join(plan.prune)}, which {folder} no longer has?", yes=yes)
        if plan.send:
            send(agent.knowledge, plan.send, index=True, wait=True)
        agent.knowledge.delete(*plan.prune)
        own_files.write(file, records | {key: {path.name: digest for path, digest in hashes.items()}})
        _report(plan, json=json)
        if canary is not None:
            _ask(agent, canary, {path.name for path in hashes})
        for repo in agent.repos.list():
            if not is_cloned(repo):
                why = f": {repo.error_message}" if repo.error_message else ""
                terminal.note(f"Repository {repo.name} is {repo.clone_status or 'not cloned'}{why}.")


def _plan(agent: "AgentClient", hashes: dict[Path, str], known: dict[str, str]) -> Plan:
    there = {document.name: document for document in agent.knowledge.list()}
    same = {
        file
        for file, digest in hashes.items()
        if file.name in there
        and known.get(file.name) == digest
        and there[file.name].size in {None, file.stat().st_size}
        and there[file.name].is_indexed
    }
    names = {file.name for file in hashes}
    prune = sorted(name for name in known if name in there and name not in names)
    return Plan([file for file in hashes if file not in same], prune, len(same))


def _report(plan: Plan, *, json: bool) -> None:
    if json:
        sent = [file.name for file in plan.send]
        terminal.result_json({"sent": sent, "deleted": plan.prune, "unchanged": plan.unchanged})
        return
    terminal.result(
        f"Sent {counted(len(plan.send))}, deleted {len(plan.prune)}, left {plan.unchanged} as they are."
    )


def _ask(agent: "AgentClient", query: str, names: set[str]) -> None:
    """Search, and raise OperationFailed where nothing of the folder is found."""
    titles = [passage.title or "" for passage in agent.knowledge.search(query)]
    if not any(title in names for title in titles):
        found = f", but {', '.join(filter(None, titles))}" if any(titles) else ""
        raise OperationFailed(f"A search for {query!r} finds no document of the folder{found}.", status=200)
    terminal.note(f"A search for {query!r} finds {next(title for title in titles if title in names)}.")


def _hash(file: Path) -> str:
    import hashlib  # noqa: PLC0415 - --help stays quick

    try:
        with file.open("rb") as content:
            return hashlib.file_digest(content, "sha256").hexdigest()
    except OSError as error:
        raise ConfigError(f"{file} cannot be read: {error.strerror}.") from error
