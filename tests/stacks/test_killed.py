"""`up` killed with SIGKILL, time and again: after `sre-agent recover` the next one goes on from there.

And nothing is there twice.
"""

from collections import Counter

import pytest

from support.deployments import AGENT, GROUP, Deployment

WRITES = (1, 2, 2, 3, 3)
"""After how many writes of its own each run is killed: from the resource groups to the agent's last items."""


@pytest.mark.longest
def test_kills_lose_nothing_and_double_nothing(deployment: Deployment) -> None:
    """Each run takes up what the killed ones began, and the last converges."""
    deployment.azure.switch(latencySeconds=0.1)  # so that a kill comes soon after the write that it waits for
    for number, writes in enumerate(WRITES):
        assert deployment.kill_up_after(writes), f"run {number} ended before it could be killed"
        result = deployment.recover()
        assert result.code == 0, result.text
    deployment.azure.switch(latencySeconds=0)

    deployment.succeed("up")

    deployment.succeed("preview", "--expect-no-changes")
    azure = deployment.azure
    assert len(azure.arm("GET", f"{GROUP}/providers/Microsoft.App/agents").json()["value"]) == 1
    skills = azure.data("GET", AGENT, "/api/v2/extendedAgent/skills").json()["value"]
    assert Counter(skill["name"] for skill in skills) == Counter(
        path.stem for path in (deployment.agent_directory / "config" / "skills").glob("*.yaml")
    )
    assignments = {  # by id, since both groups show those of the subscription
        role["id"]: (
            role["properties"]["scope"],
            role["properties"]["roleDefinitionId"],
            role["properties"]["principalId"],
        )
        for group in ("rg-payments", "rg-payments-oncall")
        for role in azure.arm(
            "GET",
            f"{GROUP.rpartition('/')[0]}/{group}/providers/Microsoft.Authorization/roleAssignments",
            api_version="2022-04-01",
        ).json()["value"]
    }
    assert set(Counter(assignments.values()).values()) == {1}
