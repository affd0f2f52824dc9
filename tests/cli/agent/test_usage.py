"""`sre-agent usage`, `models` and `tools`, to the letter."""

from datetime import UTC, datetime

import pytest

from pulumi_sre_agent.api.runtime.usages import DailyUsage, Name, Usage
from pulumi_sre_agent.cli.agent import usage as command
from support.operated import Operated

UNITS = Name(value="AgentUnits", localized_value="agent units")
NOON_OF_THE_TENTH = datetime(2026, 11, 10, 12, tzinfo=UTC)


def test_the_pace_so_far_leads_to_the_months_end(capsys: pytest.CaptureFixture[str]) -> None:
    """950 units in nine and a half days of thirty are 100 a day and 3,000 in the end."""
    usages = [
        Usage(name=UNITS, current_value=950, limit=1000),
        Usage(name=Name(value="Requests"), current_value=19),
    ]
    command.show_month(usages, NOON_OF_THE_TENTH, json=False)
    shown = capsys.readouterr()

    assert (
        shown.out
        == """\
WHAT         USED  LIMIT  SHARE  A DAY  BY MONTH'S END
agent units  950   1,000  95%    100.0  3,000
Requests     19                  2.0    60
"""
    )
    assert shown.err == "At this pace agent units reach their limit on day 11 of the month.\n"


def test_what_is_over_its_limit_is_not_told_to_reach_it(capsys: pytest.CaptureFixture[str]) -> None:
    command.show_month([Usage(name=UNITS, current_value=1100, limit=1000)], NOON_OF_THE_TENTH, json=False)
    shown = capsys.readouterr()

    assert "1,100  1,000  110%" in shown.out
    assert shown.err == ""


def test_days_are_told_with_bars(capsys: pytest.CaptureFixture[str]) -> None:
    days = [DailyUsage(date=f"2026-11-0{day}", name=UNITS, value=value) for day, value in ((2, 10), (1, 5))]
    command.show_days(days, json=False)

    assert (
        capsys.readouterr().out
        == f"""\
DAY         WHAT         USED
2026-11-01  agent units  5.0   {"█" * 15}
2026-11-02  agent units  10.0  {"█" * 30}
"""
    )


def test_a_new_agent_has_used_nothing(operated: Operated) -> None:
    operated.azure.agent("oncall", monthlyAgentUnitLimit=2000)
    units, requests = operated.call("usage", "--json").json

    assert (units["limit"], units["currentValue"], units["forecast"]) == (2000, 0, 0)
    assert requests["limit"] is None
    assert operated.call("usage", "--daily").err.splitlines()[-1] == "Azure tells no daily usage of it yet."


def test_models_and_tools(operated: Operated) -> None:
    operated.azure.agent("oncall")
    models = operated.call("models", COLUMNS="80")
    tools = operated.call("tools", "--search", "RunAzCliReadCommands", COLUMNS="80")

    assert models.out.splitlines()[1] == "Anthropic         Automatic          1x     default"
    assert tools.out.splitlines()[1].startswith("RunAzCliReadCommands  on ")
    assert max(map(len, tools.out.splitlines())) <= 80
    assert operated.call("tools", "--search", "no such").err.splitlines()[-1] == "It has no tool like that."


@pytest.mark.parametrize("verb", ["usage", "models", "tools"])
def test_help_teaches_by_example(operated: Operated, verb: str) -> None:
    assert f"• sre-agent {verb}" in operated.call(verb, "--help", COLUMNS="80").out
