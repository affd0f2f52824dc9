"""Finding agents: through Resource Graph, in every subscription that the login may read.

See docs/reference/control-plane.md#operations.
"""

from collections.abc import Iterator, Sequence

from pydantic import Field

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.errors import Unavailable
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.idempotent_post import post_until_done
from pulumi_sre_agent.api.portal import PORTAL

PATH = "/providers/Microsoft.ResourceGraph/resources"
QUERY = (
    "Resources | where type =~ 'microsoft.app/agents' "
    "| project id, name, location, resourceGroup, subscriptionId, properties"
)


class FoundAgent(Body):
    """An agent as ARM has it, or as Resource Graph does, some seconds behind ARM.

    See docs/reference/control-plane.md#properties-of-an-agent.
    """

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
        return self.properties.get("powerState") or self.properties.get("runningState")

    @property
    def provisioning_state(self) -> str | None:
        """`InProgress`, `Succeeded`, `Failed`, `Canceled` or `Deleting`."""
        return self.properties.get("provisioningState")

    @property
    def action_mode(self) -> str | None:
        """What it does unasked: `ReadOnly`, `Review` or `Autonomous`, by whichever spelling."""
        return self._members("actionConfiguration").get("mode")

    @property
    def access_level(self) -> str | None:
        """`Low` or `High`."""
        return self._members("actionConfiguration").get("accessLevel")

    @property
    def identity_name(self) -> str | None:
        """The user-assigned identity that it acts as."""
        identity = self._members("actionConfiguration").get("identity")
        return ArmId(identity).name if isinstance(identity, str) and identity else None

    @property
    def incident_platform(self) -> str | None:
        """Where its incidents come from, such as `AzMonitor`; None for nowhere."""
        platform = self._members("incidentManagementConfiguration").get("type")
        return None if platform == "None" else platform

    @property
    def portal_url(self) -> str:
        """Its page in the portal."""
        arm_id = ArmId(self.id)
        return f"{PORTAL}/{arm_id.subscription_id}/{arm_id.resource_group}/{arm_id.name}"

    @property
    def subnet_id(self) -> str | None:
        return self._members("vnetConfiguration").get("subnetResourceId")

    @property
    def egress_mode(self) -> str | None:
        """What it may reach: `Unrestricted`, `Limited` or `AzureVNet`; None where nothing is said."""
        egress = self._members("sandboxConfiguration").get("egress")
        return egress.get("mode") if isinstance(egress, dict) else None

    def _members(self, name: str) -> Json:
        value = self.properties.get(name)
        return value if isinstance(value, dict) else {}


def get_agent(control: ControlPlane, agent_id: str) -> FoundAgent:
    """Return an agent as ARM has it. Raises `NotFound`."""
    arm_id = ArmId(agent_id)
    scope = {"resourceGroup": arm_id.resource_group, "subscriptionId": arm_id.subscription_id}
    return FoundAgent.read(scope | control.get(agent_id, versions.AGENT_PREVIEW))


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
