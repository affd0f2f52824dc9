"""Every fault that Azure may have, against every kind's create.

It passes by itself, or is told in one sentence and passes when run again; nothing is there twice.
"""

import copy
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest

from pulumi_sre_agent.api.kinds import KINDS, Kind, Plane
from pulumi_sre_agent.resources._core.provider import KindProvider
from pulumi_sre_agent.resources._core.registry import provider_of
from pulumi_sre_agent.resources.agent import AgentProvider
from pulumi_sre_agent.resources.skill import SkillProvider
from support import provider_process
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import ROWS, SAMPLES, Json
from support.stack import stack_config

PASSING: dict[str, Json] = {
    "slow": {"kind": "delay", "seconds": 0.2},
    "throttled": {"kind": "status", "status": 429, "retryAfter": 0},
    "unavailable": {"kind": "status", "status": 503},
    "failed after it took effect": {"kind": "status", "status": 500, "processed": True},
    "reset": {"kind": "reset"},
    "reset after it took effect": {"kind": "reset", "processed": True},
    "truncated": {"kind": "truncate"},
    "not JSON": {"kind": "notJson"},
    "a web page": {"kind": "html"},
    "a web page with another status": {"kind": "html", "status": 502},
    "token refused": {"kind": "unauthorized"},
}
"""Faults that the create outlasts when they strike once."""

LASTING: dict[str, Json] = {
    "refused": {"kind": "status", "status": 400, "code": "BadThing", "message": "That will not do"},
    "refused after it took effect": {"kind": "status", "status": 400, "code": "BadThing", "processed": True},
    "operation failed": {"kind": "operationFailed", "code": "NoCapacity", "message": "No capacity"},
}
"""Faults that end a create, for kinds whose create they can strike."""


@pytest.fixture(scope="module")
def next_run(cloud: LocalAzure) -> Iterator[ProviderProcess]:
    """Another provider process, as the next run of an engine starts one."""
    with provider_process.running(stack_config(cloud), cloud.environ) as process:
        yield process


@dataclass(frozen=True)
class Case:
    """One item to create, and the request that writes it."""

    inputs: Json
    path: str
    method: str = "PUT"


def attempt(
    cloud: LocalAzure, providers: ProviderProcess, provider: KindProvider, case: Case, rule: Json
) -> str | None:
    """Create while the rule strikes once; what the engine would print if that fails."""
    cloud.fault(method=case.method, path=case.path, times=1, **rule)
    try:
        providers.create(provider, case.inputs)
    except ProviderError as error:
        return str(error).strip()
    return None


def check_outcomes(outcomes: dict[str, str | None], operations: bool) -> None:
    told = {name for name, sentence in outcomes.items() if sentence is not None}
    lasting = set(LASTING) if operations else set(LASTING) - {"operation failed"}
    assert told == lasting, outcomes
    for name in told:
        sentence = str(outcomes[name])
        assert "\n" not in sentence
        assert sentence.endswith(".")
        assert ("capacity" if name == "operation failed" else "BadThing") in sentence
        assert "s3cret" not in sentence


def run_all(
    cloud: LocalAzure, providers: ProviderProcess, provider: KindProvider, cases: dict[str, Case]
) -> dict[str, str | None]:
    faults = PASSING | LASTING
    cloud.clear_faults()  # those that have struck: Azure goes through all for each request
    with ThreadPoolExecutor(4) as workers:
        outcomes = workers.map(
            lambda name: attempt(cloud, providers, provider, cases[name], faults[name]), cases
        )
        return dict(zip(cases, outcomes, strict=True))


@pytest.mark.parametrize(("kind", "plane"), ROWS, ids=[f"{kind.name}-{plane}" for kind, plane in ROWS])
def test_a_create_outlasts_or_tells_every_fault(
    providers: ProviderProcess,
    next_run: ProviderProcess,
    cloud: LocalAzure,
    agent_id: str,
    kind: Kind,
    plane: Plane,
    fresh: str,
) -> None:
    """And the next run takes what is there, or makes it."""
    provider, known = provider_of(kind.name), SAMPLES[kind.name]
    cases = {
        name: item_case(cloud, providers, kind, plane, agent_id, f"{fresh}-{number}")
        for number, name in enumerate(PASSING | LASTING)
    }

    outcomes = run_all(cloud, providers, provider, cases)

    check_outcomes(outcomes, known.operations)
    for case in cases.values():
        made = next_run.create(provider, case.inputs)
        assert next_run.read(provider, made.id, made.outputs, case.inputs).inputs == case.inputs


