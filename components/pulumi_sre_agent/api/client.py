"""Azure as one object: both planes behind one login.

`connect` costs nothing: libraries are imported and tokens asked for when something is first asked of Azure.
"""

import atexit
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

from pulumi_sre_agent.api.auth import azure_cli
from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.streaks import Streaks
from pulumi_sre_agent.api.kinds import Kind, Plane
from pulumi_sre_agent.api.settings import AZURE_CLI, Settings

if TYPE_CHECKING:
    import httpx
    from azure.core.credentials import TokenCredential

    from pulumi_sre_agent.api.agent import AgentClient
    from pulumi_sre_agent.api.collections.collection import Collection
    from pulumi_sre_agent.api.planes.control_plane import ControlPlane
    from pulumi_sre_agent.api.planes.data_plane import DataPlane
    from pulumi_sre_agent.api.runtime.agents import FoundAgent
    from pulumi_sre_agent.api.session import Session


@dataclass(frozen=True, kw_only=True)
class ClientOptions:
    """The seam to everything outside the process; by default the real network, login and time."""

    http: "httpx.BaseTransport | None" = None
    credential: "Callable[[], TokenCredential] | None" = None
    clock: Clock = field(default_factory=Clock)


class Client:
    """ARM and the agents' data planes, as a context that closes its connections. Thread-safe.

    `settings`: how to log in, by default as the environment says.
    """

    def __init__(self, settings: Settings | None = None, options: ClientOptions | None = None) -> None:
        _keep_out_the_command_line_of_httpx()  # before anything of what follows imports it
        self.settings = settings or Settings.from_environment()
        self._options = options or ClientOptions()
        self._streaks = Streaks(self._options.clock)  # a session that cannot be opened is begun again
        self._lock = threading.RLock()
        self._session: Session | None = None
        self._account: Mapping[str, Any] | None = None

    @property
    def control(self) -> "ControlPlane":
        """ARM. Raises `ConfigError` where the settings name no usable cloud or login."""
        return self._open().control

    def subscription_id(self) -> str:
        """Return the configured subscription, else the Azure CLI's. Raises `ConfigError` without either."""
        if self.settings.subscription_id:
            return self.settings.subscription_id
        try:
            if self._uses_azure_cli:
                return str(self._cli_account()["id"])
        except ConfigError:
            pass  # one sentence about all three ways says more than why this one failed
        raise ConfigError(
            "No subscription is known: set azure-native:subscriptionId in the stack's config or the variable "
            "ARM_SUBSCRIPTION_ID, or log in with the Azure CLI (az login) and choose one (az account set)."
        )

    def agent(self, name_or_id: str, *, app_insights_id: str | None = None) -> "AgentClient":
        """Return one agent, by its ARM id or by its name in whichever subscription, which is looked up.

        `app_insights_id`: the component that it writes to, by default the one that the agent itself names.

        Raises `NotFound` for a name that no agent has, `ConfigError` for one that several have.
        """
        from pulumi_sre_agent.api.agent import AgentClient  # noqa: PLC0415 -- pydantic

        if name_or_id.startswith("/"):
            return AgentClient(name_or_id, self._open, self.settings.plane, app_insights_id)
        from pulumi_sre_agent.api.runtime.selection import select  # noqa: PLC0415 -- as above

        found = select(self.agents(), name_or_id, "agent")
        return self.agent(found.id, app_insights_id=app_insights_id)

    def agents(self, *subscription_ids: str) -> "Iterator[FoundAgent]":
        """Yield the agents of these subscriptions, by default of all that the login may read."""
        from pulumi_sre_agent.api.runtime.agents import find_agents  # noqa: PLC0415 -- as above

        return find_agents(self.control, subscription_ids)

    def data_plane(self, agent_id: str) -> "DataPlane":
        """Return the data plane of the agent with this ARM id, once it answers.

        The endpoint is asked of ARM once and kept until the agent is deleted through this object. Raises
        `NotFound` without an agent, `ConfigError` for an endpoint that may not be given a token (before
        one is asked for), `AccessDenied` when it refuses, `Unavailable` when it does not answer in time.
        """
        return self._open().data_plane(agent_id)

    def prefetch_data_plane(self, agent_id: str, endpoint: str) -> threading.Thread:
        """Note the endpoint of an agent that ARM has just told of, and begin to wait until it answers.

        Whoever needs it goes on waiting, and hears of its failure.
        """
        session = self._open()
        session.set_endpoint(agent_id, endpoint)
        return _start_thread(session.prefetch_data_plane, agent_id)

    def prefetch_token(self) -> threading.Thread:
        """Log in to data planes in the background, while something else is waited for.

        Whoever needs that login hears of its failure. Raises `ConfigError` as `control` does.
        """
        return _start_thread(self._open().prefetch_token)

    def items(self, kind: Kind, agent_id: str, plane: Plane) -> "Collection":
        """Return the items of one kind under an agent, through one plane. Raises as `data_plane` does."""
        return self._open().items(kind, agent_id, plane)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exception: object) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections and forget tokens; using this object again opens new ones."""
        with self._lock:
            session, self._session = self._session, None
        if session:
            session.close()

    def _open(self) -> "Session":
        with self._lock:
            if self._session is None:
                from pulumi_sre_agent.api.session import Session  # noqa: PLC0415 -- httpx

                self._session = Session(
                    self.settings,
                    self._cli_account if self._uses_azure_cli else None,
                    http=self._options.http,
                    credential=self._options.credential,
                    clock=self._options.clock,
                    streaks=self._streaks,
                )
            return self._session

    @property
    def _uses_azure_cli(self) -> bool:
        return self._options.credential is None and self.settings.method == AZURE_CLI

    def _cli_account(self) -> Mapping[str, Any]:
        with self._lock:
            if self._account is None:
                self._account = azure_cli.account(self.settings.subscription_id)
            return self._account


def _start_thread(work: Callable[..., None], *args: str) -> threading.Thread:
    ahead = threading.Thread(target=work, args=args, daemon=True)
    ahead.start()
    return ahead


def _keep_out_the_command_line_of_httpx() -> None:
    """Keep `httpx` from importing its command line, and with it click, rich and pygments.

    That is 0.7 s of the 1.1 s that `python -X importtime` shows for httpx here, in every run that
    asks anything of Azure. httpx does without where they are not installed; None in `sys.modules` says so.
    """
    sys.modules.setdefault("httpx._main", None)  # type: ignore[arg-type]  # None refuses an import


def connect(settings: Settings) -> Client:
    """Return the connection for these settings, one per process. Thread-safe; nothing is sent yet."""
    with _connecting:
        if settings not in _connected:
            _connected[settings] = Client(settings)
            atexit.register(_connected[settings].close)
        return _connected[settings]


_connected: dict[Settings, Client] = {}
_connecting = threading.Lock()
