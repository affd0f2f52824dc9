"""Which commands somebody has seen, so that what is approved is what was shown."""

from collections.abc import Iterable

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import own_files
from pulumi_sre_agent.cli.approval.item import Item

FILE = "approvals-seen.json"
KEPT = 500
"""How many are remembered, the last ones."""


def remember(items: Iterable[Item]) -> None:
    """Note that these were shown."""
    shown = {item.id: item.digest for item in items}
    file = own_files.state(FILE)
    before = own_files.read(file)
    if shown.items() <= before.items():
        return
    merged = {**{key: value for key, value in before.items() if key not in shown}, **shown}
    own_files.write(file, dict([*merged.items()][-KEPT:]))


def check(item: Item, *, expected: str | None, is_shown_now: bool) -> None:
    """Refuse what is another command than was shown; what nobody has seen is to be shown first.

    `expected`: the SHA-256 that somebody says. Raises ConfigError.
    """
    before = expected or own_files.read(own_files.state(FILE)).get(item.id)
    if before is None and not is_shown_now:
        raise ConfigError(
            f"Nobody has seen {item.id} here yet: see it by `sre-agent approval list` first, or say with "
            "--expect which command is meant."
        )
    if before is not None and before.lower() != item.digest:
        raise ConfigError(
            f"{item.id} is another command than was listed: it is now `{item.command}`. List it again, "
            "and decide anew."
        )