def item_case(
    cloud: LocalAzure, providers: ProviderProcess, kind: Kind, plane: Plane, agent_id: str, fresh: str
) -> Case:
    """Take the kind's sample under a fresh name, or in an agent of its own where it has none."""
    provider, known = provider_of(kind.name), SAMPLES[kind.name]
    args: Json = {"agent_id": agent_id, **copy.deepcopy(known.args)}
    if "plane" in provider.model.fields:
        args["plane"] = plane
    key = known.keyed(fresh) if known.keyed else ""
    if known.keyed:
        args[str(getattr(provider.model, "key"))] = key  # noqa: B009 - the model of an item has one
    if known.nameless or not known.keyed:
        args["agent_id"] = cloud.agent(fresh, **known.agent)
        return Case(
            providers.check(provider, args).inputs, f"/{fresh}.*{known.path.format('')}", known.method
        )
    return Case(providers.check(provider, args).inputs, known.path.format(re.escape(key)), known.method)


def test_an_agents_create_outlasts_or_tells_every_fault(
    providers: ProviderProcess, next_run: ProviderProcess, cloud: LocalAzure, fresh: str
) -> None:
    """Also where its operation fails half-way."""
    provider = AgentProvider()
    identity = cloud.identity("id-faults")["id"]
    args: dict[str, Any] = {
        "resource_group_name": "rg-sre",
        "identity": {"type": "UserAssigned", "user_assigned_identities": [identity]},
        "knowledge_graph_configuration": {"identity": identity},
        "log_configuration": {
            "application_insights_configuration": {"app_id": "x", "connection_string": "s3cret"}
        },
    }
    cases = {
        name: Case(
            providers.check(provider, args | {"name": f"{fresh}-{number}"}).inputs, f"/{fresh}-{number}$"
        )
        for number, name in enumerate(PASSING | LASTING)
    }

    outcomes = run_all(cloud, providers, provider, cases)

    check_outcomes(outcomes, operations=True)
    for inputs in (case.inputs for case in cases.values()):
        made = next_run.create(provider, inputs)
        assert next_run.read(provider, made.id, made.outputs, inputs).inputs == inputs
        assert cloud.arm("GET", made.id).json()["properties"]["provisioningState"] == "Succeeded"


@pytest.mark.parametrize(
    "kind",
    [kind for kind in KINDS if len(kind.planes) == 2 and kind.name != "Connector"],
    ids=lambda kind: kind.name,
)
def test_a_tenant_without_extensions_in_arm_is_sent_to_the_data_plane(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, kind: Kind, fresh: str
) -> None:
    """In one sentence; through the data plane the same item can be made."""
    provider = provider_of(kind.name)
    args = {"agent_id": agent_id, "plane": "control", **copy.deepcopy(SAMPLES[kind.name].args), "name": fresh}
    cloud.switch(restrictedTenant=True)
    try:
        with pytest.raises(ProviderError, match='plane="data"'):
            providers.create(provider, providers.check(provider, args).inputs)
    finally:
        cloud.switch(restrictedTenant=False)

    assert providers.create(provider, providers.check(provider, args | {"plane": "data"}).inputs).id


def test_a_look_that_fails_is_told_and_creates_nothing(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """Not to know whether something is there is no reason to write."""
    provider = SkillProvider()
    args = {"agent_id": new_agent_id, "name": "triage", "skill_content": "x" * 60}
    inputs = providers.check(provider, args).inputs
    cloud.fault("status", method="GET", path="/extendedAgent/skills$", status=400, code="BadThing", times=1)
    cloud.forget_requests()

    with pytest.raises(ProviderError, match="BadThing"):
        providers.create(provider, inputs)

    assert cloud.requests(method="PUT") == []
    assert providers.create(provider, inputs).id == f"{new_agent_id}/skills/triage"


def test_an_item_that_went_after_it_was_listed_is_created(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """What differs is looked at once more before the create is refused; by then it may be gone."""
    provider = SkillProvider()
    args = {"agent_id": new_agent_id, "name": "triage", "skill_content": "x" * 60}
    spec = {"name": "triage", "type": "Skill", "properties": {"skillContent": "y" * 60}}
    assert cloud.data("PUT", new_agent_id, "/api/v2/extendedAgent/skills/triage", spec).is_success
    cloud.fault("status", method="GET", path="/skills/triage$", status=404, code="ResourceNotFound", times=1)

    made = providers.create(provider, providers.check(provider, args).inputs)

    assert providers.read(provider, made.id, made.outputs, args).inputs["skill_content"] == "x" * 60
