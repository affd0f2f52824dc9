"""The program of all sequences: it declares what a text in JSON says."""

from typing import Any

from pulumi import Alias, ResourceOptions

import pulumi_sre_agent as sre

MAIN = """
import json, pathlib
from support.one_object.program import declare

declare(json.loads(pathlib.Path("declared.json").read_text()))
"""
"""The same as a file."""


def declare(declared: dict[str, Any]) -> None:
    """Declare resources by their names in Pulumi, and a fleet where it has members."""
    for name, resource in declared["resources"].items():
        aliases = [Alias(name=old) for old in resource.get("aliases", ())]
        kind = getattr(sre.resources, resource["kind"])
        kind(name, ResourceOptions(aliases=aliases or None), **resource["args"])
    if declared["fleet"]["agents"]:
        sre.Fleet("fleet", declared["fleet"])
