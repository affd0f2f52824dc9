"""`up` killed with SIGKILL: the next one converges, and nothing is there twice."""

import pytest

from support.deployments import AGENT, GROUP, Deployment

MOMENTS = (1, 2, 4, 6, 9, 12, 15, 19, 23, 27)
"""After how many writes to Azure `up` is killed: from the resource group to the last items of the agent."""


@pytest.mark.parametrize("writes", MOMENTS)
def test_the_next_up_converges(deployment: Deployment, writes: int) -> None:
    """Killed at ten different moments, what was begun is taken up again, and no second copy is made."""
    assert deployment.kill_up_after(writes), "`up` ended before it could be killed: choose an earlier moment"

    deployment.succeed("up")

    azure = deployment.azure
    assert len(azure.arm("GET", f"{GROUP}/providers/Microsoft.App/agents").json()["value"]) == 1
    assignments = [
        entry["properties"]
        for scope in ("rg-payments", "rg-payments-oncall")
        for entry in azure.arm(
            "GET",
            f"{GROUP.rpartition('/')[0]}/{scope}/providers/Microsoft.Authorization/roleAssignments",
            api_version="2022-04-01",
        ).json()["value"]
    ]
    triples = [(a["scope"], a["roleDefinitionId"], a["principalId"]) for a in assignments]
    assert triples
    assert len(set(triples)) == len(triples)
    items = azure.data("GET", AGENT, "/api/v2/extendedAgent/skills").json()["value"]
    assert len({item["name"] for item in items}) == len(items) == 5
