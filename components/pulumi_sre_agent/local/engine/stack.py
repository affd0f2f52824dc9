"""The `stack` commands: make a stack, show its outputs, give its state away and take it back."""

import hashlib
import json
import sys
from collections.abc import Container, Iterable, Iterator, Mapping
from itertools import chain
from pathlib import Path
from typing import Any

from . import config, crypt, session
from .display import Printer
from .errors import EngineError
from .resource import PROVIDERS, STACK, Resource
from .state import ORGANIZATION
from .values import MARK, SECRET, show, strip

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
    spelt = deployment.get("resources") or []
    if faults := [*_manifest_faults(deployment), *_faults(spelt, stack)]:
        raise EngineError(f"state file contains errors: {'; '.join(faults)}")
    for resource in spelt:
        Resource.from_state(resource, crypter.decrypt if crypter else _refuse_secret)
    for operation in deployment.pop("pending_operations", None) or ():
        kind, urn = operation.get("type"), operation.get("resource", {}).get("urn")
        print(f"warning: removing pending operation '{kind}' on '{urn}' from snapshot", file=sys.stderr)
    if crypter:
        deployment["resources"] = _sealed(spelt, crypter)
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


def _manifest_faults(deployment: Json) -> Iterator[str]:
    manifest = deployment.get("manifest") or {}
    version, magic = manifest.get("version") or "", manifest.get("magic") or ""
    if magic != (hashlib.sha256(version.encode()).hexdigest() if version else ""):
        yield "magic cookie mismatch; possible tampering/corruption detected"


def _faults(resources: Iterable[Json], stack: session.Stack) -> Iterator[str]:
    """Name what is wrong with the resources: each must come after all that it rests on."""
    prefix = f"urn:pulumi:{stack.name}::{stack.project.name}::"
    seen: set[str] = set()
    providers: set[str] = set()
    for resource in resources:
        urn, kind = resource.get("urn") or "", resource.get("type") or ""
        if not urn or not kind or "custom" not in resource:
            yield f"resource '{urn or kind}' is missing its URN, its type or whether it is custom"
        elif not urn.startswith(prefix):
            yield f"resource '{urn}' is from a different stack or project"
        if resource.get("id") and not resource.get("custom"):
            yield f"resource '{urn}' is not custom and has an id"
        if urn in seen and not resource.get("delete"):
            yield f"duplicate resource {urn} (not marked for deletion)"
        if not resource.get("pendingReplacement"):
            yield from _missing(resource, seen, providers)
        seen.add(urn)
        if kind.startswith(PROVIDERS):
            providers.add(f"{urn}::{resource.get('id')}")


def _missing(resource: Json, seen: Container[str], providers: Container[str]) -> Iterator[str]:
    urn = resource.get("urn")
    if (provider := resource.get("provider")) and provider not in providers:
        yield f"resource {urn} refers to unknown provider {provider}"
    if (parent := resource.get("parent")) and parent not in seen:
        yield f"child resource {urn} refers to missing parent {parent}"
    by_property = resource.get("propertyDependencies") or {}
    rests_on = [
        *(resource.get("dependencies") or ()),
        *chain.from_iterable(filter(None, by_property.values())),
    ]
    if with_ := resource.get("deletedWith"):
        rests_on.append(with_)
    for missing in sorted({urn for urn in rests_on if urn not in seen}):
        yield f"resource {urn}'s dependency {missing} refers to missing resource"


def _sealed(value: Any, crypter: crypt.Crypter) -> Any:
    """Encrypt what an export with `--show-secrets` left in plain."""
    match value:
        case list():
            return [_sealed(item, crypter) for item in value]
        case {"plaintext": str(plaintext), **rest} if rest.get(MARK) == SECRET:
            return {MARK: SECRET, "ciphertext": crypter.encrypt(plaintext)}
        case dict():
            return {key: _sealed(item, crypter) for key, item in value.items()}
        case _:
            return value


def _empty() -> Json:
    return {"manifest": {"time": "0001-01-01T00:00:00Z", "magic": "", "version": ""}, "metadata": {}}


def _spell(value: object) -> str:
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
