"""What `Client` is made of, once something is asked of it: cloud, login, transport and the two planes."""

import contextlib
import threading
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.api.auth import clouds
from pulumi_sre_agent.api.auth.clouds import Cloud
from pulumi_sre_agent.api.auth.credentials import DATA_SCOPES, Login, credential_for, import_ahead
from pulumi_sre_agent.api.auth.oidc import exchange
from pulumi_sre_agent.api.collections import factory, pager_duty
from pulumi_sre_agent.api.collections.collection import Collection
from pulumi_sre_agent.api.collections.factory import AgentContext
from pulumi_sre_agent.api.errors import ConfigError, SreAgentError
from pulumi_sre_agent.api.http import waits
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.endpoint import Endpoint
from pulumi_sre_agent.api.http.streaks import Streaks
from pulumi_sre_agent.api.http.transport import Transport, open_client
from pulumi_sre_agent.api.kinds import Kind, Plane
from pulumi_sre_agent.api.planes import agent_access, agent_endpoint
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.data_plane import DataPlane
from pulumi_sre_agent.api.settings import Settings

if TYPE_CHECKING:
    from azure.core.credentials import TokenCredential


class Session:
    """One login and one pool of connections. Thread-safe."""

    def __init__(
        self,
        settings: Settings,
        account: Callable[[], Mapping[str, Any]] | None,
        *,
        http: httpx.BaseTransport | None,
        credential: "Callable[[], TokenCredential] | None",
        clock: Clock,
        streaks: Streaks,
    ) -> None:
        """`account` tells of the Azure CLI's login; None where that is not how these settings log in."""
        self._settings = settings
        self._clock = clock
        self._lock = threading.Lock()
        self._agents: defaultdict[ArmId, _Agent] = defaultdict(_Agent)
        role_spreading = limits.ROLE_SPREADING._replace(budget=settings.role_wait)
        self._transport = Transport(open_client(http), clock, role_spreading, streaks)
        if credential is None:
            import_ahead()
        cloud = _cloud(settings, account, self._transport)
        self._login = Login(settings, credential or self._credential_maker(cloud), clock)
        site = Endpoint(cloud.resource_manager, tokens=self._login.tokens(cloud.scope))
        self._data_tokens = self._login.tokens(*DATA_SCOPES)
        self.control = ControlPlane(self._transport, site, deleted=self._forget)

    def data_plane(self, agent_id: str) -> DataPlane:
        """Return the agent's data plane; the first caller finds it and waits for it, others wait for that."""
        with self._lock:
            agent = self._agents[ArmId(agent_id)]
        with waits.held(agent.lock, f"the data plane of agent {ArmId(agent_id).name}"):
            if agent.plane is None:
                agent.plane = self._open_data_plane(agent_id, agent.endpoint)
            return agent.plane

    def set_endpoint(self, agent_id: str, endpoint: str) -> None:
        with self._lock:
            self._agents[ArmId(agent_id)].endpoint = endpoint

    def prefetch_data_plane(self, agent_id: str) -> None:
        """Wait for an agent's data plane, or leave it to whoever needs it."""
        with contextlib.suppress(SreAgentError):
            self.data_plane(agent_id)

    def prefetch_token(self) -> None:
        """Fetch the token for data planes, or leave it to whoever needs it."""
        with contextlib.suppress(SreAgentError):
            self._data_tokens.token()

    def items(self, kind: Kind, agent_id: str, plane: Plane) -> Collection:
        context = AgentContext(
            agent_id, self.control, lambda: self.data_plane(agent_id), self._check_user_key
        )
        return factory.collection(kind, context, plane)

    def close(self) -> None:
        self._transport.close()
        self._login.close()

    def _open_data_plane(self, agent_id: str, endpoint: str | None) -> DataPlane:
        endpoint = endpoint or agent_endpoint.resolve(self.control, agent_id, self._clock)
        base = agent_endpoint.check_endpoint(endpoint, self._settings.allowed_endpoints)
        site = Endpoint(
            base,
            f"agent {ArmId(agent_id).name}",
            "data",
            self._data_tokens,
            access_age=lambda: agent_access.access_age(self.control, agent_id),
        )
        plane = DataPlane(self._transport, site)
        plane.wait_until_ready()
        return plane

    def _check_user_key(self, key: str) -> None:
        pager_duty.check_user_key(self._transport, self._settings.pager_duty, key)

    def _forget(self, path: str) -> None:
        """Ask for an agent's endpoint anew: one made under the same name has another."""
        with self._lock:
            self._agents.pop(ArmId(path), None)

    def _credential_maker(self, cloud: Cloud) -> "Callable[[], TokenCredential]":
        return lambda: credential_for(
            self._settings, cloud, lambda: exchange(self._settings, self._transport)
        )


@dataclass
class _Agent:
    """What is known of one agent."""

    lock: threading.Lock = field(default_factory=threading.Lock)
    endpoint: str | None = None
    plane: DataPlane | None = None


def _cloud(
    settings: Settings, account: Callable[[], Mapping[str, Any]] | None, transport: Transport
) -> Cloud:
    """Choose as azure-native does: metadata host, environment, the Azure CLI's cloud, public."""
    if host := settings.metadata_host:
        return clouds.cloud_from_metadata(
            host, transport.send(Endpoint(host), "GET", clouds.METADATA_PATH).body
        )
    if account is None:
        return clouds.cloud_named(settings.environment)
    environment = str(account().get("environmentName"))
    cloud = clouds.cloud_named(settings.environment or environment)
    if cloud != clouds.cloud_named(environment):
        raise ConfigError(
            f"azure-native:environment is {settings.environment}, but the Azure CLI is logged in to "
            f"{environment}: run az cloud set --name {cloud.name}, then az login."
        )
    return cloud
