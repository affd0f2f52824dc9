"""One agent, and what can be asked of it: the same manner for everything in it.

Each collection has `list`, which pages as it is iterated, and `get`, by name or id.
"""

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.kinds import AGENT_POWER, CONNECTOR, CONNECTOR_V2_CONNECTION, REPO, Kind, Plane
from pulumi_sre_agent.api.runtime.agents import FoundAgent, get_agent
from pulumi_sre_agent.api.runtime.approvals import Approvals
from pulumi_sre_agent.api.runtime.connectors import Connectors
from pulumi_sre_agent.api.runtime.incident_handling import IncidentHandling
from pulumi_sre_agent.api.runtime.incidents import Incidents
from pulumi_sre_agent.api.runtime.knowledge import Knowledge
from pulumi_sre_agent.api.runtime.repos import Repos
from pulumi_sre_agent.api.runtime.scheduled_tasks import ScheduledTasks
from pulumi_sre_agent.api.runtime.telemetry import Telemetry
from pulumi_sre_agent.api.runtime.threads import Threads
from pulumi_sre_agent.api.runtime.tools import Tools
from pulumi_sre_agent.api.runtime.triggers import Triggers
from pulumi_sre_agent.api.runtime.usages import SupportedModel, Usages, supported_models

if TYPE_CHECKING:
    from pulumi_sre_agent.api.collections.collection import Collection
    from pulumi_sre_agent.api.planes.control_plane import ControlPlane
    from pulumi_sre_agent.api.planes.data_plane import DataPlane
    from pulumi_sre_agent.api.session import Session


class AgentClient:
    """One agent, as `Client.agent` returns it. Thread-safe; nothing is sent before something is asked of it.

    What is in its data plane raises as `Client.data_plane` when it is first reached for.
    """

    def __init__(
        self,
        agent_id: str,
        session: "Callable[[], Session]",
        plane: Plane | None,
        app_insights_id: str | None = None,
    ) -> None:
        """`plane`: for kinds that live on both; None: each kind's own default."""
        self.id = agent_id
        """ARM id."""
        self._session, self._plane = session, plane
        self._app_insights_id = app_insights_id

    def get(self) -> FoundAgent:
        """Return the agent itself, as ARM has it. Raises `NotFound`."""
        return get_agent(self._session().control, self.id)

    def start(self) -> None:
        """Start it where it does not run, and wait until it does. Raises as `stop`."""
        self._items(AGENT_POWER).put("", {"state": "Running"})

    def stop(self) -> None:
        """Stop it where it runs, and wait until it has. Raises `NotFound`, `OperationFailed`."""
        self._items(AGENT_POWER).put("", {"state": "Stopped"})

    def models(self) -> Iterator[SupportedModel]:
        """Yield the models that it can have as its default, in its region. Raises `NotFound`."""
        agent = self.get()
        return supported_models(self._session().control, ArmId(self.id).subscription_id, agent.location or "")

    @property
    def control(self) -> "ControlPlane":
        """ARM, as the agent's login sees it."""
        return self._session().control

    @property
    def data_plane(self) -> "DataPlane":
        """Its data plane, for what has no member here."""
        return self._session().data_plane(self.id)

    @property
    def threads(self) -> Threads:
        """Conversations: with people, and about incidents, tasks and triggers."""
        return Threads(self.data_plane)

    @property
    def approvals(self) -> Approvals:
        """What waits for a word, in all threads."""
        return Approvals(self.data_plane)

    @property
    def triggers(self) -> Triggers:
        """HTTP triggers."""
        return Triggers(self.data_plane)

    @property
    def tasks(self) -> ScheduledTasks:
        """Scheduled tasks."""
        return ScheduledTasks(self.data_plane)

    @property
    def knowledge(self) -> Knowledge:
        """Documents, and what is found in them."""
        return Knowledge(self.data_plane)

    @property
    def incidents(self) -> Incidents:
        """What it has looked into, from its Application Insights."""
        return Incidents(self._telemetry, self.id)

    @property
    def incident_handling(self) -> IncidentHandling:
        """Which incidents it takes, from which platform."""
        return IncidentHandling(self.data_plane)

    @property
    def usage(self) -> Usages:
        """What it has used of its limits, as ARM tells, and what models were asked, as telemetry does."""
        return Usages(self._session().control, self.id, self._telemetry)

    @property
    def connectors(self) -> Connectors:
        """What it is connected to."""
        connections = self._items(CONNECTOR_V2_CONNECTION)
        return Connectors(self.data_plane, self._items(CONNECTOR), connections)

    @property
    def repos(self) -> Repos:
        """Repositories that it reads."""
        return Repos(self._items(REPO))

    @property
    def tools(self) -> Tools:
        """What it can do: built in, its own, and of its connectors."""
        return Tools(self.data_plane)

    @property
    def _telemetry(self) -> Telemetry:
        return Telemetry(self._session().control, self.id, self._app_insights_id)

    def _items(self, kind: Kind) -> "Collection":
        plane = self._plane if self._plane in kind.planes else None
        return self._session().items(kind, self.id, plane or kind.default_plane)
