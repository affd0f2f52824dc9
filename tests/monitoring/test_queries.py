"""The queries as text: all are used, all they refer to is there, and brackets close."""

import re
from pathlib import Path

import pytest

from pulumi_sre_agent.monitoring import queries
from pulumi_sre_agent.monitoring.dashboard import layout

FOLDER = Path(queries.__file__).parent
FILES = {path.stem: path.read_text() for path in sorted(FOLDER.glob("*.kql"))}
ALERTED = ("generations", "units-of-two-days")
SHOWN = [tuple(part["query"]) for part in layout() if "query" in part]
PARAMETERS = {part["choice"] for part in layout() if "choice" in part}
DEFINITIONS = {"incidents", "generations"}
PAIRS = {")": "(", "]": "[", "}": "{"}


def test_every_file_is_used() -> None:
    assert {name for names in (*SHOWN, ALERTED) for name in names} == FILES.keys()


@pytest.mark.parametrize("names", [*SHOWN, ALERTED], ids="+".join)
def test_what_a_query_calls_stands_before_it(names: tuple[str, ...]) -> None:
    """A definition for each function that it calls, and no other."""
    called = {
        name for name in DEFINITIONS if any(f"{name}(" in FILES[file] for file in names if file != name)
    }

    assert called == set(names[:-1])
    assert queries.query(*names).index(FILES[names[-1]]) == len(queries.query(*names)) - len(FILES[names[-1]])


@pytest.mark.parametrize("name", FILES)
def test_every_parameter_is_one_of_the_workbook(name: str) -> None:
    used = set(re.findall(r"{(\w+)}", FILES[name]))

    assert used <= PARAMETERS
    assert not (used and name in ALERTED)  # an alert rule has no parameters


@pytest.mark.parametrize("name", FILES)
def test_a_file_says_what_it_asks_and_is_whole(name: str) -> None:
    text = FILES[name]
    code = re.sub(r'"[^"]*"|//.*', "", text)
    open_now: list[str] = []
    for character in code:
        if character in PAIRS.values():
            open_now.append(character)
        elif character in PAIRS:
            assert open_now.pop() == PAIRS[character]

    assert text.startswith("// ")
    assert open_now == []
    assert (code.rstrip().endswith(";")) == (name in DEFINITIONS)


def test_tiles_show_columns_that_their_query_has() -> None:
    shown = [(column, part["query"][-1]) for part in layout() for column in part.get("tiles", {}).values()]

    assert len(shown) > 1
    for column, query in shown:
        assert re.search(rf"\b{column}\b", FILES[query])


def test_the_members_of_events_are_those_that_are_documented() -> None:
    """As docs/reference/run-time.md#activity-in-telemetry lists them."""
    asked = {name: set(re.findall(r"customDimensions\.(\w+)", FILES[name])) for name in DEFINITIONS}

    assert asked["incidents"] <= {
        "IncidentId", "IncidentTitle", "IncidentSeverity", "IncidentStatus", "IncidentPlatform",
        "IncidentMitigatedByAgent", "IncidentAssistedByAgent", "AgentAutonomyLevel", "ResponsePlanId",
        "ResponsePlanCustom", "IncidentImpactedService", "IncidentCreatedOn", "IncidentHandledOn",
        "IncidentMitigatedOn",
    }  # fmt: skip
    assert asked["generations"] == {"EventType", "AgentName", "ModelId", "InputTokens", "OutputTokens"}
