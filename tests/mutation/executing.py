"""Which tests execute a line, and how long each takes: measured once for a tree, by coverage."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from xml.etree import ElementTree as ET

from coverage import CoverageData

from mutation.mutant import COMPONENTS, Mutant

MEASURING = Path(__file__).with_name("coverage.ini")
SECONDS = 120.0
"""What the tests of one mutant take at most, without it; the first is run however long it takes."""
DEPLOYMENTS = ("tests/engine", "tests/local/engine")
"""What meets a mutant that no test is near to: of a program's runner, say."""


@dataclass(frozen=True)
class Executing:
    """The tests of a tree, by what they execute in their own process."""

    lines: Mapping[str, Mapping[int, list[str]]]
    """Tests by module and line, the module below `components`; what runs at import is nobody's."""
    seconds: Mapping[str, float]
    """How long a test takes, for those that pass."""

    def tests(self, mutant: Mutant) -> list[str]:
        """Return those that can notice a mutant, the nearest first, and of equally near ones the quickest.

        Near are those of its own test file; those about its kind, which may execute it in another process;
        those that execute its lines, or anything of its module where they run at import; those of its room.
        """
        module = self.lines.get(mutant.path, {})
        executing = {test for line in mutant.lines for test in module.get(line, ())}
        executing = executing or {test for tests in module.values() for test in tests}
        path = Path(mutant.path)
        own, kind, room = f"/test_{path.name}::", _kind(path.stem), _room(path)

        def distance(test: str) -> int:
            nearest = (own in test, kind in test, test in executing, test.startswith(room))
            return nearest.index(True) if True in nearest else len(nearest)

        distances = {test: distance(test) for test in self.seconds}
        near = [test for test, far in distances.items() if far < FAR]
        near.sort(key=lambda test: (distances[test], self.seconds[test], test))
        return list(_within(SECONDS, near, self.seconds)) or list(DEPLOYMENTS)


FAR = 4
"""How far a test is that has nothing to do with a mutant."""


def _kind(stem: str) -> str:
    """Name a kind as ids of tests do: `IncidentFilter` for incident_filters.py."""
    return stem.title().replace("_", "").removesuffix("s")


def _room(path: Path) -> str:
    """Name the folder of a module's tests."""
    package, *folders = (name for name in path.parent.parts if name != "_core")
    return "/".join(["tests", *(["local"] if package == "sre_agent_local" else []), *folders, ""])


def _within(budget: float, tests: Iterable[str], seconds: Mapping[str, float]) -> Iterable[str]:
    taken = 0.0
    for test in tests:
        if not taken or taken + seconds[test] <= budget:
            taken += seconds[test]
            yield test


def measure(tree: Path, run: Callable[..., object]) -> Executing:
    """Run all tests of a tree, unless that was done for the same tree, and read what they executed.

    `run` runs pytest with these arguments.
    """
    kept = tree.parent / "executing.json"
    digest = _digest(tree)
    if kept.exists() and (known := json.loads(kept.read_text()))["tree"] == digest:
        lines = {
            path: {int(line): tests for line, tests in each.items()} for path, each in known["lines"].items()
        }
        return Executing(lines, known["seconds"])
    results, data = tree.parent / "results.xml", tree / ".coverage"
    data.unlink(missing_ok=True)
    run(
        *("--numprocesses=3", "--dist=worksteal", f"--junit-xml={results}", "-o", "junit_family=xunit1"),
        *("--cov", f"--cov-config={MEASURING}", "--cov-context=test", "--cov-report="),
    )
    executing = Executing(_lines(tree, data), _seconds(results))
    kept.write_text(json.dumps({"tree": digest, "lines": executing.lines, "seconds": executing.seconds}))
    return executing


def _lines(tree: Path, file: Path) -> dict[str, dict[int, list[str]]]:
    data = CoverageData(str(file))
    data.read()
    root = tree / COMPONENTS
    lines = {}
    for name in data.measured_files():
        contexts = data.contexts_by_lineno(name)
        lines[Path(name).relative_to(root).as_posix()] = {
            line: sorted({context.rpartition("|")[0] for context in each if context})
            for line, each in contexts.items()
        }
    return lines


def _seconds(results: Path) -> dict[str, float]:
    """Read how long each test took, of those that ran and passed."""
    passed = (case.attrib for case in ET.parse(results).iter("testcase") if not len(case))
    return {_node_id(case["file"], case["classname"], case["name"]): float(case["time"]) for case in passed}


def _node_id(file: str, class_name: str, name: str) -> str:
    """Name a test as pytest does; `class_name` is its module, or a class of it."""
    module = file.removesuffix(".py").replace("/", ".")
    return "::".join([file, *filter(None, class_name.removeprefix(module).split(".")), name])


def _digest(tree: Path) -> str:
    """Tell one tree of tests and code from another."""
    digest = hashlib.sha256()
    for folder in ("components", "tests", "stacks", "examples", "docs"):
        for file in sorted((tree / folder).rglob("*")):
            if file.is_file() and file.suffix != ".pyc":
                digest.update(file.read_bytes())
    return digest.hexdigest()
