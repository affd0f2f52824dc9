"""The `stack` commands: make a stack, show its outputs, give its state away and take it back."""

import json
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from . import config, crypt, session
from .display import Printer
from .errors import EngineError
from .resource import STACK, Resource, faults
from .state import ORGANIZATION
from .values import show, strip

Json = dict[str, Any]


def init(stack: session.Stack, environ: Mapping[str, str], printer: Printer) -> None:
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


def outputs(stack: session.Stack, crypter: crypt.Crypter, *, show_secrets: bool) -> Json:
    """Return the stack's outputs, secrets masked unless asked for."""
    for spelt in (stack.backend.read() or {}).get("resources") or ():
        if spelt.get("type") == STACK:
            made = Resource.from_state(spelt, crypter.decrypt).outputs
            return {key: show(strip(value) if show_secrets else value) for key, value in sorted(made.items())}
    return {}


def print_outputs(found: Json, name: str | None, printer: Printer, *, as_json: bool) -> None:
    """Print all outputs, or one; EngineError if there is no such output."""
    if name is not None and name not in found:
        raise EngineError(f"current stack does not have output property '{name}'")
    wanted = found if name is None else found[name]
    if as_json:
        printer.line(json.dumps(wanted, indent=2, ensure_ascii=False))
    elif name is not None:
        printer.line(_spell(wanted))
    elif not found:
        printer.line("Current stack outputs (0):\n    No output values currently in this stack")
    else:
        width = max(len("OUTPUT"), *map(len, found))
        printer.line(f"Current stack outputs ({len(found)}):\n    {'OUTPUT':<{width}}  VALUE")
        for key, value in found.items():
            printer.line(f"    {key:<{width}}  {_spell(value)}")


def export_to(stack: session.Stack, file: Path | None, printer: Printer) -> None:
    """Print the stack's deployment, or write it to a file; secrets stay encrypted."""
    exported = {"version": 3, "deployment": stack.backend.read() or _empty()}
    text = json.dumps(exported, indent=4, ensure_ascii=False)
    if file is None:
        printer.line(text)
    else:
        file.write_text(text + "\n", encoding="utf-8")


def import_from(
    stack: session.Stack, file: Path | None, environ: Mapping[str, str], printer: Printer
) -> None:
    """Take a deployment in place of the stack's own, after checking it as the Pulumi CLI does."""
    deployment = _parse(file, stack)
    crypter = _crypter(deployment, environ)
    unseal = crypter.decrypt if crypter else _refuse_secret
    resources = [Resource.from_state(spelt, unseal) for spelt in deployment.get("resources") or ()]
    if found := [*faults(resources, stack.name, stack.project.name)]:
        raise EngineError(f"state file contains errors: {'; '.join(found)}")
    for operation in deployment.pop("pending_operations", None) or ():
        kind, urn = operation.get("type"), operation.get("resource", {}).get("urn")
        print(f"warning: removing pending operation '{kind}' on '{urn}' from snapshot", file=sys.stderr)
    seal = crypter.encrypt if crypter else str
    deployment["resources"] = [resource.to_state(seal) for resource in resources]
    with stack.backend.lock():
        stack.backend.write(deployment)
    printer.line("Import complete.")


def _parse(file: Path | None, stack: session.Stack) -> Json:
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
    provider = deployment.get("secrets_providers")
    if not provider:
        return None
    if provider.get("type") != "passphrase":
        raise EngineError(
            f"secrets provider '{provider.get('type')}' is not known to the embedded engine, "
            "which knows 'passphrase' only"
        )
    crypter = crypt.Crypter(crypt.passphrase(environ), (provider.get("state") or {}).get("salt"))
    crypter.check()
    return crypter


def _refuse_secret(_ciphertext: str) -> str:
    raise EngineError(
        "could not deserialize deployment: it contains encrypted secrets but no secrets_providers"
    )


def _empty() -> Json:
    return {"manifest": {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""}, "metadata": {}}


def _spell(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
