"""What a tool call meets, row by row of docs/reference/product.md#tool-calls."""

import json
from dataclasses import dataclass, field
from itertools import product
from typing import Any

import pytest

from pulumi_sre_agent.review.permissions import decision
from sre_agent_local.azure.data_plane.conversations import gate
from sre_agent_local.azure.data_plane.conversations.gate import Call, find_match
from support.azure import Json, LocalAzure
from support.conversations import THREADS, begin, high_access, settled

SETTINGS = "/api/v2/agent/settings/global"
MODES = {"ReadOnly": "reader", "Review": "reviewer", "Autonomous": "doer"}
ARGUMENTS = {"command": "az webapp restart -n web-1"}


@dataclass
class Agents:
    """One agent for each mode, each with a hook that is asked before every tool."""

    azure: LocalAzure
    ids: dict[str, str] = field(default_factory=dict)

    def meet(self, mode: str, policy: Json, **call: Any) -> str:
        """Let the agent of a mode call a tool; return whether it ran, asked or was blocked."""
        agent = self.ids[mode]
        answer = self.azure.data("PUT", agent, SETTINGS, {"permissions": policy})
        assert answer.is_success, answer.text
        steps = [{"arguments": ARGUMENTS, **call}, {"say": "I have run it."}]
        put = self.azure.http.put("/_local/script", content=json.dumps({"turns": [{"steps": steps}]}))
        assert put.is_success, put.text
        messages = settled(self.azure, agent, begin(self.azure, agent, "Do it."))
        waits = [one for one in messages if _pending(one)]
        text = messages[-1]["text"]
        return "asks" if waits else "runs" if text == "I have run it." else text


def _pending(message: Json) -> bool:
    return any((message[slot] or {}).get("status") == "Pending" for slot in ("approval", "azCliExecution"))


@pytest.fixture(scope="module")
def agents(azure_server: LocalAzure) -> Agents:
    azure_server.reset()
    made = Agents(azure_server)
    hook = {"type": "prompt", "matcher": "*", "prompt": "May it?"}
    operation = {"name": "delete_item", "requiresApproval": True}
    connector = {"name": "shop", "connectionName": "shop", "operations": [operation, {"name": "get_item"}]}
    for mode, name in MODES.items():
        agent = made.ids[mode] = high_access(azure_server, name, mode)
        body = {
            "name": "guard",
            "type": "GlobalHook",
            "properties": {"eventType": "PreToolUse", "hook": hook},
        }
        asked = {"requireApprovalTools": ["move_item"]}
        server = {"properties": {"connectors": [connector]}, "runtimeMcpConfiguration": asked}
        for path, content in (("extendedAgent/hooks/guard", body), ("connectorV2/mcpservers/shop", server)):
            answer = azure_server.data("PUT", agent, f"/api/v2/{path}", content)
            assert answer.is_success, answer.text
    return made


WRITE, PLAIN, OPERATION = "RunAzCliWriteCommands", "RunInTerminal", "shop_delete_item"
"""Tools: one that wants approval, one that does not, and one whose connector asks."""
DENY, ASK, ALLOW = ({scope: ["*"]} for scope in ("deny", "ask", "allow"))
DENIED = "the policy '*' denies it."


