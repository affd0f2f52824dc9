"""A stack: found, its secrets opened, made, and its outputs and state given out and taken back."""

import json
import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from . import config, crypt, project
from .display import Printer
from .errors import EngineError, UsageError
from .locks import ORGANIZATION
from .resource import STACK, Resource, integrity_errors
from .state import Backend, Json, salt
from .values import to_display, unwrap_secrets

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


def _stack_name(name: str | None) -> str:
    if not name:
        raise UsageError("no stack selected; please use `--stack` or set PULUMI_STACK")
    if not STACK_NAME.match(name):
        raise UsageError("a stack name may only contain alphanumeric, hyphens, underscores, or periods")
    return name


def _backend_root(environ: Mapping[str, str]) -> Path:
    url = environ.get("PULUMI_BACKEND_URL", "")
    parts = urlsplit(url)
    if parts.scheme != "file":
        raise EngineError(
            f"PULUMI_BACKEND_URL is '{url}': the embedded engine keeps state in files only, "
            "so set it to file://<folder>"
        )
    return Path(unquote(parts.netloc + parts.path)).expanduser().resolve()


def init(stack: Stack, environ: Mapping[str, str], printer: Printer) -> None:
    """Make the stack exist; its file gets an `encryptionsalt` only if it has none."""
    if stack.backend.exists():
        raise EngineError(f"stack '{ORGANIZATION}/{stack.project.name}/{stack.name}' already exists")
    phrase = crypt.passphrase(environ)
    if stack.file.salt:
        crypt.Crypter(phrase, stack.file.salt).check()
    else:
        config.write_salt(stack.file, crypt.Crypter(phrase).salt)
    stack.backend.initialise()
    printer.line(f"Created stack '{stack.name}'")


def print_outputs(stack: Stack, crypter: crypt.Crypter, printer: Printer, *, show_secrets: bool) -> None:
    """Print the stack's outputs as JSON, secrets masked unless asked for."""
    outputs = {}
    for data in (stack.backend.read() or {}).get("resources") or ():
        if data.get("type") == STACK:
            outputs = Resource.from_state(data, crypter.decrypt).outputs
    printer.line(
        json.dumps(
            to_display(unwrap_secrets(outputs) if show_secrets else outputs), indent=2, ensure_ascii=False
        )
    )


def export_to(stack: Stack, file: Path | None, printer: Printer) -> None:
    """Print the stack's deployment, or write it to a file; secrets stay encrypted."""
    empty = {"manifest": {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""}, "metadata": {}}
    exported = {"version": 3, "deployment": stack.backend.read() or empty}
    text = json.dumps(exported, indent=4, ensure_ascii=False)
    if file is None:
        printer.line(text)
    else:
        file.write_text(text + "\n", encoding="utf-8")


def import_from(stack: Stack, file: Path | None, environ: Mapping[str, str], printer: Printer) -> None:
    """Take a deployment in place of the stack's own, after checking it as the Pulumi CLI does."""
    deployment = _parse(file, stack)
    crypter = _crypter(deployment, environ)
    unseal = crypter.decrypt if crypter else _refuse_secret
    resources = [Resource.from_state(data, unseal) for data in deployment.get("resources") or ()]
    if errors := [*integrity_errors(resources, stack.name, stack.project.name)]:
        raise EngineError(f"state file contains errors: {'; '.join(errors)}")
    for operation in deployment.pop("pending_operations", None) or ():
        kind, urn = operation.get("type"), operation.get("resource", {}).get("urn")
        print(f"warning: removing pending operation '{kind}' on '{urn}' from snapshot", file=sys.stderr)
    seal = crypter.encrypt if crypter else str
    deployment["resources"] = [resource.to_state(seal) for resource in resources]
    with stack.backend.lock():
        stack.backend.write(deployment)
    printer.line("Import complete.")


def _parse(file: Path | None, stack: Stack) -> Json:
    try:
        text = sys.stdin.read() if file is None else file.read_text(encoding="utf-8-sig")
        whole = json.loads(text)
    except (OSError, ValueError) as error:
        raise EngineError(f"could not read the deployment in {file or 'standard input'}: {error}") from error
    if not isinstance(whole, dict) or not isinstance(whole.get("deployment"), dict):
        raise EngineError("could not deserialize deployment: there is no 'deployment' in it")
    if whole.get("version") != 3 or whole.get("features"):
        raise EngineError(
            f"the deployment for stack '{stack.name}' has version {whole.get('version')} and features "
            f"{whole.get('features') or []}; the embedded engine knows version 3 without features"
        )
    return dict(whole["deployment"])


def _crypter(deployment: Json, environ: Mapping[str, str]) -> crypt.Crypter | None:
    sealed_with = salt(deployment)
    if not sealed_with:
        return None
    crypter = crypt.Crypter(crypt.passphrase(environ), sealed_with)
    crypter.check()
    return crypter


def _refuse_secret(_ciphertext: str) -> str:
    raise EngineError(
        "could not deserialize deployment: it contains encrypted secrets but no secrets_providers"
    )
