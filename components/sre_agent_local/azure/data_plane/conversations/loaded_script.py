"""The script in force: the one that somebody has set, and the default for what it has no turn for."""

from collections.abc import Iterator
from functools import cache
from importlib import resources

from sre_agent_local.azure.state.azure_state import AzureState

from .script import ScriptedTurn, parse

SETTING = "script"


def turns(azure: AzureState) -> Iterator[tuple[str, ScriptedTurn]]:
    """Yield every turn in the order in which they are looked at, and what its uses are counted by."""
    texts = {"": azure.store.setting(SETTING), "default ": default_text()}
    for origin, text in texts.items():
        for number, turn in enumerate(parse(text).turns if text else []):
            yield f"{origin}{number}", turn


def text(azure: AzureState) -> str:
    """Return the script that somebody has set, or the default one."""
    return str(azure.store.setting(SETTING) or default_text())


def put(azure: AzureState, script: str | None) -> None:
    """Set a script, over restarts too, or go back to the default. Raises BadRequest for a bad one."""
    if script is not None:
        parse(script)
    azure.store.put_setting(SETTING, script)
    azure.script_uses.clear()


@cache
def default_text() -> str:
    return resources.files(__package__).joinpath("default_script.yaml").read_text("utf-8")
