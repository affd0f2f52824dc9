"""What the README promises by itself."""

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import KINDS
from support import coverage_table
from support.coverage_table import BEGIN, BESIDE, END, README, REMARKS


def test_the_coverage_table_is_the_registrys() -> None:
    """A kind that is added shows there, after `python tests/support/coverage_table.py`."""
    text = README.read_text(encoding="utf-8")

    assert BEGIN in text
    assert END in text
    assert coverage_table.written(text) == text


def test_the_table_knows_every_resource_class() -> None:
    """And remarks on nothing that is not there."""
    classes = {name for name in resources.__all__ if f"{name}Args" in resources.__all__}
    kinds = {kind.name for kind in KINDS}

    assert classes == kinds | set(BESIDE)
    assert set(REMARKS) <= kinds
