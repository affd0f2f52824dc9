"""Whether a thousand items cost more for each than a hundred do, engine time aside.

    .venv/bin/python tests/benchmarks/scale.py [--runs 5] [--kind CommonPrompt]

Drives the dynamic-provider process as an engine does, four calls at a time: a no-op preview is a check and a
diff of every item, an apply a check and a create. Prints ratios of the time per item, measured in turn in one
run. Nothing here is a test: it prints, and a person judges.
"""

import argparse
import sys
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.ratios import WORKERS, elapsed, told
from pulumi_sre_agent.api.kinds import KINDS
from pulumi_sre_agent.resources._core.registry import provider_of
from support import provider_process
from support.azure import LocalAzure, running
from support.provider_process import ProviderProcess
from support.samples import SAMPLES, Json
from support.stack import stack_config

FEW, MANY = 100, 1000


class Items:
    """So many items of a kind under one agent, and what an engine asks about them."""

    def __init__(self, azure: LocalAzure, kind: str, count: int, run: int) -> None:
        self.azure, self.count = azure, count
        self.provider = provider_of(kind)
        agent_id = azure.agent(f"agent-{count}-{run}")
        self.args = [
            {"agent_id": agent_id, **SAMPLES[kind].args, "name": f"item-{number}"} for number in range(count)
        ]

    def apply(self, process: ProviderProcess) -> float:
        """Seconds per item to create them all."""
        return elapsed(partial(in_parallel, partial(self._create, process), self.args)) / self.count

    def preview(self, process: ProviderProcess) -> float:
        """Seconds per item to see that nothing changes."""
        return elapsed(partial(in_parallel, partial(self._look, process), self.args)) / self.count

    def _create(self, process: ProviderProcess, args: Json) -> None:
        process.create(self.provider, process.check(self.provider, args).inputs)

    def _look(self, process: ProviderProcess, args: Json) -> None:
        inputs = process.check(self.provider, args, args).inputs
        assert process.diff(self.provider, f"{args['agent_id']}/x/y", inputs, inputs).changes is False


def in_parallel(call: Callable[[Json], None], items: Iterable[Json]) -> None:
    with ThreadPoolExecutor(WORKERS) as workers:
        list(workers.map(call, items))


def measure(kind: str, runs: int) -> None:
    """Print the ratios of a thousand to a hundred, per item."""
    ratios: dict[str, list[float]] = {"apply": [], "no-op preview": []}
    with tempfile.TemporaryDirectory() as folder, running(Path(folder), operation_seconds=0) as azure:
        for run in range(runs):
            found: dict[int, tuple[float, float]] = {}
            for count in (FEW, MANY):
                items = Items(azure, kind, count, run)
                with provider_process.running(stack_config(azure), azure.environ) as process:
                    warm = Items(azure, kind, 1, run * 10_000 + count)  # imports, login, connection
                    warm.apply(process)
                    found[count] = items.apply(process), items.preview(process)
            for seen, few, many in zip(ratios.values(), found[FEW], found[MANY], strict=True):
                seen.append(many / few)
    for title, seen in ratios.items():
        print(f"{title} of {MANY} {kind} items / {FEW}, per item: {told(seen)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kind", choices=[kind.name for kind in KINDS], default="CommonPrompt")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    measure(options.kind, options.runs)


if __name__ == "__main__":
    main()
