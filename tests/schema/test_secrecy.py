"""Secrets of a stack's config on their way through components."""

from pulumi import Config, Output

import pulumi_sre_agent as sre
from support.mocks import SUBSCRIPTION, Secret, run

SECRET = "s3cret-of-the-tests"
AGENT_ID = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg/providers/Microsoft.App/agents/oncall"


def test_what_holds_a_secret_is_one_in_the_resources_that_a_component_makes() -> None:
    """Also where the program took it for plain; other texts stay readable."""

    def program() -> None:
        note = Output.from_input(f"told by {Config('ours').require('word')}")
        sre.Lock("lock", {"scope": AGENT_ID, "kind": "CanNotDelete", "notes": note})

    seen = run(program, {"ours:word": SECRET}, secret_keys=["ours:word"])

    inputs = seen.one("azure-native:authorization:ManagementLockByScope").inputs
    assert inputs["notes"] == Secret(f"told by {SECRET}")
    assert inputs["scope"] == AGENT_ID
