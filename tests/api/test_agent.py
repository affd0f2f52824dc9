"""One agent and what is in it, as a program finds it."""

import pytest

from pulumi_sre_agent.api import Client, ConfigError, NotFound, Settings
from support.azure import SUBSCRIPTION, LocalAzure
from support.scripted import AGENT, Script, reply

COLLECTIONS = ("threads", "approvals", "triggers", "tasks", "knowledge", "usage", "connectors", "repos")


def test_an_agent_is_found_by_name_or_id(azure: LocalAzure, client: Client) -> None:
    made = azure.agent("pay")
    (found,) = client.agents(SUBSCRIPTION)

    assert found.id == made
    assert client.agent("pay").id == client.agent(made).id == made
    with pytest.raises(NotFound, match="no agent named 'shop'"):
        client.agent("shop")


def test_a_name_in_two_groups(azure: LocalAzure, client: Client) -> None:
    ids = [azure.agent("pay", group) for group in ("rg-one", "rg-two")]

    with pytest.raises(ConfigError) as raised:
        client.agent("pay")
    assert str(raised.value).startswith("2 agents are named 'pay': say which by id: ")
    assert all(each in str(raised.value) for each in ids)


def test_nothing_is_sent_before_something_is_asked(script: Script) -> None:
    with script.azure() as azure:
        azure.agent(AGENT)

    assert script.requests == []


@pytest.mark.parametrize("name", COLLECTIONS)
def test_everything_lists_and_gets_in_one_manner(azure: LocalAzure, client: Client, name: str) -> None:
    collection = getattr(client.agent(azure.agent()), name)

    for item in collection.list():
        assert item
    with pytest.raises(NotFound):
        collection.get("nothing-of-this-name")


def test_a_list_asks_for_the_next_page_when_it_is_needed(script: Script) -> None:
    first_page = {"value": [{"id": "a"}], "nextLink": "/api/v1/threads?page=2"}
    script.agent().on("GET", "/threads$", reply(200, first_page), reply(200, {"value": [{"id": "b"}]}))
    with script.azure() as azure:
        threads = azure.agent(AGENT).threads.list()
        first = next(threads).id
        before = script.calls.count("GET /api/v1/threads")

        assert (first, [thread.id for thread in threads]) == ("a", ["b"])
    assert before < script.calls.count("GET /api/v1/threads")


def test_the_plane_of_the_settings_is_for_the_kinds_that_have_it(
    azure: LocalAzure, settings: Settings
) -> None:
    """Repositories are on the data plane only, whatever is set."""
    agent = azure.agent()
    with Client(Settings(**{**vars(settings), "plane": "control"})) as client:
        azure.forget_requests()
        list(client.agent(agent).repos.list())
        list(client.agent(agent).connectors.list())

    assert azure.requests(plane="control", method="GET", path=f"{agent}/connectors")


def test_a_client_without_settings_reads_the_environment(
    azure: LocalAzure, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No stack is needed to speak to an agent on this machine."""
    agent = azure.agent()
    for name, value in azure.environ.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("ARM_USE_MSI", "true")
    monkeypatch.setenv("ARM_METADATA_HOSTNAME", azure.url)
    with Client() as client, pytest.raises(ConfigError, match="SRE_AGENT_ALLOWED_ENDPOINTS"):
        list(client.agent(agent).threads.list())
    monkeypatch.setenv("SRE_AGENT_ALLOWED_ENDPOINTS", f'["{azure.url}"]')
    with Client() as client:
        assert list(client.agent(agent).threads.list()) == []