@pytest.mark.parametrize(
    ("mode", "hook", "policy", "tool", "outcome"),
    [
        pytest.param("Review", "allow", DENY, WRITE, "runs", id="1"),
        pytest.param("Review", "deny", ALLOW, WRITE, "the hook 'guard' denies it.", id="2"),
        pytest.param("Autonomous", "ask", ALLOW, WRITE, "asks", id="3"),
        pytest.param("Autonomous", "", DENY, WRITE, DENIED, id="4"),
        pytest.param("Review", "", ALLOW, WRITE, "runs", id="5"),
        pytest.param("Review", "", ASK, PLAIN, "asks", id="6"),
        pytest.param("Review", "", ASK, WRITE, "asks", id="6-wanting-approval"),
        pytest.param("Review", "", {**ASK, **ALLOW}, PLAIN, "runs", id="5-before-6"),
        pytest.param("Autonomous", "", ASK, PLAIN, "runs", id="7"),
        pytest.param("Review", "", {}, WRITE, "asks", id="8"),
        pytest.param("Review", "", {}, OPERATION, "asks", id="8-of-a-connector"),
        pytest.param("Review", "", {}, "shop_move_item", "asks", id="8-of-a-server"),
        pytest.param("Autonomous", "", {}, WRITE, "runs", id="9"),
        pytest.param("Autonomous", "", {}, OPERATION, "runs", id="9-of-a-connector"),
        pytest.param("Review", "", {}, PLAIN, "runs", id="10"),
        pytest.param("Review", "", {}, "shop_get_item", "runs", id="10-of-a-connector"),
        pytest.param("Review", "system: allow", DENY, WRITE, DENIED, id="11"),
        pytest.param("ReadOnly", "", ALLOW, WRITE, "I may only read here", id="12"),
        pytest.param("ReadOnly", "", {}, "RunAzCliReadCommands", "runs", id="12-reads"),
    ],
)
def test_a_row(agents: Agents, mode: str, hook: str, policy: Json, tool: str, outcome: str) -> None:
    said = hook.removeprefix("system: ")
    hooks = {"system__guard" if hook.startswith("system") else "guard": said} if said else {}

    assert outcome in agents.meet(mode, policy, call=tool, hooks=hooks)


@pytest.mark.parametrize(
    "command", ["az group delete -n rg", "az keyvault list", "az role assignment delete"]
)
def test_deletions_and_key_vault_are_refused_in_every_mode(agents: Agents, command: str) -> None:
    """Whatever a hook says."""
    call = {"call": WRITE, "arguments": {"command": command}, "hooks": {"guard": "allow"}}
    assert "refused in every mode" in agents.meet("Autonomous", ALLOW, **call)


@pytest.mark.parametrize("mode", MODES)
def test_the_toolkit_says_the_same_of_a_write(mode: gate.Mode) -> None:
    """`sre-agent` judges the same table by code of its own."""
    answers: dict[decision.Hook | None, tuple[tuple[str, str], ...]] = {
        None: (),
        "allow": (("guard", "allow"),),
        "deny": (("guard", "deny"),),
        "ask": (("guard", "ask"),),
        "system allow": (("system__guard", "allow"),),
    }
    policies: dict[decision.PolicyList | None, gate.Policies] = {
        None: gate.Policies(),
        "allow": gate.Policies(allow=("*",)),
        "ask": gate.Policies(ask=("*",)),
        "deny": gate.Policies(deny=("*",)),
    }
    for (hook, said), (policy, patterns), wants in product(answers.items(), policies.items(), (True, False)):
        call = gate.Call(tool=WRITE, wants_approval=wants, writes=True, hooks=said)
        here, there = gate.decide(call, patterns, mode), decision.decide(hook, policy, wants, mode)

        assert (here.result, (int(here.row),)) == (there.result, there.rows), (hook, policy, wants)


def test_an_allowance_of_any_scope_lifts_a_question(azure: LocalAzure) -> None:
    """Of the subagent that handles the thread, or of the thread itself; not of another one."""
    agent = high_access(azure)
    azure.data("PUT", agent, SETTINGS, {"permissions": {"ask": ["*"]}})
    azure.data("PUT", agent, "/api/v2/extendedAgent/database/permissions", {"allow": ["shell(env)"]})
    steps = [{"call": PLAIN, "arguments": {"command": "env"}}, {"say": "I have run it."}]
    azure.http.put("/_local/script", content=json.dumps({"turns": [{"steps": steps}]}))

    def say(thread: str) -> str:
        azure.data("POST", agent, f"{THREADS}/{thread}/messages", {"text": "Do it."})
        return str(settled(azure, agent, thread)[-1]["text"])

    def start(subagent: str) -> str:
        body = {"startMessage": {"text": "Do it.", "agent": subagent}}
        return str(azure.data("POST", agent, THREADS, body).json()["id"])

    handled, other = start("database"), start("network")
    assert settled(azure, agent, handled)[-1]["text"] == "I have run it."
    assert settled(azure, agent, other)[-1]["text"] == ""
    azure.data("PUT", agent, f"/api/v2/threads/{other}/permissions", {"allow": [PLAIN]})
    assert say(other) == "I have run it."


