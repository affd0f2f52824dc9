"""`sre-agent connector`, to the letter."""

import threading

import pytest

from support.connectors import status_once_set_up
from support.operated import Operated

CONNECTION = "/api/v2/connectorV2/connections/jira"
KUSTO = {
    "name": "events",
    "type": "AgentConnector",
    "properties": {
        "dataConnectorType": "Kusto",
        "dataSource": "https://shop.swedencentral.kusto.windows.net/shop",
        "identity": "system",
    },
}


@pytest.fixture
def agent(operated: Operated) -> str:
    agent = operated.azure.agent("oncall")
    answer = operated.azure.data("PUT", agent, "/api/v2/extendedAgent/connectors/events", KUSTO)
    assert answer.is_success, answer.text
    status_once_set_up(operated.azure, agent, "events")
    return agent


def sign_in(operated: Operated, agent: str, *, is_done: bool) -> None:
    login = {"parameterValues": {"token": "s3cret"}} if is_done else {}
    operated.azure.data("PUT", agent, CONNECTION, {"connectorName": "jira", **login})


@pytest.mark.usefixtures("agent")
def test_list_says_how_each_is(operated: Operated) -> None:
    shown = operated.call("connector", "list", COLUMNS="80")
    (told,) = operated.call("connector", "list", "--json").json

    assert shown.code == 0
    assert shown.out.splitlines()[1].split()[:3] == ["events", "Kusto", "Connected"]
    assert max(map(len, shown.out.splitlines())) <= 80
    assert (told["name"], told["status"]) == ("events", "Connected")


@pytest.mark.usefixtures("agent")
def test_status_says_what_the_service_says(operated: Operated) -> None:
    shown = operated.call("connector", "status", "events")
    missing = operated.call("connector", "status", "nothing")

    assert (shown.code, missing.code) == (0, 1)
    assert shown.out.splitlines()[0] == "  status   Connected"
    assert "nothing" in missing.err.splitlines()[-1]


def test_consent_says_where_to_sign_in(operated: Operated, agent: str) -> None:
    sign_in(operated, agent, is_done=False)
    waiting = operated.call("connector", "consent", "jira")
    sign_in(operated, agent, is_done=True)
    done = operated.call("connector", "consent", "jira")

    assert waiting.code == 3
    assert waiting.out.startswith("jira is Unauthenticated: sign in at https://sre.azure.com/#/agent/")
    assert (done.code, done.out) == (0, "jira is Connected\n")
    assert "s3cret" not in done.out + done.err


def test_consent_can_be_waited_for(operated: Operated, agent: str) -> None:
    sign_in(operated, agent, is_done=False)
    later = threading.Timer(0.3, sign_in, (operated, agent), {"is_done": True})
    later.start()
    done = operated.call("connector", "consent", "jira", "--wait", "30")
    later.join()

    assert (done.code, done.out) == (0, "jira is Connected\n")
