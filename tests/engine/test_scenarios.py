"""Whole lives of stacks: every engine does what the scenario says, and both leave the same behind."""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from support.engines import EMBEDDED, PULUMI, QUICK, Engine, Project, Result, needs_pulumi, ops
from support.scenarios import SCENARIOS, Scenario, Step
from support.toy_plugin import install

UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
VOLATILE = ("created", "modified", "sourcePosition", "stackTrace")
DIGESTS = {"preview": ("preview", "--json"), "drift": ("refresh", "--preview-only", "--json")}
CHANGES = ("create", "update", "delete")


def begun(scenario: Scenario, engine: Engine, folder: Path) -> Project:
    install(folder / engine.name / "plugin")
    project = Project(folder / engine.name, engine)
    project.make(scenario.program, settings=scenario.settings)
    for act in scenario.begin:
        act(project.cloud)
    return project


def take(project: Project, step: Step) -> Result:
    for act in step.before:
        act(project.cloud)
    project.configure(gen=step.gen)
    project.cloud.forget_calls()
    return project.run(*DIGESTS.get(step.verb, (step.verb,)))


@pytest.mark.parametrize(
    "engines",
    [
        pytest.param((QUICK,), id="embedded"),
        pytest.param((EMBEDDED, PULUMI), id="embedded-and-pulumi", marks=needs_pulumi),
    ],
)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=str)
def test_scenario(scenario: Scenario, engines: tuple[Engine, ...], tmp_path: Path) -> None:
    """Each engine does what the scenario says; all leave the same state, ask the same, show the same."""
    projects = [begun(scenario, engine, tmp_path) for engine in engines]
    for number, step in enumerate(scenario.steps):
        results = [take(project, step) for project in projects]

        where = "\n".join([f"step {number}, {step}", *(result.text for result in results)])
        for project, result in zip(projects, results, strict=True):
            assert result.code == step.code, where
            if step.ops is not None:
                changes = {
                    name: op for name, op in ops(result.json()).items() if op not in ("same", "refresh")
                }
                assert changes == step.ops, where
            if step.calls is not None:
                assert {f"{how} {name}" for how, name in project.cloud.count(*CHANGES)} == step.calls, where
        if len(projects) == 2:
            assert state(projects[0]) == state(projects[1]), where
            assert asked(projects[0]) == asked(projects[1]), where
            if step.verb in DIGESTS:
                assert shown(results[0]) == shown(results[1]), where


def state(project: Project) -> list[Any]:
    """Read a state so that two are equal if they mean the same."""
    deployment = project.deployment()
    resources = [_plain(resource) for resource in deployment.get("resources") or ()]
    pending = [_plain(operation["resource"]) for operation in deployment.get("pending_operations") or ()]
    return [sorted(resources, key=json.dumps), sorted(pending, key=json.dumps)]


def asked(project: Project) -> list[str]:
    """Read what providers were asked about resources, in no order: independent steps run side by side."""
    return sorted(
        json.dumps(call, sort_keys=True) for call in project.cloud.calls() if call["method"] != "configure"
    )


def shown(result: Result) -> dict[str, Any]:
    """Read a preview's steps by URN, and its summary."""
    digest = result.json()
    steps = {
        step["urn"]: {key: step.get(key) for key in ("op", "diffReasons", "replaceReasons", "detailedDiff")}
        for step in digest["steps"]
        if step["op"] != "refresh"  # of what was read and does not differ, Pulumi lists some
    }
    return {"steps": steps, "changes": digest.get("changeSummary")}


def _plain(resource: Mapping[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in resource.items() if key not in VOLATILE}
    for key in ("dependencies", "additionalSecretOutputs"):
        if key in kept:
            kept[key] = sorted(kept[key])
    text = UUID.sub("<uuid>", json.dumps(kept, sort_keys=True))
    found: dict[str, Any] = json.loads(re.sub(r'"ciphertext": "[^"]*"', '"ciphertext": "…"', text))
    return found
