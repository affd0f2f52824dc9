"""Random faults over the whole life of an item of any kind: what is done converges, or is told and then done.

Each failure names its combination, which begins with the seed; other combinations:
`SEED=7 pytest tests/resources/test_fault_combinations.py`. They run side by side, since most of their time is
spent waiting for another attempt.
"""

import copy
import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from typing import Any

import pytest

from pulumi_sre_agent.api.kinds import Kind, Plane
from pulumi_sre_agent.resources._core.provider import KindProvider
from pulumi_sre_agent.resources._core.registry import provider_of
from support import provider_process
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import ROWS, SAMPLES, Json
from support.stack import stack_config

SEED = int(os.environ.get("SEED", "4"))
COMBINATIONS = 200
AT_A_TIME = 10
ATTEMPTS = 6
"""An operation meets three faults at most, and each spoils one run at most."""

FAULTS: tuple[Json, ...] = (
    {"kind": "delay", "seconds": 0.05},
    {"kind": "status", "status": 400, "code": "BadThing", "message": "That will not do"},
    {"kind": "status", "status": 400, "code": "BadThing", "message": "That will not do", "processed": True},
    {"kind": "status", "status": 408},
    {"kind": "status", "status": 429, "retryAfter": 0},
    {"kind": "status", "status": 500},
    {"kind": "status", "status": 500, "processed": True},
    {"kind": "status", "status": 503, "retryAfter": 0},
    {"kind": "status", "status": 409, "code": "OperationConflict"},
    {"kind": "reset"},
    {"kind": "reset", "processed": True},
    {"kind": "truncate"},
    {"kind": "notJson"},
    {"kind": "html"},
    {"kind": "html", "status": 502, "processed": True},
    {"kind": "unauthorized"},
    {"kind": "operationFailed", "code": "NoCapacity", "message": "No capacity"},
)
METHODS = ("*", "GET", "PUT", "POST", "DELETE")


@dataclass(frozen=True)
class Combination:
    """One row of the registry, and the chance that its life meets."""

    number: int
    kind: Kind
    plane: Plane

    @property
    def chance(self) -> random.Random:
        return random.Random(f"{SEED}/{self.number}")

    def __str__(self) -> str:
        return f"seed{SEED}-{self.number}-{self.kind.name}-{self.plane}"


CASES = [Combination(number, *ROWS[number % len(ROWS)]) for number in range(COMBINATIONS)]


@pytest.fixture(scope="module")
def process(cloud: LocalAzure) -> Iterator[Callable[[], ProviderProcess]]:
    """Take turns between two provider processes, as runs do: what one has seen, the other has not."""
    config = stack_config(cloud)
    with (
        provider_process.running(config, cloud.environ) as one,
        provider_process.running(config, cloud.environ) as other,
    ):
        turns = cycle([one, other])
        yield lambda: next(turns)


class Life:
    """The runs that an item goes through; each operation is repeated by the next run until it is done."""

    def __init__(self, cloud: LocalAzure, turn: Callable[[], ProviderProcess], case: Combination) -> None:
        self.cloud, self.turn, self.chance = cloud, turn, case.chance
        self.kind, self.provider = case.kind, provider_of(case.kind.name)
        self.agent = f"c{SEED}-{case.number}"

    def faults(self) -> Iterator[str]:
        """Add up to three faults to what is asked of this agent, whichever plane it goes through."""
        for _ in range(self.chance.randint(1, 3)):
            rule = self.chance.choice(FAULTS)
            yield self.cloud.fault(
                method=self.chance.choice(METHODS),
                path=f"/agents/{self.agent}[-/]",
                times=1,
                skip=self.chance.choice([0, 0, 1, 2]),
                **rule,
            )["id"]

    def until_done(self, operation: Callable[[ProviderProcess, KindProvider], Any]) -> Any:
        """Run it under faults, again and again while it fails, as the next `up` would."""
        rules = [*self.faults()]
        try:
            for _ in range(ATTEMPTS):
                try:
                    return operation(self.turn(), self.provider)
                except ProviderError as error:
                    assert_sentence(str(error).strip())
            raise AssertionError(f"not done after {ATTEMPTS} runs")
        finally:
            for rule in rules:
                self.cloud.clear_fault(rule)


def assert_sentence(told: str) -> None:
    """One sentence, without a traceback, without a secret."""
    assert told
    assert "\n" not in told
    assert "a defect in pulumi_sre_agent" not in told
    assert "s3cret" not in told


@pytest.mark.parametrize("first", range(0, COMBINATIONS, AT_A_TIME), ids=lambda first: f"seed{SEED}-{first}")
def test_whatever_goes_wrong_the_next_run_puts_right(
    cloud: LocalAzure, process: Callable[[], ProviderProcess], first: int
) -> None:
    """Create, refresh, update, delete: Azure holds what the program says, and then nothing."""
    cases = CASES[first : first + AT_A_TIME]
    with ThreadPoolExecutor(AT_A_TIME) as side_by_side:
        told = side_by_side.map(lambda case: outcome(cloud, process, case), cases)
        assert dict(zip(map(str, cases), told, strict=True)) == dict.fromkeys(map(str, cases), "converged")


def outcome(cloud: LocalAzure, process: Callable[[], ProviderProcess], case: Combination) -> str:
    try:
        live(cloud, process, case)
    except (AssertionError, ProviderError) as error:
        return str(error)
    return "converged"


def live(cloud: LocalAzure, process: Callable[[], ProviderProcess], case: Combination) -> None:
    """Take one item through its life."""
    life, known = Life(cloud, process, case), SAMPLES[case.kind.name]
    agent_id = cloud.agent(life.agent, **known.agent)
    args: Json = {"agent_id": agent_id, **copy.deepcopy(known.args)}
    if "plane" in life.provider.model.fields:
        args["plane"] = case.plane
    if known.keyed:
        args[life.provider.model.key] = known.keyed("item")  # type: ignore[attr-defined] # the model of an item
    inputs = process().check(life.provider, args).inputs

    made = life.until_done(lambda run, provider: run.create(provider, inputs))
    read = life.until_done(lambda run, provider: run.read(provider, made.id, made.outputs, inputs))
    assert read.inputs == inputs

    changes = [{name: value} for name, value in (known.changes | known.hidden).items()]
    if changes:
        news = process().check(life.provider, inputs | life.chance.choice(changes), inputs).inputs
        outputs = life.until_done(lambda run, provider: run.update(provider, made.id, read.outputs, news))
        read = life.until_done(lambda run, provider: run.read(provider, made.id, outputs, news))
        assert read.inputs == news
        inputs = news
    assert known.is_there(cloud, case.kind, inputs) is case.kind.readable

    life.until_done(lambda run, provider: run.delete(provider, made.id, read.outputs))
    if known.deletable:
        assert not known.is_there(cloud, case.kind, inputs)
