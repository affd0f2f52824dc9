"""`stacks/README.md`: what it says about outputs, keys and pipelines."""

import re
from pathlib import Path

import pytest
import yaml

STACKS = Path(__file__).parents[2] / "stacks"
README = (STACKS / "README.md").read_text()
PIPELINES = re.findall(r"```yaml\n# (\S+)\n(.*?)```", README, re.DOTALL)


def test_every_output_is_documented() -> None:
    """And none that there is not."""
    exported = set(re.findall(r'pulumi\.export\("(\w+)"', (STACKS / "__main__.py").read_text()))
    (table,) = re.findall(r"\| Output \|.*?\n\n", README, re.DOTALL)
    first_cells = (row.split("|")[1] for row in table.strip().splitlines()[2:])

    assert {name for cell in first_cells for name in re.findall(r"`(\w+)`", cell)} == exported


@pytest.mark.parametrize(("file", "text"), PIPELINES, ids=[file for file, _ in PIPELINES])
def test_a_pipeline_is_whole(file: str, text: str) -> None:
    """It is YAML, keeps no secret, and the files that it calls are described too."""
    content = yaml.safe_load(text)

    assert {"jobs", "stages", "steps"} & content.keys(), file
    assert "secrets." not in text
    called = set(re.findall(r"(?:uses: \./|template: )(\S+)", text))
    assert called <= {file for file, _ in PIPELINES}
