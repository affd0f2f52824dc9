"""Pulumi.<stack>.yaml: a stack's settings, merged with the project's defaults and checked as Pulumi does."""

import ipaddress
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from . import yaml_file
from .crypt import Crypter
from .errors import EngineError
from .project import Project, full_key

HOST_KEY = "azure-native:metadataHost"
KNOWN = frozenset(("config", "encryptionsalt", "secretsprovider"))


@dataclass(frozen=True, kw_only=True)
class StackFile:
    """A stack file as written: its secrets are still encrypted."""

    path: Path
    salt: str | None
    config: Mapping[str, Any]
    """Full key to value; a secret is {"secure": ciphertext}, at any depth."""


@dataclass(frozen=True, kw_only=True)
class Config:
    """What the program and its providers get: every value as text, objects and lists as JSON."""

    values: Mapping[str, str] = field(repr=False)
    secret_keys: frozenset[str]
    """Keys whose value is a secret or holds one."""
    secrets: frozenset[str] = field(default=frozenset(), repr=False)
    """The secrets themselves."""

    def masked(self) -> dict[str, str]:
        """Return the values as they may be shown."""
        return {key: "[secret]" if key in self.secret_keys else value for key, value in self.values.items()}


def read(project: Project, stack: str) -> StackFile:
    """Read a stack's file; one that does not exist is empty, as with Pulumi."""
    path = project.stack_file(stack)
    settings = yaml_file.read(path) if path.exists() else {}
    if unknown := sorted(set(map(str, settings)) - KNOWN):
        raise EngineError(f"{path}: the embedded engine does not know the setting '{unknown[0]}'")
    if settings.get("secretsprovider") not in (None, "", "default", "passphrase"):
        raise EngineError(
            f"{path}: secrets provider '{settings['secretsprovider']}' is not known to the embedded engine, "
            "which knows 'passphrase' only"
        )
    config = settings.get("config") or {}
    if not isinstance(config, dict):
        raise EngineError(f"{path}: 'config' must be a mapping of settings")
    keys = {full_key(project.name, str(key)): value for key, value in config.items()}
    return StackFile(path=path, salt=settings.get("encryptionsalt") or None, config=keys)


def check_loopback(project: Project, stack: str, file: StackFile) -> None:
    """Refuse a stack whose Azure is not on this machine."""
    declared = project.config.get(HOST_KEY)
    host = file.config.get(HOST_KEY, declared.default if declared else None)
    if isinstance(host, str) and _is_loopback(host):
        return
    setting = f"'{host}'" if isinstance(host, str) else "not set in its stack file"
    raise EngineError(
        f"stack '{stack}' is for the real engine: the embedded one deploys only to an Azure on this machine, "
        f"and {HOST_KEY} is {setting} rather than a loopback address; install Pulumi "
        f"(https://www.pulumi.com/docs/install/) and run `pulumi up --stack {stack}`"
    )


def resolve(
    project: Project, stack: str, file: StackFile, crypter: Crypter, *, checked: bool = True
) -> Config:
    """Decrypt, add the project's defaults, check. Raises EngineError in the words of the real CLI.

    Without `checked` what is missing stays missing: enough for what does not run the program.
    """
    secrets: set[str] = set()

    def decrypt(ciphertext: str) -> str:
        secrets.add(plaintext := crypter.decrypt(ciphertext))
        return plaintext

    values = {key: _decrypt(value, decrypt) for key, value in file.config.items()}
    secret_keys = frozenset(key for key, value in file.config.items() if values[key] != value)
    defaults = {key: declared.default for key, declared in project.config.items() if key not in values}
    missing = sorted(_short(project, key) for key, default in defaults.items() if default is None)
    if missing and checked:
        raise _invalid(stack, _missing(missing))
    values |= {key: default for key, default in defaults.items() if default is not None}
    for key, declared in sorted(project.config.items()) if checked else ():
        what = f"with configuration key '{_short(project, key)}' must be"
        if declared.type and declared.secret and key not in secret_keys:
            raise _invalid(stack, f"{what} encrypted as it's secret")
        if not declared.accepts(values[key] if isinstance(values[key], dict | list) else text(values[key])):
            raise _invalid(stack, f"{what} of type '{declared.type_name}'")
    texts = {key: text(value) for key, value in values.items()}
    return Config(values=texts, secret_keys=secret_keys, secrets=frozenset(secrets))


def write_salt(file: StackFile, salt: str) -> None:
    """Put `encryptionsalt` into a stack file, leaving the rest of its text alone."""
    file.path.parent.mkdir(parents=True, exist_ok=True)
    before = file.path.read_text(encoding="utf-8-sig") if file.path.exists() else ""
    file.path.write_text(f"encryptionsalt: {salt}\n{before}", encoding="utf-8")


def text(value: object) -> str:
    """Spell a setting as the program sees it; JSON exactly as the real engine: it ends up in state."""
    if isinstance(value, str):
        return value
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    spelt = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    for character in "<>&\u2028\u2029":
        spelt = spelt.replace(character, f"\\u{ord(character):04x}")
    return spelt


def _decrypt(value: object, decrypt: Callable[[str], str]) -> object:
    match value:
        case {"secure": str(ciphertext), **rest} if not rest:
            return decrypt(ciphertext)
        case dict():
            return {key: _decrypt(item, decrypt) for key, item in value.items()}
        case list():
            return [_decrypt(item, decrypt) for item in value]
        case _:
            return value


def _invalid(stack: str, problem: str) -> EngineError:
    return EngineError(f"validating stack config: Stack '{stack}' {problem}")


def _missing(names: list[str]) -> str:
    *most, last = (f"'{name}'" for name in names)
    if not most:
        return f"is missing configuration value {last}"
    return f"is missing configuration values {', '.join(most)} and {last}"


def _short(project: Project, key: str) -> str:
    return key.removeprefix(f"{project.name}:")


def _is_loopback(host: str) -> bool:
    try:
        name = urlsplit(host if "://" in host else f"//{host}").hostname or ""
        return name == "localhost" or ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False
