"""What a provider says on the side."""

import logging

import pytest

from pulumi_sre_agent.api.http import waits
from pulumi_sre_agent.resources._core import step_status
from pulumi_sre_agent.resources._core.registry import provider_of
from support import provider_process
from support.azure import LocalAzure
from support.provider_process import EngineLog, ProviderProcess
from support.stack import stack_config


def test_a_note_that_a_run_repeats_is_said_once(
    cloud: LocalAzure, agent_id: str, fresh: str, capfd: pytest.CaptureFixture[str]
) -> None:
    """A connection waits for consent after its update as after its creation."""
    provider = provider_of("ConnectorV2Connection")
    args = {"agent_id": agent_id, "name": fresh, "connector_name": "jira"}
    with provider_process.running(stack_config(cloud), cloud.environ) as process:
        inputs = process.check(provider, args).inputs
        made = process.create(provider, inputs)
        process.update(provider, made.id, made.outputs, inputs | {"display_name": "Jira at work"})

    assert capfd.readouterr().err.count(f"connection {fresh} of agent resources is Unauthenticated") == 1


def test_what_a_step_waits_for_is_told_to_the_engine_beside_the_step(
    providers: ProviderProcess, cloud: LocalAzure, engine_log: EngineLog, new_agent_id: str
) -> None:
    """As a status, which is no message to keep: why, and how long still."""
    provider = provider_of("Skill")
    args = {"agent_id": new_agent_id, "name": "triage", "skill_content": "x" * 60}
    inputs = providers.check(provider, args).inputs
    cloud.fault("status", method="PUT", path="/skills/triage$", status=429, retryAfter=1, times=1)
    providers.create(provider, inputs, urn="urn:pulumi:dev::p::sre:Skill::waiting")
    (told,) = [each for each in engine_log.heard if each.urn.endswith("::waiting")]

    assert (told.message, told.ephemeral) == ("waiting: throttled (429), 1 s left", True)


def test_no_secret_is_in_what_is_told_of_a_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a service repeats of one; what nobody serves is told to nobody."""
    log = EngineLog()
    for name, value in {"handlers": [], "propagate": True, "level": logging.NOTSET}.items():
        monkeypatch.setattr(step_status.WAITS, name, value)  # and put back what `listen` changes
    with provider_process.listening(log) as engine:
        monkeypatch.setattr("sys.argv", ["provider", engine])
        step_status.listen()
        waits.tell("hush, of no step")
        with step_status.of_step(None, lambda text: text.replace("hush", "[secret]")):
            waits.tell("the key hush", 3)

    assert [each.message for each in log.heard] == ["waiting: the key [secret], 3 s left"]
