"""Hooks: what they may say for which event, and what the service does not keep of it."""

from typing import Any

import pulumi
import pytest

from pulumi_sre_agent.api.kinds import Plane
from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.resources.hook import Hook, HookProvider
from support.azure import LocalAzure
from support.checked import checked, faults_of, wire
from support.provider_process import ProviderProcess
from support.samples import AGENT_ID, SAMPLES, Json

PROMPT = SAMPLES["Hook"].args["hook"]
SCRIPT = "#!/bin/bash\nexit 0\n"
NAME = "name must have letters, digits, - and _ only, and not begin with system__"
MATCHER = "hook.matcher is missing, which event {} needs: * means every tool"
ONE = "hook.command or script must be given, and not both, for a hook of type command"
SHEBANG = "hook.script must begin with the line #!/bin/bash or #!/usr/bin/env python3"


def command(**body: Any) -> Json:
    return {"event_type": "PostToolUse", "hook": {"type": "command", "matcher": "*", **body}}


def prompt(**body: Any) -> Json:
    return {"hook": {**PROMPT, **body}}


def test_azure_reads_every_word() -> None:
    assert wire("Hook") == {
        "eventType": "Stop",
        "activationMode": "always",
        "description": "Keeps production alive.",
        "permissionDecision": "deny",
        "enabled": False,
        "hook": {
            "type": "prompt",
            "prompt": "Did it delete something? $ARGUMENTS",
            "matcher": "RunAzCli.*",
            "timeout": 10,
            "failMode": "block",
            "model": "gpt-5",
            "maxRejections": 5,
        },
    }


def test_an_activation_mode_has_two_spellings() -> None:
    """Microsoft's labs have it with a hyphen."""
    assert wire("Hook", activation_mode="on-demand")["activationMode"] == "onDemand"


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        pytest.param({"name": "system__mine"}, NAME, id="reserved name"),
        pytest.param({"name": "SYSTEM__mine"}, NAME, id="reserved name in capitals"),
        pytest.param({"name": "deny deletes"}, NAME, id="blank in the name"),
        pytest.param({"name": "dény"}, NAME, id="another letter in the name"),
        pytest.param(prompt(timeout=0), "hook.timeout must be between 1 and 300", id="no time"),
        pytest.param(prompt(timeout=301), "hook.timeout must be between 1 and 300", id="too much time"),
        pytest.param(
            prompt(max_rejections=26),
            "hook.max_rejections must be between 1 and 25",
            id="too many rejections",
        ),
        pytest.param(
            {"event_type": "PostToolUse"},
            "hook.max_rejections is for hooks of type prompt on event Stop only",
            id="rejections after a tool",
        ),
        pytest.param(
            {"hook": {"type": "command", "command": "true", "max_rejections": 3}},
            "hook.max_rejections is for hooks of type prompt on event Stop only",
            id="rejections by a command",
        ),
        pytest.param(prompt(fail_mode="Stop"), "hook.fail_mode must be one of allow, block", id="fail mode"),
        pytest.param(
            prompt(matcher="Run("),
            "hook.matcher must be * or a regular expression, and this is none"
            " (missing ), unterminated subpattern at position 3)",
            id="matcher",
        ),
        pytest.param(
            {"event_type": "PreToolUse", "hook": {"prompt": "x"}},
            MATCHER.format("PreToolUse"),
            id="no matcher before a tool",
        ),
        pytest.param(
            {"event_type": "PostToolUse", "hook": {"prompt": "x", "matcher": ""}},
            MATCHER.format("PostToolUse"),
            id="empty matcher after a tool",
        ),
        pytest.param(
            {"hook": {}}, "hook.prompt is missing, which a hook of type prompt needs", id="no prompt"
        ),
        pytest.param(
            {"hook": {"prompt": "x", "command": "y"}}, "hook.command needs type command", id="command"
        ),
        pytest.param(
            {"hook": {"prompt": "x", "script": SCRIPT}}, "hook.script needs type command", id="script"
        ),
        pytest.param(command(), ONE, id="neither"),
        pytest.param(command(command="true", script=SCRIPT), ONE, id="both"),
        pytest.param(command(script="exit 0\n"), SHEBANG, id="no shebang"),
        pytest.param(command(script="#!/bin/sh\nexit 0\n"), SHEBANG, id="another shell"),
        pytest.param(
            command(script=SCRIPT + "é" * 32 * 1024),
            "hook.script must be at most 64 KB",
            id="too long in bytes",
        ),
        pytest.param({"event_type": ""}, "event_type must not be empty", id="no event"),
        pytest.param(
            {"activation_mode": "never"}, "activation_mode must be one of always, onDemand", id="activation"
        ),
    ],
)
def test_bad_input_is_refused_in_one_sentence(change: Json, sentence: str) -> None:
    assert faults_of("Hook", **change) == [sentence]


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(command(script="#!/usr/bin/env python3\r\nprint()\n"), id="Python with other line ends"),
        pytest.param(command(script=SCRIPT.ljust(64 * 1024)), id="as long as may be"),
        pytest.param(prompt(fail_mode="Block"), id="fail mode in capitals"),
        pytest.param({"event_type": "SubagentStop", "hook": {"prompt": "x"}}, id="an event of tomorrow"),
    ],
)
def test_good_input_passes(change: Json) -> None:
    assert faults_of("Hook", **change) == []


