"""The `stack` commands: make a stack, show its outputs, give its state away and take it back."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import config, crypt
from . import stack as stacks
from .display import Printer
from .errors import EngineError
from .resource import STACK, Resource, integrity_errors
from .state import ORGANIZATION, salt
from .values import to_display, unwrap_secrets

Json = dict[str, Any]


def init(stack: stacks.Stack, environ: Mapping[str, str], printer: Printer) -> None:
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


def print_outputs(
    stack: stacks.Stack, crypter: crypt.Crypter, printer: Printer, *, show_secrets: bool
) -> None:
    """Print the stack's outputs as JSON, secrets masked unless asked for."""
    found = {}
    for serialized in (stack.backend.read() or {}).get("resources") or ():
        if serialized.get("type") == STACK:
            found = Resource.from_state(serialized, crypter.decrypt).outputs
    printer.line(
        json.dumps(to_display(unwrap_secrets(found) if show_secrets else found), indent=2, ensure_ascii=False)
    )


def export_to(stack: stacks.Stack, file: Path | None, printer: Printer) -> None:
    """Print the stack's deployment, or write it to a file; secrets stay encrypted."""
    empty = {"manifest": {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""}, "metadata": {}}
    exported = {"version": 3, "deployment": stack.backend.read() or empty}
    text = json.dumps(exported, indent=4, ensure_ascii=False)
    if file is None:
        printer.line(text)
    else:
        file.write_text(text + "\n", encoding="utf-8")


def import_from(stack: stacks.Stack, file: Path | None, environ: Mapping[str, str], printer: Printer) -> None:
    """Take a deployment in place of the stack's own, after checking it as the Pulumi CLI does."""
    deployment = _parse(file, stack)
    crypter = _crypter(deployment, environ)
    unseal = crypter.decrypt if crypter else _refuse_secret
    resources = [Resource.from_state(serialized, unseal) for serialized in deployment.get("resources") or ()]
    if found := [*integrity_errors(resources, stack.name, stack.project.name)]:
        raise EngineError(f"state file contains errors: {'; '.join(found)}")
    for operation in deployment.pop("pending_operations", None) or ():
        kind, urn = operation.get("type"), operation.get("resource", {}).get("urn")
        print(f"warning: removing pending operation '{kind}' on '{urn}' from snapshot", file=sys.stderr)
    seal = crypter.encrypt if crypter else str
    deployment["resources"] = [resource.to_state(seal) for resource in resources]
    with stack.backend.lock():
        stack.backend.write(deployment)
    printer.line("Import complete.")


def _parse(file: Path | None, stack: stacks.Stack) -> Json:
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
