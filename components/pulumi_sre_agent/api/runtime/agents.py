"""Finding agents: through Resource Graph, in every subscription that the login may read.

See docs/reference/control-plane.md#operations.
"""

from collections.abc import Iterator, Sequence

from pydantic import Field

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done

PATH = "/providers/Microsoft.ResourceGraph/resources"
QUERY = (
    "Resources | where type =~ 'microsoft.app/agents' "
    "| project id, name, location, resourceGroup, subscriptionId, properties"
)


class FoundAgent(Body):
    """An agent as Resource Graph has it, some seconds behind ARM."""

    id: str
    name: str | None = None
    location: str | None = None
    resource_group: str | None = None
    subscription_id: str | None = None
    properties: Json = Field(default_factory=dict)

    @property
    def endpoint(self) -> str | None:
        """Where its data plane is."""
        return self.properties.get("agentEndpoint")

    @property
    def power_state(self) -> str | None:
        """`Running` or `Stopped`."""
        return self.properties.get("powerState")


def find_agents(control: ControlPlane, subscription_ids: Sequence[str] = ()) -> Iterator[FoundAgent]:
    """Yield the agents of these subscriptions, by default of all that the login may read."""
    options: Json = {"resultFormat": "objectArray"}
    body: Json = {"query": QUERY, "options": options}
    if subscription_ids:
        body["subscriptions"] = [*subscription_ids]
    while True:
        answer = post_until_done(control, lambda: control.post(PATH, versions.RESOURCE_GRAPH, body)) or {}
        rows = answer.get("data")
        if not isinstance(rows, list):
            raise Unavailable("Resource Graph answered with something that is not a list.")
        yield from map(FoundAgent.read, rows)
        token = answer.get("$skipToken")
        if not token or token == options.get("$skipToken"):
            return
        options["$skipToken"] = token