@pytest.mark.parametrize(
    ("hook", "blocks"),
    [
        pytest.param({}, True, id="always"),
        pytest.param({"activationMode": "onDemand"}, False, id="on-demand"),
        pytest.param({"eventType": "Stop"}, False, id="of-another-event"),
        pytest.param({"matcher": "RunInTerm"}, False, id="for-another-tool"),
        pytest.param({"matcher": "run.*"}, False, id="in-another-case"),
        pytest.param({"matcher": "(?=Run).*"}, False, id="by-a-pattern-that-cannot-be-searched"),
    ],
)
def test_which_hooks_are_asked(azure: LocalAzure, hook: Json, blocks: bool) -> None:
    agent = high_access(azure)
    body = {"type": "prompt", "matcher": hook.pop("matcher", "Run.*"), "prompt": "May it?"}
    properties = {"eventType": "PreToolUse", "hook": body, **hook}
    path = "/api/v2/extendedAgent/hooks/guard"
    assert azure.data("PUT", agent, path, {"name": "guard", "properties": properties}).is_success
    call = {"call": PLAIN, "arguments": {"command": "env"}, "hooks": {"guard": "deny"}}
    azure.http.put("/_local/script", content=json.dumps({"turns": [{"steps": [call]}]}))
    thread = begin(azure, agent, "Do it.")
    text = settled(azure, agent, thread)[-1]["text"]
    azure.data("POST", agent, f"{THREADS}/{thread}/hooks/guard/deactivate", {})
    azure.data("POST", agent, f"{THREADS}/{thread}/messages", {"text": "Again."})

    assert text == ("I may not run `env`: the hook 'guard' denies it." if blocks else "")
    assert settled(azure, agent, thread)[-1]["text"] == ""


@pytest.mark.parametrize(
    ("pattern", "tool", "command", "fits"),
    [
        pytest.param("*", "SendOutlookEmail", None, True, id="everything"),
        pytest.param("RunAzCli*Commands", WRITE, "az x", True, id="wildcard"),
        pytest.param("RunAzCliWriteCommand?", WRITE, "az x", False, id="no-other-wildcard"),
        pytest.param("runazcliwritecommands", WRITE, "az x", False, id="case"),
        pytest.param("bash(az * list *)", "RunAzCliReadCommands", "az vm list -o table", True, id="alias"),
        pytest.param("bash(az * list *)", WRITE, "az vm restart", False, id="other-arguments"),
        pytest.param("shell", "RunKubectlReadCommand", "kubectl get", True, id="alias-without-arguments"),
        pytest.param("bash", "ExecutePythonCode", "print()", False, id="alias-is-not-python"),
        pytest.param("ExecutePythonCode(*import os*)", "ExecutePythonCode", "import os\nx", True, id="lines"),
        pytest.param("SendOutlookEmail(*)", "SendOutlookEmail", None, False, id="no-argument-pattern"),
        pytest.param("bash(f(x))", "RunInTerminal", "f(x)", True, id="parentheses"),
    ],
)
def test_what_a_pattern_means(pattern: str, tool: str, command: str | None, fits: bool) -> None:
    """See docs/reference/product.md#tool-policies."""
    assert (find_match([pattern], Call(tool=tool, argument=command)) == pattern) is fits
