"""Which texts of a stack's config are secrets, and which stand there in plain.

The engine hands a program every value decrypted and says of each key whether it is a secret or holds one;
the stack's file says where. `pulumi.Config.get_object` keeps nothing of either.
"""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import pulumi
import yaml
from pulumi.runtime.config import CONFIG, is_config_secret

from pulumi_sre_agent.api.secrets import forms_of, is_secret_name

Leaf = tuple[str, str, bool]
"""Where a text stands, as `pulumi config set --path` has it; the text; whether it is a secret."""


class ConfigTexts(NamedTuple):
    """The texts of a stack's config."""

    secrets: frozenset[str]
    forms: tuple[str, ...]
    """What a longer text holds that holds one of them."""
    plain: Mapping[str, str]
    """Texts that no place has as a secret, and where they stand: rather below a name that sounds secret."""

    def holds_secret(self, text: str) -> bool:
        """Whether a text is one of the secrets, or holds one in whichever form."""
        return text in self.secrets or any(form in text for form in self.forms)


def config_texts() -> ConfigTexts:
    """Return those of the stack that the program runs for."""
    if not (values := CONFIG.get()):
        return ConfigTexts(frozenset(), (), {})
    secret_keys = frozenset(key for key in values if is_config_secret(key))
    return _texts(_stack_file(), tuple(sorted(values.items())), secret_keys, pulumi.get_project())


@cache
def _texts(
    file: Path | None, values: tuple[tuple[str, str], ...], secret_keys: frozenset[str], project: str
) -> ConfigTexts:
    written = _written(file, project) if file and secret_keys else {}
    leaves: list[Leaf] = []
    for key, value in values:
        place, parsed = key.removeprefix(f"{project}:"), _parsed(value)
        if key not in secret_keys:
            leaves += _leaves(place, parsed, secret=False)
            continue
        try:
            leaves += _leaves_as_written(place, parsed, written.get(key))
        except ValueError:  # it is secret as a whole, or from somewhere else, so that nobody can say where
            leaves += [(place, value, True), *_leaves(place, parsed, secret=True)]
    secrets = frozenset(text for _, text, is_secret in leaves if is_secret and text)
    named_last = sorted(leaves, key=lambda leaf: _is_secret(leaf[0]))
    plain = {text: place for place, text, is_secret in named_last if not is_secret}
    return ConfigTexts(
        secrets,
        tuple(form for secret in sorted(secrets) for form in forms_of(secret)),
        {text: place for text, place in plain.items() if text not in secrets},
    )


def _leaves(place: str, value: Any, *, secret: bool) -> Iterator[Leaf]:
    if isinstance(value, dict):
        for key, inner in value.items():
            yield from _leaves(_member(place, key), inner, secret=secret)
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _leaves(f"{place}[{index}]", inner, secret=secret)
    elif isinstance(value, str | int | float) and not isinstance(value, bool):
        yield place, str(value), secret


def _leaves_as_written(place: str, value: Any, written: Any) -> Iterator[Leaf]:
    """Yield the leaves of a value, secret where the file has them encrypted. Raises where the two differ."""
    if isinstance(written, dict) and written.keys() == {"secure"}:
        if not isinstance(value, str):
            raise ValueError(f"{place} is a secret as a whole")
        yield place, value, True
    elif isinstance(written, dict) and isinstance(value, dict) and written.keys() == value.keys():
        for key, inner in value.items():
            yield from _leaves_as_written(_member(place, key), inner, written[key])
    elif isinstance(written, list) and isinstance(value, list) and len(written) == len(value):
        for index, (inner, inner_written) in enumerate(zip(value, written, strict=True)):
            yield from _leaves_as_written(f"{place}[{index}]", inner, inner_written)
    elif written == value:
        yield from _leaves(place, value, secret=False)
    else:
        raise ValueError(f"{place} is not what the stack's file says")


def _member(place: str, key: str) -> str:
    return f"{place}.{key}" if key.replace("_", "").replace("-", "").isalnum() else f'{place}["{key}"]'


def _is_secret(place: str) -> bool:
    return is_secret_name(re.split(r"[.:\[]", place)[-1])


def _parsed(value: str) -> Any:
    """Return an object or a list, which the engine hands over as JSON; any other value is text."""
    try:
        return json.loads(value) if value[:1] in {"{", "["} else value
    except (ValueError, RecursionError):
        return value


def _stack_file() -> Path | None:
    """Return the stack's file, where Pulumi.yaml has it."""
    try:
        return _stack_file_in(pulumi.get_root_directory(), pulumi.get_stack())
    except Exception:  # noqa: BLE001 - the SDK's way to say that no engine runs this program
        return None


@cache
def _stack_file_in(directory: str, stack: str) -> Path | None:
    """Read Pulumi.yaml once: this is asked for every argument of every resource."""
    root = Path(directory)
    for name in ("Pulumi.yaml", "Pulumi.yml"):
        if (root / name).is_file():
            project = yaml.safe_load((root / name).read_text("utf-8")) or {}
            config = project.get("config")
            folder = project.get("stackConfigDir") or (config if isinstance(config, str) else "")
            return root / folder / f"Pulumi.{stack}{Path(name).suffix}"
    return None


def _written(file: Path, project: str) -> dict[str, Any]:
    """Return the config of a stack's file by full key, its secrets still encrypted."""
    try:
        config = (yaml.safe_load(file.read_text("utf-8")) or {}).get("config") or {}
    except (OSError, ValueError, yaml.YAMLError):
        return {}
    return {key if ":" in key else f"{project}:{key}": value for key, value in config.items()}
