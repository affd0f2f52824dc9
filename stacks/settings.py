"""What a stack's config says, in the words of `sre.Agent`."""

from difflib import get_close_matches
from pathlib import Path
from typing import Any

import pulumi
import yaml

STACKS = Path(__file__).parent
config = pulumi.Config()


def get_json(key: str) -> Any:
    """Return a setting that is a number, a list or an object; None where it is left to agent.json."""
    return config.get_object(key) or None


def false_or_none(key: str) -> Any:
    """Return False for what is not wanted; None where it is left alone."""
    return None if config.require_bool(key) else False


def get_text(key: str) -> Any:
    """Return a setting that is text; None where it is left to agent.json."""
    return config.get(key) or None


def validate_keys() -> None:
    """Refuse a key of the stack that Pulumi.yaml does not declare: Pulumi would ignore it."""
    declared = _config_of(STACKS.parent / "Pulumi.yaml")
    file = STACKS / f"Pulumi.{pulumi.get_stack()}.yaml"
    for key in _config_of(file) if file.is_file() else ():
        name = key.removeprefix(f"{config.name}:")
        if ":" not in name and name not in declared:
            close = get_close_matches(name, declared, 1)
            hint = f"; did you mean {close[0]}?" if close else "."
            raise pulumi.RunError(f"{file.name} sets {key}, which Pulumi.yaml does not declare{hint}")


def validate_secrets() -> None:
    """Refuse the key of an incident platform in plain text: it would stand in the stack's file and state."""
    key = f"{config.name}:incidentPlatform"
    if "connection_key" in (get_json("incidentPlatform") or {}) and not pulumi.runtime.is_config_secret(key):
        raise pulumi.RunError(
            f"The connection_key of {key} stands in plain text: set it anew, by pulumi config set --path "
            "incidentPlatform.connection_key --secret."
        )


def _config_of(file: Path) -> dict[str, Any]:
    values: dict[str, Any] = (yaml.safe_load(file.read_text("utf-8")) or {}).get("config") or {}
    return values