def test_only_a_change_of_type_replaces() -> None:
    """The type that is not said is `prompt`, and saying it changes nothing."""
    model = model_of("Hook")
    old = checked("Hook", SAMPLES["Hook"].args)[0]
    untyped = old | {"hook": {key: old["hook"][key] for key in old["hook"] if key != "type"}}
    other = old | prompt(type="command")
    longer = old | prompt(timeout=60)

    assert model.changed_fields(old, untyped) == []
    assert model.replaces(["hook"], untyped, other) == ["hook"]
    assert model.replaces(["hook"], old, other) == ["hook"]
    assert model.replaces(["hook"], old, longer) == []


@pytest.mark.parametrize("plane", ["data", "control"])
def test_an_adopted_hook_gets_the_type_that_the_program_says(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str, plane: Plane
) -> None:
    """The service would keep the old one and say 202 all the same."""
    path, body = f"/api/v2/extendedAgent/hooks/{fresh}", {"type": "command", "command": "true"}
    assert cloud.data("PUT", agent_id, path, {"properties": {"eventType": "Stop", "hook": body}}).is_success
    args = SAMPLES["Hook"].args | {"agent_id": agent_id, "name": fresh, "plane": plane, "adopt": True}
    inputs = providers.check(HookProvider(), args).inputs

    made = providers.create(HookProvider(), inputs)

    assert cloud.data("GET", agent_id, path).json()["properties"]["hook"]["type"] == "prompt"
    assert providers.read(HookProvider(), made.id, made.outputs, inputs).inputs == inputs


def test_a_hook_that_somebody_gave_another_type_is_replaced(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    args = {"agent_id": agent_id, "name": fresh, "event_type": "Stop", "hook": {"prompt": "Well?"}}
    inputs = providers.check(HookProvider(), args).inputs
    made = providers.create(HookProvider(), inputs)
    path, body = f"/api/v2/extendedAgent/hooks/{fresh}", {"type": "command", "command": "true"}
    cloud.data("DELETE", agent_id, path)
    assert cloud.data("PUT", agent_id, path, {"properties": {"eventType": "Stop", "hook": body}}).is_success

    read = providers.read(HookProvider(), made.id, made.outputs, inputs)

    assert read.inputs["hook"]["type"] == "command"
    assert providers.diff(HookProvider(), made.id, read.outputs, inputs).replaces == ["hook"]


@pytest.mark.parametrize(
    ("event", "warned"),
    [
        ("PreToolUse", []),
        (
            "SubagentStop",
            ["event_type SubagentStop is none of Stop, PreToolUse, PostToolUse: it is sent as it is"],
        ),
    ],
)
def test_an_event_of_tomorrow_is_warned_of(
    monkeypatch: pytest.MonkeyPatch, event: str, warned: list[str]
) -> None:
    told: list[str] = []
    monkeypatch.setattr(pulumi.log, "warn", lambda message, _resource: told.append(message))
    monkeypatch.setattr(pulumi.dynamic.Resource, "__init__", lambda *_args, **_options: None)

    Hook("one", agent_id=AGENT_ID, name="a", event_type=event, hook={"prompt": "x", "matcher": "*"})

    assert told == warned
