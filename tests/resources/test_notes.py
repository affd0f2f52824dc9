"""What a provider says on the side."""

import pytest

from pulumi_sre_agent.resources._core.registry import provider_of
from support import provider_process
from support.azure import LocalAzure
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
