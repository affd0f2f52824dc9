"""The mutants: mutmut's operators over the packages that are measured, and a seeded sample of them."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from mutmut.mutation.file_mutation import create_mutations

from mutation.mutant import COMPONENTS, Mutant

MEASURED = (
    *(
        f"pulumi_sre_agent/{room}"
        for room in (
            "agent",
            "api",
            "directory",
            "fleet",
            "identity",
            "monitoring",
            "network",
            "resources",
            "schema",
        )
    ),
    "sre_agent_local/engine",
)


def sample(root: Path, wanted: int, seed: int) -> tuple[int, list[Mutant]]:
    """Return how many mutants there are, and the sample of them, in the order of their modules.

    A mutant's place in the draw hangs on its own module alone: a change elsewhere leaves it in the sample.
    """
    every = [(path, index) for path in modules(root) for index in range(len(mutations(root, path)[1]))]
    chosen = sorted(every, key=lambda each: hashlib.sha256(f"{seed} {each}".encode()).digest())[:wanted]
    return len(every), [mutant(root, path, index) for path, index in sorted(chosen)]


def modules(root: Path) -> Iterator[str]:
    """Yield every module that is measured."""
    for package in MEASURED:
        for path in sorted((root / COMPONENTS / package).rglob("*.py")):
            yield path.relative_to(root / COMPONENTS).as_posix()


def mutations(root: Path, path: str) -> tuple[Any, list[Any]]:
    """Return the module's tree and what mutmut would change in it."""
    tree, found, _, _ = create_mutations(path, (root / COMPONENTS / path).read_text(encoding="utf-8"))
    return tree, found


def mutant(root: Path, path: str, index: int) -> Mutant:
    """Return the module with one of its mutations in it."""
    tree, found = mutations(root, path)
    mutated = tree.deep_replace(found[index].original_node, found[index].mutated_node)
    return Mutant(path, tree.code, mutated.code)
