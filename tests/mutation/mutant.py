"""One small mistake in one module."""

import difflib
from dataclasses import dataclass
from pathlib import Path

COMPONENTS = Path("components")


@dataclass(frozen=True)
class Mutant:
    """One small mistake in one module."""

    path: str
    """The module, below `components`."""
    before: str
    after: str

    @property
    def lines(self) -> list[int]:
        """Return which lines of the module it changes; those around one that it only adds."""
        matcher = difflib.SequenceMatcher(
            None, self.before.splitlines(), self.after.splitlines(), autojunk=False
        )
        changed = [opcode for opcode in matcher.get_opcodes() if opcode[0] != "equal"]
        return [
            line
            for _, start, end, _, _ in changed
            for line in range(start + (start < end), max(end, start + 1) + 1)
        ]

    @property
    def changed(self) -> str:
        """Say which lines differ, as a diff without context does."""
        lines = difflib.unified_diff(self.before.splitlines(), self.after.splitlines(), n=0, lineterm="")
        return "\n".join(line for line in lines if not line.startswith(("---", "+++")))
