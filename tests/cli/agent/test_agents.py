"""`sre-agent list`, `show`, `start` and `stop`, to the letter."""

import pytest

from support.azure import SUBSCRIPTION
from support.operated import Operated, agent_path

LONG = "payments-oncall-of-the-north-sea"


@pytest.fixture
def agents(operated: Operated) -> Operated:
    azure = operated.azure
    azure.agent(LONG, "rg-payments-and-the-shops")
    identity = azure.identity(group="rg-shop")["id"]
    acting = {"identity": identity, "mode": "Autonomous", "accessLevel": "High"}
    shop = azure.agent("shop", "rg-shop", actionConfiguration=acting, monthlyAgentUnitLimit=2000)
    assert operated.call("stop", "--agent", shop).out == "shop is stopped.\n"
    return operated


NARROW = """\
NAME               RESOURCE GROUP     LOCATION       STATE    MODE        ACCESS
payments-oncall-…  rg-payments-and-…  swedencentral  Running  Review      Low
shop               rg-shop            swedencentral  Stopped  Autonomous  High
"""
WIDE = """\
NAME                              RESOURCE GROUP             LOCATION       STATE    MODE        ACCESS
payments-oncall-of-the-north-sea  rg-payments-and-the-shops  swedencentral  Running  Review      Low
shop                              rg-shop                    swedencentral  Stopped  Autonomous  High
"""


@pytest.mark.parametrize(("columns", "table"), [(80, NARROW), (160, WIDE)], ids=["80", "160"])
def test_list_fits(agents: Operated, columns: int, table: str) -> None:
    """The longest names give way on a narrow terminal."""
    shown = agents.call("list", COLUMNS=str(columns))

    assert (shown.code, shown.err) == (0, "")
    assert shown.out == table


def test_list_shows_what_is_to_be_seen_first_in_colours(agents: Operated) -> None:
    shown = agents.call("list", COLUMNS="160", NO_COLOR="", FORCE_COLOR="1")
    head, first, second = shown.out.splitlines()

    assert head.startswith("\x1b[1mNAME\x1b[0m  ")
    assert first.endswith("swedencentral  \x1b[32mRunning\x1b[0m  Review      Low")
    assert second.endswith("swedencentral  Stopped  \x1b[33mAutonomous\x1b[0m  \x1b[33mHigh\x1b[0m")
    assert "\x1b" not in agents.call("list", FORCE_COLOR="1", NO_COLOR="1").out


def test_list_as_json_says_all(agents: Operated) -> None:
    _, shop = agents.call("list", "--json").json

    assert (shop["name"], shop["powerState"], shop["actionMode"]) == ("shop", "Stopped", "Autonomous")
    by_arm = agents.call("show", "--agent", "shop", "--json").json
    assert {**shop, "monthlyAgentUnitLimit": 2000} == by_arm  # which Resource Graph does not have


def test_show(agents: Operated) -> None:
    shown = agents.call("show", "--agent", "shop")
    arm = agents.azure.arm("GET", agent_path("shop", "rg-shop")).json()["properties"]

    assert shown.code == 0
    assert (
        shown.out
        == f"""\
  name                shop
  state               Stopped
  action mode         Autonomous
  access level        High
  network             Unrestricted by default
  incident platform   none
  model               chosen by Azure
  upgrade channel     Stable
  unit limit          2,000 a month
  location            swedencentral
  resource group      rg-shop
  subscription        {SUBSCRIPTION}
  endpoint            {arm["agentEndpoint"]}
  outbound addresses  {arm["outboundIpAddresses"][0]}
  portal              https://sre.azure.com/#/agent/{SUBSCRIPTION}/rg-shop/shop
"""
    )


def test_start_and_stop_say_when_it_is_so(agents: Operated) -> None:
    assert agents.call("start", "--agent", "shop").out == "shop runs.\n"
    assert agents.call("start", "--agent", "shop").code == 0
    assert agents.call("show", "--agent", "shop", "--json").json["powerState"] == "Running"


@pytest.mark.parametrize("verb", ["list", "show", "start", "stop", "use"])
def test_help_teaches_by_example_and_says_the_exit_codes(operated: Operated, verb: str) -> None:
    shown = operated.call(verb, "--help", COLUMNS="80")

    assert f"• sre-agent {verb}" in shown.out
    assert "Exit codes: 0 fine · 1 failed · 2 wrong usage or bad input · 130" in shown.out
