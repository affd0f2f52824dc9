"""Which tests a mutant meets, as far as two minutes go: its own, those that execute it, those of its room."""

import pytest

from mutation.executing import DEPLOYMENTS, Executing
from mutation.mutant import Mutant

MODULE = "pulumi_sre_agent/api/limits.py"
BEFORE = "FIRST = 1\n\ndef wait(tries):\n    return tries * FIRST\n\ndef end():\n    return 0\n"
OWN = "tests/api/test_limits.py::test_it"
QUICK, SLOW, VERY_SLOW = (
    f"tests/agent/test_agent.py::test_{name}" for name in ("quick", "slow", "very_slow")
)
OF_ROOM, FAR_AWAY = "tests/api/http/test_retry.py::test_it", "tests/docs/test_citations.py::test_it"
LINES = {MODULE: {1: [], 4: [SLOW, OWN, QUICK, VERY_SLOW], 7: [SLOW]}}


def met_by(before: str, after: str, **seconds: float) -> list[str]:
    taken = {OWN: 3.0, QUICK: 0.1, SLOW: 100.0, VERY_SLOW: 110.0, OF_ROOM: 1.0, FAR_AWAY: 0.1}
    executing = Executing(LINES, {**taken, OWN: seconds.get("own", taken[OWN])})
    return executing.tests(Mutant(MODULE, BEFORE, BEFORE.replace(before, after)))


def test_a_mutant_meets_its_own_tests_then_those_that_execute_its_lines_then_its_room() -> None:
    assert met_by("tries * FIRST", "tries / FIRST") == [OWN, QUICK, SLOW, OF_ROOM]
    assert met_by("return 0", "return 1") == [OWN, SLOW, OF_ROOM]


def test_what_runs_at_import_meets_the_tests_of_all_its_module() -> None:
    assert met_by("FIRST = 1", "FIRST = 2") == [OWN, QUICK, SLOW, OF_ROOM]


def test_one_test_runs_however_long_it_takes() -> None:
    assert met_by("tries * FIRST", "tries / FIRST", own=300.0) == [OWN]


@pytest.mark.parametrize("after", ["    return 0\n    more()\n", ""])
def test_lines_that_are_added_or_removed_count_where_they_are(after: str) -> None:
    assert met_by("    return 0\n", after) == [OWN, SLOW, OF_ROOM]


def test_tests_of_a_kind_are_near_to_its_modules() -> None:
    named = "tests/resources/test_every_kind.py::test_it[IncidentFilter-data]"
    filters = Mutant("pulumi_sre_agent/api/collections/incident_filters.py", "a = 1", "a = 2")

    assert Executing({}, {named: 1.0, FAR_AWAY: 1.0}).tests(filters) == [named]


def test_what_no_test_is_near_to_meets_deployments() -> None:
    unseen = Mutant("sre_agent_local/engine/language_host.py", "a = 1", "a = 2")

    assert Executing(LINES, {FAR_AWAY: 1.0}).tests(unseen) == list(DEPLOYMENTS)
