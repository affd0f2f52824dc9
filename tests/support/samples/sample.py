"""What the common suite needs to know of a kind beside its row: one item, and how it may change."""

import base64
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.resources._core.registry import provider_of
from support.azure import LocalAzure

Json = dict[str, Any]

GROUP_ID = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-sre"
AGENT_ID = f"{GROUP_ID}/providers/Microsoft.App/agents/one"
LONG = "Look at the error rate first, then at the latest deployment, then at the database."


def write(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    """Somebody else writes an enveloped item through the same plane, in the portal or with curl."""
    agent_id, name = inputs["agent_id"], inputs["name"]
    spec = {"name": name, **provider_of(kind.name).model.to_wire(inputs)}
    if inputs.get("plane", kind.default_plane) == "data":
        path, body = f"{kind.data}/{name}", {"name": name, "type": kind.envelope, "properties": spec}
        cloud.poll(lambda: cloud.data("PUT", agent_id, path, body).is_success)
    else:
        value = {"value": base64.b64encode(json.dumps(spec).encode()).decode()} if kind.encoded else spec
        answer = cloud.arm("PUT", f"{agent_id}/{kind.control}/{name}", {"properties": value})
        cloud.settle(answer)


def is_there(cloud: LocalAzure, kind: Kind, inputs: Json) -> bool:
    """Whether the data plane shows an enveloped item."""
    return cloud.data("GET", inputs["agent_id"], f"{kind.data}/{inputs['name']}").is_success


@dataclass(frozen=True)
class Sample:
    """One item of a kind, and how it may change. The defaults fit kinds in an envelope under a name."""

    args: Json
    """Its arguments, without `agent_id` and `plane`."""
    changes: Json
    """For each property that Azure shows and an update can change: another value."""
    replaces: Json = field(default_factory=dict)
    """For each property besides agent and key that cannot change in place: another value."""
    hidden: Json = field(default_factory=dict)
    """For each property that Azure does not show: another value; a change by somebody else goes unseen."""
    follows: Json = field(default_factory=dict)
    """For each property that the check says and nobody sets: what a change by somebody else makes of it."""
    outputs: frozenset[str] = frozenset()
    """Names of what the service adds to the outputs."""
    keyed: Callable[[str], Any] | None = lambda fresh: fresh
    """Makes the kind's key of a fresh name; None: an agent has only one, or only some, of the kind."""
    write: Callable[[LocalAzure, Kind, Json], None] = write
    """Makes somebody else write the item that inputs describe."""
    is_there: Callable[[LocalAzure, Kind, Json], bool] = is_there
    """Whether Azure holds the item that inputs describe; always false where it never shows one."""
    method: str = "PUT"
    """The verb that writes a new item."""
    path: str = "/{}$"
    """Where that goes, as a regular expression with the key for `{}`."""
    nameless: bool = False
    """Whether that address is the same for all items of an agent."""
    prepare: Callable[[LocalAzure, Json], Json] = lambda _cloud, _args: {}
    """Makes what an item with these arguments needs in its agent, and returns what more it says then."""
    agent: Json = field(default_factory=dict)
    """Properties of an agent that it can live in, where not every agent will do."""
    operations: bool = False
    """Whether a write begins an operation that can fail."""
    refuses: bool = True
    """Whether a create refuses to overwrite; false where Azure hides what is there, or always has one."""
    deletable: bool = True
    """Whether Azure has a way to delete it."""

    @property
    def secrets(self) -> bool:
        """Whether it has any, by its own word: those of the samples are called so."""
        return "s3cret" in repr(self.args)

    @property
    def visible(self) -> Json:
        """What Azure shows, and so what a change by somebody else shows as."""
        return self.changes | self.follows
