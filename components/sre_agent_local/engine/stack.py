"""Which stack a command is about: its project, its files, and what opens its secrets."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import config, crypt, project
from .errors import EngineError, UsageError
from .state import Backend, salt

STACK_NAME = re.compile(r"[A-Za-z0-9_.-]{1,100}\Z")


@dataclass(frozen=True, kw_only=True)
class Stack:
    """A stack of the project at hand, whether it exists yet or not."""

    name: str
    project: project.Project
    file: config.StackFile
    backend: Backend


@dataclass(frozen=True, kw_only=True)
class UnlockedStack:
    """What the passphrase opens."""

    config: config.Config
    secrets: crypt.Crypter
    """The state's: it may have another salt than the stack file."""


def find_stack(directory: Path, name: str | None, environ: Mapping[str, str]) -> Stack:
    """Find a stack; EngineError unless it is one that may be deployed to this machine."""
    of_project = project.find(directory)
    stack = _stack_name(name or environ.get("PULUMI_STACK"))
    file = config.read(of_project, stack)
    config.check_loopback(of_project, stack, file)
    backend = Backend(_backend_root(environ), of_project.name, stack)
    return Stack(name=stack, project=of_project, file=file, backend=backend)


def unlock_stack(
    stack: Stack, environ: Mapping[str, str], *, checked: bool = True, writes: bool = True
) -> UnlockedStack:
    """Open a stack's secrets. `checked` says whether its config must be complete, too.

    What `writes` nothing needs the key, and notices a wrong passphrase, only where there are secrets to open.
    """
    phrase = crypt.passphrase(environ)
    of_state = salt(stack.backend.read())
    own = crypt.Crypter(phrase, stack.file.salt or of_state)
    secrets = own
    if of_state and stack.file.salt and of_state != stack.file.salt:
        secrets = crypt.Crypter(phrase, of_state)
    if writes:
        own.check()
        secrets.check()
    if not stack.file.salt and not of_state:
        config.write_salt(stack.file, own.salt)
    settings = config.resolve(stack.project, stack.name, stack.file, own, checked=checked)
    return UnlockedStack(config=settings, secrets=secrets)


def _stack_name(given: str | None) -> str:
    if not given:
        raise UsageError("no stack selected; please use `--stack` or set PULUMI_STACK")
    if not STACK_NAME.match(given):
        raise UsageError("a stack name may only contain alphanumeric, hyphens, underscores, or periods")
    return given


def _backend_root(environ: Mapping[str, str]) -> Path:
    url = environ.get("PULUMI_BACKEND_URL", "")
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise EngineError(
            f"PULUMI_BACKEND_URL is '{url}': the embedded engine keeps state in files only, "
            "so set it to file://<folder>"
        )
    return Path(unquote(parts.netloc + parts.path)).expanduser().resolve()
