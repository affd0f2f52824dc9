"""Permissions with a version, subagents' permissions that nobody can read, and the catalogue of tools."""

import pytest

from support.azure import Json, LocalAzure, error

SETTINGS, TOOLS = "/api/v2/agent/settings/global", "/api/v2/agent/tools"
SOME: Json = {"allow": ["bash(az * list *)"], "ask": [], "deny": ["RunInTerminal"]}


def enabled(azure: LocalAzure, agent: str) -> dict[str, bool]:
    return {tool["name"]: tool["enabled"] for tool in azure.data("GET", agent, TOOLS).json()["data"]}


def test_settings_have_a_version_once_they_say_something(azure: LocalAzure) -> None:
    """A write that names another one is refused; one that names none or any is not.

    See docs/reference/assumptions.md#concurrency-of-global-settings.
    """
    agent = azure.agent()
    empty = azure.data("GET", agent, SETTINGS)

    first = azure.data("PUT", agent, SETTINGS, {"permissions": SOME}, headers={"If-Match": "*"})
    tag = azure.data("GET", agent, SETTINGS).headers["etag"]
    second = azure.data("PUT", agent, SETTINGS, {"permissions": {}}, headers={"If-Match": tag})
    stale = azure.data("PUT", agent, SETTINGS, {"permissions": SOME}, headers={"If-Match": tag})
    unnamed = azure.data("PUT", agent, SETTINGS, {"permissions": SOME})

    assert empty.json() == {"permissions": {"allow": [], "ask": [], "deny": []}}
    assert ("etag" in empty.headers, "etag" in second.headers) == (False, False)
    assert first.json() == {"permissions": SOME}
    assert error(stale) == (412, "PreconditionFailed")
    assert unnamed.headers["etag"] == tag


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        pytest.param({}, (400, "BadRequest"), id="no permissions"),
        pytest.param({"permissions": {"allow": "x"}}, (405, ""), id="no array"),
        pytest.param({"permissions": {"deny": [1]}}, (405, ""), id="no text"),
        pytest.param({"permissions": {"ask": ["x"] * 1001}}, (400, "BadRequest"), id="too many"),
    ],
)
def test_settings_that_make_no_sense_are_refused(
    azure: LocalAzure, body: Json, expected: tuple[int, str]
) -> None:
    assert error(azure.data("PUT", azure.agent(), SETTINGS, body)) == expected


def test_a_subagents_permissions_can_be_put_and_not_read(azure: LocalAzure) -> None:
    """A GET gets the portal's page."""
    agent, path = azure.agent(), "/api/v2/extendedAgent/reviewer/permissions"

    put = azure.data("PUT", agent, path, {"allow": ["SearchMemory"]})

    assert (put.status_code, put.json()) == (200, {"allow": ["SearchMemory"]})
    assert "html" in azure.data("GET", agent, path).headers["content-type"]
    assert error(azure.data("PUT", agent, path, {"allow": "x"})) == (405, "")


def test_the_catalogue_knows_built_in_tools_and_the_agents_own(azure: LocalAzure) -> None:
    """All are on until somebody turns one off; the others stay as they are."""
    agent = azure.agent()
    azure.data("PUT", agent, "/api/v2/extendedAgent/tools/own", {"properties": {"type": "LinkTool"}})
    overrides = [{"name": "own", "enabled": False}, {"name": "RunInTerminal", "enabled": False}]

    before = enabled(azure, agent)
    answer = azure.data("POST", agent, f"{TOOLS}/configure", {"overrides": overrides})
    azure.data("POST", agent, f"{TOOLS}/configure", {"overrides": [{"name": "own", "enabled": True}]})

    assert answer.is_success
    assert {"own", "RunInTerminal", "SearchMemory"} <= before.keys()
    assert set(before.values()) == {True}
    assert enabled(azure, agent) == {**before, "RunInTerminal": False}


def test_members_of_tools_and_where_they_come_from(azure: LocalAzure) -> None:
    """An MCP connector's are there once it is, and off, as public scripts have seen them.

    See docs/reference/data-plane.md#tool-enablement.
    """
    agent = azure.agent()
    mcp = {"type": "http", "endpoint": "https://mcp.contoso.com/mcp"}
    spec = {"dataConnectorType": "Mcp", "extendedProperties": mcp}
    azure.data("PUT", agent, "/api/v2/extendedAgent/connectors/wiki", {"properties": spec})
    names = ("RunAzCliReadCommands", "wiki_ping")

    def seen() -> list[Json]:
        tools = azure.data("GET", agent, TOOLS).json()["data"]
        return [tool for tool in tools if tool["name"] in names]

    built_in, of_mcp = azure.poll(lambda: seen() if len(seen()) == 2 else None)
    chosen = [{"name": "wiki_ping", "enabled": True}]
    azure.data("POST", agent, f"{TOOLS}/configure", {"overrides": chosen})

    assert built_in.keys() == of_mcp.keys()
    assert built_in.items() >= {
        ("source", "system"),
        ("mcpConnector", None),
        ("defaultMode", "enabled"),
        ("enabled", True),
        ("category", "Azure Operation"),
    }
    assert of_mcp.items() >= {
        ("source", "mcp"),
        ("mcpConnector", "wiki"),
        ("mcpConnectorDisplayName", "wiki"),
        ("defaultMode", "disabled"),
        ("enabled", False),
        ("category", None),
    }
    assert (of_mcp["schema"]["type"], bool(of_mcp["description"])) == ("object", True)
    assert [tool["enabled"] for tool in seen()] == [True, True]


@pytest.mark.parametrize(
    ("overrides", "expected"),
    [
        pytest.param({"own": False}, (405, ""), id="no array"),
        pytest.param([{"name": "nothing", "enabled": False}], (400, "BadRequest"), id="no such tool"),
        pytest.param([{"name": "Task"}], (400, "BadRequest"), id="on or off not said"),
    ],
)
def test_overrides_that_make_no_sense_are_refused(
    azure: LocalAzure, overrides: object, expected: tuple[int, str]
) -> None:
    agent = azure.agent()

    assert error(azure.data("POST", agent, f"{TOOLS}/configure", {"overrides": overrides})) == expected
    assert set(enabled(azure, agent).values()) == {True}


def test_all_of_it_goes_with_the_agent(azure: LocalAzure) -> None:
    """One made anew under the same name begins anew."""
    agent = azure.agent("again")
    azure.data("PUT", agent, SETTINGS, {"permissions": SOME})
    off = [{"name": "Task", "enabled": False}]
    azure.data("POST", agent, f"{TOOLS}/configure", {"overrides": off})
    azure.settle(azure.arm("DELETE", agent))

    again = azure.agent("again")

    assert azure.data("GET", again, SETTINGS).json()["permissions"]["deny"] == []
    assert enabled(azure, again)["Task"] is True
