"""Which tests a mutant meets: its own first, and in the end all that can see it."""

from pathlib import Path

import pytest

from mutation.stages import STAGES, stage

TESTS = Path(__file__).parents[1]


@pytest.mark.parametrize(
    ("module", "own", "room"),
    [
        ("pulumi_sre_agent/api/http/transport.py", "tests/api/http/test_transport.py", "tests/api"),
        ("pulumi_sre_agent/resources/_core/claims.py", "tests/resources/test_claims.py", "tests/resources"),
        ("sre_agent_local/engine/state.py", "tests/local/engine/test_state.py", "tests/local/engine"),
    ],
)
def test_a_mutant_meets_its_own_tests_then_its_rooms_then_deployments(
    module: str, own: str, room: str
) -> None:
    first, second, _, last = (stage(TESTS, module, number) for number in range(len(STAGES)))

    assert first[0] == own
    assert room in second
    assert f"--ignore={own}" in second, "nothing runs twice"
    assert {"tests/engine", "tests/stacks"} <= set(last)


def test_a_module_without_tests_of_its_own_meets_those_of_the_rooms_above() -> None:
    module = "pulumi_sre_agent/schema/rules.py"

    assert stage(TESTS, module, 0) == stage(TESTS, module, 1) == []
    assert {"tests/resources", "tests/fleet"} <= set(stage(TESTS, module, 2))
    assert "tests/api" not in stage(TESTS, module, 2), "the arrows point down"
