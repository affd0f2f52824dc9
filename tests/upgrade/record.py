"""Deploys with the code as it is, and saves what that leaves for the releases to come.

    PYTHONPATH=tests .venv/bin/python -m upgrade.record

It writes `tests/upgrade/<version>/`, where the version is that of pyproject.toml: run it once for a release,
with the code that is released, and commit the folder. What is there already is never written again.
"""

import json
import shutil
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import yaml

import pulumi_sre_agent as sre
from support.azure import SUBSCRIPTION, LocalAzure, running
from support.deployments import ROOT, Deployment
from support.engines import Json, Stack
from support.releases import FOLDER, ProjectCopy, save
from support.samples import ROWS, SAMPLES

ENVIRONMENTS = ("local", "dev", "staging", "prod")
WATCHED = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-payments/providers"
VARIABLES = {
    "PAYMENTS_APP_INSIGHTS_ID": f"{WATCHED}/Microsoft.Insights/components/appi-payments",
    "PAYMENTS_LOG_ANALYTICS_ID": f"{WATCHED}/Microsoft.OperationalInsights/workspaces/log-payments",
    "PAYMENTS_KUSTO_URL": "https://payments.swedencentral.kusto.windows.net/payments",
}
"""What the stack files of real environments leave to who deploys."""
PLATFORM = "sre-agent:incidentPlatform"
AGENTS = {"IncidentPlatform": "incidents", "IncidentIndexing": "incidents", "AgentPower": "stopped"}
"""The agent of the program that an item goes to, where it would be in the way of others."""


def main() -> int:
    """Record the release, or say why not."""
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    release = FOLDER / version
    if release.exists():
        print(
            f"{release.relative_to(ROOT)} is there already, and what a release has deployed never changes: "
            "raise the version in pyproject.toml first.",
            file=sys.stderr,
        )
        return 1
    with TemporaryDirectory() as folder:
        complete = Path(folder, version)
        for environment in ENVIRONMENTS:
            record(complete / "environments" / environment, make_environment)
        record(complete / "every_component" / "dev", make_every_component)
        record(complete / "every_kind" / "dev", make_every_kind)
        check_complete(complete)
        shutil.copytree(complete, release)
    return 0


def record(folder: Path, make: Callable[[Path, LocalAzure, str], Stack]) -> None:
    """Deploy a stack to a local Azure of its own, until nothing is left to do, and save it."""
    with TemporaryDirectory() as temporary:
        place = Path(temporary).resolve()
        with running(place / "azure") as azure:
            stack = make(place / "stack", azure, folder.name)
            for command in (("up",), ("refresh", "--expect-no-changes"), ("preview", "--expect-no-changes")):
                stack.succeed(*command)
        save(stack, azure, folder)
        print(f"{folder.parent.name}/{folder.name}: {len(stack.resources())} resources")


def check_complete(release: Path) -> None:
    """Refuse a release some of whose components or kinds are in no state."""
    states = "".join(file.read_text(encoding="utf-8") for file in release.glob("*/*/state.json"))
    for module, prefix in ((sre, "sre:index:"), (sre.resources, "pulumi-python:dynamic/sre:")):
        names = {name for name in module.__all__ if f"{name}Args" in module.__all__}
        missing = sorted(name for name in names if f'"{prefix}{name}"' not in states)
        assert not missing, f"no recorded program has a {' or '.join(missing)}"


def make_environment(folder: Path, azure: LocalAzure, name: str) -> Stack:
    """Make an environment of `stacks/`, with what only its operators know."""
    folder.mkdir()
    stack = Deployment(folder, azure, stack=name)
    if name == "local":
        return stack
    azure.group("rg-payments")
    token = stack.sealed("of-the-operators")
    stack.configure({"sre-agent:variables": {**VARIABLES, "PAYMENTS_OPS_TOKEN": token}})
    platform = yaml.safe_load(stack.stack_file.read_text(encoding="utf-8"))["config"].get(PLATFORM)
    if platform:
        stack.configure({PLATFORM: {**platform, "connection_key": stack.sealed("u+of-a-user")}})
    return stack


def make_every_component(folder: Path, azure: LocalAzure, name: str) -> Stack:
    """Make the program that has every component around its agent."""
    return ProjectCopy(folder, azure, FOLDER / "every_component", name)


def make_every_kind(folder: Path, azure: LocalAzure, name: str) -> Stack:
    """Make the program that has one of every kind; its items are the samples as they are now."""
    project = folder / "source"
    shutil.copytree(FOLDER / "every_kind", project)
    (project / "items.json").write_text(json.dumps([*items()], indent=2) + "\n", encoding="utf-8")
    return ProjectCopy(folder, azure, project, name)


def items() -> Iterator[Json]:
    """Return every kind's sample, once for each plane that knows it, and once with all left to defaults."""
    for kind, plane in ROWS:
        args = {**SAMPLES[kind.name].args}
        if "path" in args:
            args["path"] = Path(args["path"]).name  # lies beside the program
        agent = AGENTS.get(kind.name, "items")
        name = kind.name if len(kind.planes) == 1 else f"{kind.name}-{plane}"
        there = {} if len(kind.planes) == 1 else {"plane": plane, "name": f"{args['name']}-{plane}"}
        yield {"resource": name, "kind": kind.name, "agent": agent, "args": args | there}
        if plane == kind.planes[0]:
            name, agent = f"{kind.name}-least", f"{agent}-least"
            yield {"resource": name, "kind": kind.name, "agent": agent, "args": least(kind.name, args)}


def least(kind: str, args: Json) -> Json:
    """Leave out every argument that a kind can do without."""
    for name in [*args]:
        fewer = {other: value for other, value in args.items() if other != name}
        if not sre.resources.validate(kind, fewer):
            args = fewer
    return args


if __name__ == "__main__":
    sys.exit(main())
