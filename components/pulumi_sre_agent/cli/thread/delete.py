"""`sre-agent thread delete`: forget conversations."""

from typing import Annotated

import typer

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.asking import Yes, confirm
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.target import Target, with_target

EPILOG = epilog("sre-agent thread delete 1f6a2c3d", "sre-agent thread delete 1f6a2c3d 5d0e7a91 --yes")


@with_target
def delete(
    thread_ids: Annotated[
        list[str], typer.Argument(metavar="THREAD…", help="Ids of the threads, or how they begin.")
    ],
    target: Target,
    *,
    yes: Yes = False,
) -> None:
    """Delete threads, with all that was said in them, for everybody. There is no way back."""
    with target.open() as agent:
        threads = [agent.threads.find(each) for each in dict.fromkeys(thread_ids)]
        for thread in threads:
            terminal.note(f"{thread.id}  {thread.title or ''}")
        what = "this thread" if len(threads) == 1 else f"these {len(threads)} threads"
        confirm(f"Delete {what}?", yes=yes)
        for thread in threads:
            agent.threads.delete(thread.id)
            terminal.result(f"Deleted {thread.id}.")
