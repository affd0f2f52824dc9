"""What an agent and its subagents may do, and which tools are on: what is checked, kept and given back."""

from typing import Any

import pytest

from pulumi_sre_agent.resources.global_tool_permissions import GlobalToolPermissionsProvider
from pulumi_sre_agent.resources.tool_enablement import ToolEnablementProvider
from support.azure import LocalAzure
from support.checked import checked, faults_of
from support.provider_process import Found, ProviderError, ProviderProcess
from support.samples import Json

TOOLS = "/api/v2/agent/tools"
PATTERN = (
    "must be a tool's name, or that and its arguments as in RunAzCliWriteCommands(az vm delete *);"
    " * stands for anything"
)


@pytest.mark.parametrize("pattern", ["", " ", "Run Az", "bash(", "bash()", "(az)", "bash(az) x", "a(b)(", 7])
def test_a_bad_pattern_is_refused_in_one_sentence(pattern: Any) -> None:
    phrase = "must be text" if pattern == 7 else PATTERN

    for name in ("allow", "ask", "deny"):
        assert faults_of("GlobalToolPermissions", **{name: ["bash", pattern]}) == [f"{name}[1] {phrase}"]
    assert faults_of("SubagentPermissions", allow=[pattern]) == [f"allow[0] {phrase}"]


@pytest.mark.parametrize(
    "pattern", ["*", "bash", "bash(az * delete *)", "dynatrace_*", "Run*(kubectl get (pods))", "a/b-c.d(*)"]
)
def test_a_good_pattern_passes(pattern: str) -> None:
    assert faults_of("GlobalToolPermissions", deny=[pattern]) == []


def test_a_list_has_at_most_a_thousand_patterns() -> None:
    many = [f"tool{number}" for number in range(1001)]

    assert faults_of("GlobalToolPermissions", ask=many) == ["ask must have at most 1000 entries"]
    assert faults_of("SubagentPermissions", allow=many) == ["allow must have at most 1000 entries"]
    assert faults_of("GlobalToolPermissions", ask=many[1:]) == []


def test_a_list_that_is_left_out_is_empty(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """What somebody else denies is then not overwritten unseen."""
    path = "/api/v2/agent/settings/global"
    body = {"permissions": {"allow": [], "ask": [], "deny": ["RunInTerminal"]}}
    assert cloud.data("PUT", new_agent_id, path, body).is_success
    inputs, found = checked("GlobalToolPermissions", {"agent_id": new_agent_id, "allow": ["bash"]})

    with pytest.raises(ProviderError, match="already exists and differs in allow, deny"):
        providers.create(GlobalToolPermissionsProvider(), inputs)

    assert (inputs["deny"], found) == ([], [])


def made(providers: ProviderProcess, agent_id: str, **overrides: bool) -> Found:
    args = {"agent_id": agent_id, "overrides": overrides}
    return providers.create(ToolEnablementProvider(), providers.check(ToolEnablementProvider(), args).inputs)


def off(cloud: LocalAzure, agent_id: str) -> set[str]:
    tools = cloud.data("GET", agent_id, TOOLS).json()["data"]
    return {tool["name"] for tool in tools if not tool["enabled"]}


def test_only_tools_that_it_speaks_of_are_touched_and_shown(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    provider = ToolEnablementProvider()
    theirs: Json = {"overrides": [{"name": "RunInTerminal", "enabled": False}]}
    assert cloud.data("POST", new_agent_id, f"{TOOLS}/configure", theirs).is_success

    one = made(providers, new_agent_id, Task=False, SearchMemory=True)

    assert off(cloud, new_agent_id) == {"RunInTerminal", "Task"}
    read = providers.read(provider, one.id, one.outputs, one.inputs)
    assert read.inputs["overrides"] == {"Task": False, "SearchMemory": True}


def test_what_it_no_longer_speaks_of_is_on_again(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str
) -> None:
    """After an update as after a delete; also where the tool itself has gone meanwhile."""
    provider, own = ToolEnablementProvider(), "/api/v2/extendedAgent/tools/own"
    assert cloud.data("PUT", new_agent_id, own, {"properties": {"type": "LinkTool"}}).is_success
    one = made(providers, new_agent_id, Task=False, RunShellScript=False, own=False)
    assert off(cloud, new_agent_id) == {"Task", "RunShellScript", "own"}
    cloud.data("DELETE", new_agent_id, own)

    outputs = providers.update(
        provider, one.id, one.outputs, {**one.inputs, "overrides": {"Task": False, "SearchMemory": False}}
    )

    assert off(cloud, new_agent_id) == {"Task", "SearchMemory"}

    providers.delete(provider, one.id, outputs)
    providers.delete(provider, one.id, outputs)

    assert off(cloud, new_agent_id) == set()


@pytest.mark.parametrize(
    ("tool", "hint"),
    [
        ("RunAzCliReadCommand", "did you mean RunAzCliReadCommands?"),
        ("dynatrace_query", "an MCP server's tools appear once it has connected."),
    ],
)
def test_a_tool_that_the_agent_does_not_have_is_told(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, tool: str, hint: str
) -> None:
    """And nothing is switched."""
    cloud.forget_requests()

    with pytest.raises(ProviderError) as refused:
        made(providers, agent_id, **{tool: False, "Task": False})

    assert str(refused.value).strip() == f"agent resources has no tool {tool}; {hint}"
    assert cloud.requests(method="POST", plane="data") == []
