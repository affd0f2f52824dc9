"""`plugins.lock.json`: what each plugin of a directory must bring, as `sre-agent lock-plugins` wrote it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import PLUGIN_INSTALLATION
from pulumi_sre_agent.directory.diagnostics import Diagnostic
from pulumi_sre_agent.directory.documents.document import Document
from pulumi_sre_agent.directory.item import Item

LOCK_FILE = "plugins.lock.json"
AGAIN = "run `sre-agent lock-plugins` again"


def pin_plugins(document: Document, items: Sequence[Item]) -> tuple[list[Item], list[Diagnostic]]:
    """Return the items, each plugin pinned to what the file says of it, and what is wrong with the file.

    See docs/reference/directory-format.md#plugins.
    """
    pins = document.value
    if not isinstance(pins, dict):
        return [*items], [Diagnostic(document.file, 1, f"must be an object by plugin: {AGAIN}")]
    plugins = {item.name for item in items if item.kind == PLUGIN_INSTALLATION}
    diagnostics = [
        Diagnostic(document.file, document.line((name,)), f"no plugin {name!r} is installed here: {AGAIN}")
        for name in pins
        if name not in plugins
    ]
    pinned: list[Item] = []
    for item in items:
        pin = pins.get(item.name) if item.kind == PLUGIN_INSTALLATION else None
        if pin is None:
            pinned.append(item)
            continue
        args = {**item.args, "pin": pin}
        pinned.append(replace(item, args=args))
        diagnostics += [
            Diagnostic(document.file, document.line((item.name,)), f"{item.name}: {error.reason}: {AGAIN}")
            for error in resources.validate(PLUGIN_INSTALLATION.name, args)
            if error.path[:1] == ("pin",)
        ]
    return pinned, diagnostics


def lock_text(pins: Mapping[str, Any]) -> str:
    """Return the file's content."""
    return json.dumps(pins, indent=2, sort_keys=True) + "\n"
