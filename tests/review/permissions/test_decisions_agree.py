"""What a tool call meets: what the toolkit foretells is what the local Azure does, by code of its own."""

from itertools import product

import pytest

from pulumi_sre_agent.review.permissions.decision import Action, Hook, Mode, PolicyList, decide
from pulumi_sre_agent.review.permissions.patterns import Pattern
from sre_agent_local.azure.data_plane.conversations import gate

HOOKS: tuple[Hook | None, ...] = (None, "allow", "deny", "ask", "system allow")
LISTS: tuple[PolicyList | None, ...] = (None, "allow", "ask", "deny")
MODES: tuple[Mode, ...] = ("Review", "Autonomous", "ReadOnly")
SAID = {None: (), "system allow": (("system__own", "allow"),)}
TOOL = "RunAzCliWriteCommands"


@pytest.mark.parametrize("mode", MODES)
def test_every_call_ends_alike_by_the_same_row(mode: Mode) -> None:
    for hook, policy, wants_approval in product(HOOKS, LISTS, (True, False)):
        call = gate.Call(
            tool=TOOL,
            wants_approval=wants_approval,
            writes=True,
            hooks=SAID.get(hook, (("gate", str(hook)),)),
        )
        policies = gate.Policies(**({policy: (TOOL,)} if policy else {}))
        verdict = gate.decide(call, policies, mode)
        decision = decide(hook, policy, wants_approval, mode, Action.WRITE)

        assert (decision.result, [*map(str, decision.rows)]) == (verdict.result, [verdict.row])


PATTERNS = ["*", "RunAzCli*", "*WriteCommands", "Run*Write*", TOOL, TOOL.lower(), "bash", "shell", "ops_*"]
TOOLS = [TOOL, "RunAzCliReadCommands", "RunKubectlWriteCommand", "RunInTerminal", "GetAppSetting", "ops_a"]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_every_pattern_is_about_the_same_tools(pattern: str) -> None:
    covered = [tool for tool in TOOLS if Pattern.parse(pattern).covers(tool)]

    assert covered == [tool for tool in TOOLS if gate.find_match([pattern], gate.Call(tool=tool))]
