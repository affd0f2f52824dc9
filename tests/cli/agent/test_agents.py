"""`sre-agent list`, `show`, `start` and `stop`; tests/cli/sessions has them to the letter."""

import pytest

from support.operated import Operated

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


def test_list_as_json_says_all(agents: Operated) -> None:
    _, shop = agents.call("list", "--json").json

    assert (shop["name"], shop["powerState"], shop["actionMode"]) == ("shop", "Stopped", "Autonomous")
    by_arm = agents.call("show", "--agent", "shop", "--json").json
    assert {**shop, "monthlyAgentUnitLimit": 2000} == by_arm  # which Resource Graph does not have


def test_start_and_stop_say_when_it_is_so(agents: Operated) -> None:
    assert agents.call("start", "--agent", "shop").out == "shop runs.\n"
    assert agents.call("start", "--agent", "shop").code == 0
    assert agents.call("show", "--agent", "shop", "--json").json["powerState"] == "Running"
