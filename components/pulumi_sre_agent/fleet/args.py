"""What `sre.Fleet` takes: its agents, what holds for all of them, and what they share."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NotRequired

from pulumi import Input
from typing_extensions import TypedDict

from pulumi_sre_agent.agent.args import AgentArgs
from pulumi_sre_agent.network.subnet import ADDRESS_RANGE
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, validate_args


class FleetWorkspaceArgs(TypedDict):
    """The Log Analytics workspace that agents share."""

    workspace_name: NotRequired[Input[str]]
    """Name in Azure; `log-<fleet>` by default."""
    retention_in_days: NotRequired[Input[int]]
    """How long it keeps what it is sent, in days; 30 by default."""


class FleetNetworkArgs(TypedDict):
    """The virtual networks that agents share, one for each region, as `sre.SharedNetwork` makes them."""

    address_prefixes: Mapping[str, Annotated[str, ADDRESS_RANGE]]
    """Address space of the network in each region, such as `{"swedencentral": "10.20.0.0/16"}`."""
    subnet_prefixes: NotRequired[Mapping[str, Annotated[str, ADDRESS_RANGE]]]
    """Ranges of subnets, /27 or larger, by agent; by default as the agent's name has it."""
    outbound_ports: NotRequired[Sequence[Input[str]]]
    """TCP ports that the internet may be called on; 80 and 443 by default."""


class FleetArgs(TypedDict):
    """Who is in the fleet, and what is shared. `agents`, `directories` or both are needed."""

    agents: NotRequired[Mapping[str, AgentArgs]]
    """The agents by name, or what those of `directories` get besides.

    One without a directory is called in Azure as here, and lies in `rg-<name>`, unless it says otherwise.
    """
    directories: NotRequired[Any]
    """A folder: each folder in it that has an `agent.json` is the directory of an agent of that name."""
    defaults: NotRequired[AgentArgs]
    """Arguments of every agent; what it says itself in `agents` is laid over them.

    As JSON Merge Patch does (RFC 7396): mappings are joined member by member at every depth, anything else
    is replaced as a whole, and None takes a default away. As all arguments, they win over directories.
    """
    shared_workspace: NotRequired[FleetWorkspaceArgs]
    """A new workspace (`{}` will do) for agents that name no telemetry; by default each has its own.

    One that is there already is `existing_workspace_id` in `defaults`.
    """
    shared_network: NotRequired[FleetNetworkArgs]
    """New networks for agents that say nothing of theirs, also in their directories; by default none."""
    resource_group_name: NotRequired[Input[str]]
    """Resource group of what is shared, in the subscription of the login; `rg-<fleet>` by default."""
    existing_resource_group: NotRequired[bool]
    """Whether that group is there already, and neither made nor deleted here; False by default."""
    location: NotRequired[Input[str]]
    """Region of that group and of the workspace; needed where something is shared."""
    tags: NotRequired[Input[Mapping[str, Input[str]]]]
    """Azure tags of what is shared."""


def validate(args: FleetArgs) -> FleetArgs:
    """Return the arguments but those that are None, which inside of an agent's take a default away.

    Raises `pulumi.RunError`.
    """
    validate_args("The fleet", FleetArgs, args, _shares_somewhere)
    return {key: value for key, value in args.items() if value is not None}  # type: ignore[return-value] # of the same keys


def is_shared(args: Mapping[str, Any]) -> bool:
    """Tell whether anything is made for all agents together."""
    return "shared_workspace" in args or "shared_network" in args


def _shares_somewhere(args: Inputs) -> Iterator[ValidationError]:
    if is_shared(args) and "location" not in args:
        yield error_at(("location",), "is missing, the region of what the agents share")
