"""What a provider says on the side."""

import pytest

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
