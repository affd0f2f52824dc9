"""`stacks/README.md`: what it says about outputs."""

import re
from pathlib import Path

STACKS = Path(__file__).parents[2] / "stacks"
README = (STACKS / "README.md").read_text()


def test_every_output_is_documented() -> None:
    """And none that there is not."""
    exported = set(re.findall(r'pulumi\.export\("(\w+)"', (STACKS / "__main__.py").read_text()))
    (table,) = re.findall(r"\| Output \|.*?\n\n", README, re.DOTALL)
    first_cells = (row.split("|")[1] for row in table.strip().splitlines()[2:])

    assert {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)} == exported
