"""The parts of this Azure, as every handler is given them."""

import secrets
from collections import Counter
from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated

from pydantic import Field, StringConstraints, ValidationError

from sre_agent_local.azure import clock
from sre_agent_local.azure.arm_path import GUID
from sre_agent_local.azure.errors import BadRequest, NotFound
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.validation import StrictModel, validation_message
from sre_agent_local.azure.tokens import (
    CONTROL_AUDIENCES,
    DATA_AUDIENCES,
    GRAPH_AUDIENCES,
    SUBSCRIPTIONS,
    Tokens,
)

from .change_notifier import ChangeNotifier
from .faults import Faults
from .operations import Operations
from .settings import LocalSettings, switches
from .store import Store

HOSTS = ("127.0.0.1", "localhost")
"""Names by which this server can be reached."""


class _NewSubscription(StrictModel):
    id: Annotated[str, StringConstraints(pattern=f"^{GUID}$", to_lower=True)]
    name: str = Field(default="", max_length=64)


class AzureState:
    """What one server serves."""

    def __init__(self, store: Store, url: str, settings: LocalSettings, stop: Callable[[], None]) -> None:
        """Take `settings` as the command line gave them; what is set later overrides them, until a reset."""
        self.store = store
        self.url = url
        """Where this server listens: `http://127.0.0.1:4281`, without a slash at the end."""
        self.stop = stop
        self.faults = Faults(store)
        self.operations = Operations(store)
        self.change_notifier = ChangeNotifier()
        self.hub_tokens: set[str] = set()
        """Tokens of hub connections that have been negotiated and not yet made."""
        self.script_uses: Counter[str] = Counter()
        """How often each turn of the agent's script has answered, since it was set or this server started."""
        self.identity_header = self._lasting_secret("identityHeader")
        """What a login must show."""
        self.administration_token = self._lasting_secret("administrationToken")
        """What a request to `/_local` must show."""
        self.tokens = Tokens(self._lasting_secret("signingKey"))
        port = url.rpartition(":")[2]
        addresses = tuple(f"{scheme}://{host}:{port}" for scheme in ("http", "https") for host in HOSTS)
        self.control_audiences = (*CONTROL_AUDIENCES, *addresses)
        self.graph_audiences = (*GRAPH_AUDIENCES, *addresses)
        self.audiences = (*self.control_audiences, *DATA_AUDIENCES, *GRAPH_AUDIENCES)
        self._own_subscriptions: dict[str, str] = store.setting("subscriptions") or {}
        self._initial_settings = settings
        self.settings = settings.with_changes(store.setting("switches") or {})
        clock.move(store.setting("clock") or 0.0)

    @property
    def subscriptions(self) -> dict[str, str]:
        """Names by id, those of one's own first: tools take the first one by default."""
        return self._own_subscriptions | {
            id_: name for id_, name in SUBSCRIPTIONS.items() if id_ not in self._own_subscriptions
        }

    def add_subscription(self, body: Json) -> Json:
        """Add a subscription of one's own, `{id, name?}`, or name it anew. Raises BadRequest."""
        try:
            new = _NewSubscription.model_validate(body)
        except ValidationError as error:
            raise BadRequest(
                f"The subscription cannot be added: {validation_message(error, '')}; its id is a GUID."
            ) from error
        self._own_subscriptions = {**self._own_subscriptions, new.id: new.name or new.id}
        self.store.put_setting("subscriptions", self._own_subscriptions)
        return {"id": new.id, "name": self._own_subscriptions[new.id]}

    def change_settings(self, changes: Json) -> None:
        """Change settings, over restarts too. Raises BadRequest."""
        self.settings = self.settings.with_changes(changes)
        self.store.put_setting("switches", {**(self.store.setting("switches") or {}), **changes})

    def move_clock(self, seconds: float) -> None:
        """Let the clock be this many seconds ahead of the machine's, over restarts too."""
        self.store.put_setting("clock", seconds)
        clock.move(seconds)
        self.change_notifier.notify()

    def reset_settings(self, name: str | None = None) -> None:
        """Set one setting, or all, to what the command line gave. Raises NotFound for an unknown one."""
        initial = self._initial_settings.to_json()
        if name is not None and name not in initial:
            raise NotFound(f"There is no switch '{name}'; there are: {', '.join(initial)}.")
        stored: Json = self.store.setting("switches") or {}
        changes = {each: value for each, value in stored.items() if name not in (None, each)}
        self.store.put_setting("switches", changes)
        self.settings = self._initial_settings.with_changes(changes)

    def describe_settings(self) -> list[Json]:
        """Return every setting with its value, what it is by default, what it stands for and its source."""
        values, defaults = self.settings.to_json(), self._initial_settings.to_json()
        return [
            {**asdict(each), "value": values[each.name], "default": defaults[each.name]}
            for each in switches()
        ]

    def reset(self) -> None:
        """Forget all but who may log in."""
        self.store.reset()
        self._own_subscriptions = {}
        self.store.put_setting("subscriptions", {})
        self.reset_settings()
        self.store.put_setting("script", None)
        self.script_uses.clear()
        self.move_clock(0.0)
        self.faults.remove()

    def _lasting_secret(self, name: str) -> str:
        """Return a secret of the data folder, whose store only its owner may read; made where it lacks."""
        secret = self.store.setting(name)
        if secret is None:
            secret = secrets.token_hex(32)
            self.store.put_setting(name, secret)
        return str(secret)
