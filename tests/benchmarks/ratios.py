"""How long things take, as ratios of two commands measured side by side in one run.

    .venv/bin/python tests/benchmarks/ratios.py [--engine pulumi] [--runs 5] [imports] [preview] [apply]

Absolute times are this machine's; only the ratios mean something. Nothing here is a test: it prints, and a
person judges. `apply` compares with its critical path: an `up` of an empty program (the engine's start), the
agent's own operation as the local Azure logged it, and one round trip for every four items (the dynamic
provider serves four calls at a time).
"""

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

import yaml

from support.azure import LocalAzure, running
from support.engines import PULUMI, Engine, Stack
from support.stack import stack_config

AS_USED = Engine("embedded", (sys.executable, "-m", "sre_agent_local.engine"))
ITEMS = 40
WORKERS = 4
LATENCY = 0.15

PROGRAM = """
import pulumi_sre_agent as sre

agent = sre.resources.Agent(
    "agent",
    name="bench",
    resource_group_name="rg-sre",
    identity={{"type": "UserAssigned", "user_assigned_identities": ["{identity}"]}},
    knowledge_graph_configuration={{"identity": "{identity}", "managed_resources": []}},
    action_configuration={{"identity": "{identity}", "mode": "Review", "access_level": "Low"}},
)
for number in range({items}):
    sre.resources.CommonPrompt(
        f"prompt-{{number}}", agent_id=agent.id, name=f"prompt-{{number}}", prompt="Say what you know."
    )
"""

NOTHING = """
from pulumi import dynamic


class Provider(dynamic.ResourceProvider):
    serialize_as_secret_always = False

    def __reduce__(self):
        return type(self), ()

    def create(self, props):
        return dynamic.CreateResult(props["name"], props)

    def diff(self, id_, olds, news):
        return dynamic.DiffResult(changes=False)


class Nothing(dynamic.Resource):
    def __init__(self, resource_name, **args):
        super().__init__(Provider(), resource_name, args)
"""
"""A dynamic provider that does nothing: what the SDK itself costs, whatever a toolkit adds."""

BARE_PROGRAM = """
from nothing import Nothing

agent = Nothing("agent", name="bench")
for number in range({items}):
    Nothing(f"prompt-{{number}}", agent_id=agent.id, name=f"prompt-{{number}}", prompt="Say what you know.")
"""

IMPORTS = {
    "import pulumi_sre_agent": "import pulumi_sre_agent",
    "import pulumi_sre_agent, and use a component and the resources": (
        "import pulumi_sre_agent as sre; sre.Agent; sre.resources.Skill"
    ),
}


def imports(engine: Engine, runs: int) -> None:
    """`import pulumi_sre_agent` against `import pulumi`."""
    for title, statement in IMPORTS.items():
        ratio = side_by_side(partial(python, statement), partial(python, "import pulumi"), runs)
        print(f"{title} / import pulumi: {ratio}")


def preview(engine: Engine, runs: int) -> None:
    """A no-op preview of 40 items against those of an empty program, and of 40 resources that do nothing."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "azure") as azure:
        full, empty = programs(Path(folder), azure, engine)
        bare = stack(Path(folder) / "bare", azure, engine, BARE_PROGRAM.format(items=ITEMS))
        (bare.folder / "nothing.py").write_text(NOTHING)
        for each in (full, empty, bare):
            each.succeed("up")

        def unchanged(each: Stack) -> Callable[[], object]:
            return partial(each.succeed, "preview", "--expect-no-changes")

        against_none = side_by_side(unchanged(full), unchanged(empty), runs)
        against_bare = side_by_side(unchanged(full), unchanged(bare), runs)
    print(f"no-op preview, {ITEMS} items / no items: {against_none}")
    print(f"no-op preview, {ITEMS} items / {ITEMS} dynamic resources that do nothing: {against_bare}")


def apply(engine: Engine, runs: int) -> None:
    """`up` of an agent and 40 items at 150 ms a call, against its critical path."""
    ratios = []
    for _ in range(runs):
        with (
            tempfile.TemporaryDirectory() as folder,
            running(Path(folder) / "azure", operation_seconds=2) as azure,
        ):
            full, empty = programs(Path(folder), azure, engine)
            azure.switch(latencySeconds=LATENCY)
            start = elapsed(partial(empty.succeed, "up"))
            azure.forget_requests()
            took = elapsed(partial(full.succeed, "up"))
            azure.switch(latencySeconds=0)
            critical = start + agent_operation(azure) + -(-ITEMS // WORKERS) * LATENCY
            ratios.append(took / critical)
    print(f"up, an agent and {ITEMS} items at {LATENCY * 1000:.0f} ms a call / critical path: {told(ratios)}")


def agent_operation(azure: LocalAzure) -> float:
    """Seconds from the first request about the agent to the last look at its operation."""
    requests = azure.requests(plane="control")
    began, ended = (datetime.fromisoformat(requests[index]["startedAt"]) for index in (0, -1))
    return (ended - began).total_seconds() + float(requests[-1]["durationMs"]) / 1000


def programs(folder: Path, azure: LocalAzure, engine: Engine) -> tuple[Stack, Stack]:
    """An agent with its items, and nothing."""
    identity = azure.identity()["id"]
    return (
        stack(folder / "full", azure, engine, PROGRAM.format(identity=identity, items=ITEMS)),
        stack(folder / "empty", azure, engine, "import pulumi\n"),
    )


def stack(folder: Path, azure: LocalAzure, engine: Engine, program: str) -> Stack:
    """A project of one program, on the local Azure."""
    made = Stack(
        folder, engine, "bench", "local", "bench", folder, folder / "Pulumi.local.yaml", azure.environ
    )
    made.state_folder.mkdir(parents=True)
    (folder / "Pulumi.yaml").write_text("name: bench\nruntime: python\n")
    (folder / "__main__.py").write_text(program)
    made.stack_file.write_text(yaml.safe_dump({"config": stack_config(azure)}))
    made.succeed("stack", "init", "local")
    return made


def side_by_side(one: Callable[[], object], other: Callable[[], object], runs: int) -> str:
    """The ratio of two commands, run in turn after one warm-up each."""
    one()
    other()
    return told([elapsed(one) / elapsed(other) for _ in range(runs)])


def told(ratios: Sequence[float]) -> str:
    return (
        f"{statistics.median(ratios):.2f} (from {min(ratios):.2f} to {max(ratios):.2f} in {len(ratios)} runs)"
    )


def elapsed(command: Callable[[], object]) -> float:
    began = time.perf_counter()
    command()
    return time.perf_counter() - began


def python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def main() -> None:
    benchmarks = {"imports": imports, "preview": preview, "apply": apply}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("which", nargs="*", choices=[*benchmarks, []], help="all unless named")
    parser.add_argument("--engine", choices=["embedded", "pulumi"], default="embedded")
    parser.add_argument("--runs", type=int, default=5)
    options = parser.parse_args()
    for name in options.which or benchmarks:
        benchmarks[name]({"embedded": AS_USED, "pulumi": PULUMI}[options.engine], options.runs)


if __name__ == "__main__":
    main()
