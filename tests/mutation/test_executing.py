"""Which tests a mutant meets: those that execute what it changes, its own first, then the quickest."""

import pytest

from mutation.executing import DEPLOYMENTS, Executing
from mutation.mutant import Mutant

MODULE = "pulumi_sre_agent/api/limits.py"
BEFORE = "FIRST = 1\n\ndef wait(tries):\n    return tries * FIRST\n\ndef end():\n    return 0\n"
OWN = "tests/api/test_limits.py::test_it"
QUICK, SLOW, VERY_SLOW = (
    f"tests/agent/test_agent.py::test_{name}" for name in ("quick", "slow", "very_slow")
)
LINES = {MODULE: {1: [], 4: [SLOW, OWN, QUICK, VERY_SLOW], 7: [SLOW]}}


def met_by(before: str, after: str, **seconds: float) -> list[str]:
    taken = {OWN: 3.0, QUICK: 0.1, SLOW: 50.0, VERY_SLOW: 55.0}
    executing = Executing(LINES, {**taken, OWN: seconds.get("own", taken[OWN])})
    return executing.tests(Mutant(MODULE, BEFORE, BEFORE.replace(before, after)))


def test_a_mutant_meets_the_tests_that_execute_its_lines_as_far_as_a_minute_goes() -> None:
    assert met_by("tries * FIRST", "tries / FIRST") == [OWN, QUICK, SLOW]
    assert met_by("return 0", "return 1") == [SLOW]


def test_what_runs_at_import_meets_the_tests_of_all_its_module() -> None:
    assert met_by("FIRST = 1", "FIRST = 2") == [OWN, QUICK, SLOW]


def test_one_test_runs_however_long_it_takes() -> None:
    assert met_by("tries * FIRST", "tries / FIRST", own=300.0) == [OWN]


@pytest.mark.parametrize("after", ["    return 0\n    more()\n", ""])
def test_lines_that_are_added_or_removed_count_where_they_are(after: str) -> None:
    assert met_by("    return 0\n", after) == [SLOW]


def test_what_no_test_executes_itself_meets_deployments() -> None:
    executing = Executing(LINES, {})

    assert executing.tests(Mutant("sre_agent_local/engine/language_host.py", "a = 1", "a = 2")) == list(
        DEPLOYMENTS
    )
