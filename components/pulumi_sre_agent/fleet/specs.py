"""Who is in a fleet: the spec of each agent, from its folder, the defaults and its own arguments."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from pulumi import Input, RunError

from pulumi_sre_agent import directory as directories
from pulumi_sre_agent.agent.args import AgentArgs, validate
from pulumi_sre_agent.agent.spec import AgentSpec
from pulumi_sre_agent.directory.formats.agent_file import AGENT_FILE
from pulumi_sre_agent.fleet.args import FleetArgs
from pulumi_sre_agent.network.shared_network import SharedNetworkArgs, ranges_apart
from pulumi_sre_agent.schema.rules import LOCATION
from pulumi_sre_agent.schema.secrecy import refusal
from pulumi_sre_agent.schema.validation import ValidationError, did_you_mean, get_path, raise_errors

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
FLEET = "the fleet itself"
"""Whom the group of what is shared is for, among the agents."""


def fleet_specs(args: FleetArgs, group: Input[str] | None, subscription: str | None) -> dict[str, AgentSpec]:
    """Return the spec of each agent, by name.

    `group` is the resource group of what they share, `subscription` that of whoever says nothing else, where
    either is known. Raises `pulumi.RunError` with everything that is wrong with any of them.
    """
    specs, errors = {}, []
    for name, agent_args in agents_args(args).items():
        try:
            specs[name] = _spec(agent_args, subscription)
        except directories.DirectoryError as error:
            errors.append(str(error))
        except RunError as error:
            errors.append(f"{name}: {error}")
    errors = errors or [*_conflicts(args, specs, group, subscription), *_targets_made_twice(specs)]
    if errors:
        raise refusal("\n".join(errors))
    return specs


def agents_args(args: FleetArgs) -> dict[str, AgentArgs]:
    """Return what each agent is given, by name. Raises `pulumi.RunError` for a fleet that there cannot be."""
    # Nothing, as a key without a value is in YAML, is an agent that says nothing.
    listed: Any = {name: agent or {} for name, agent in args.get("agents", {}).items()}
    if "directories" in args:
        folders = _folders(Path(args["directories"]))
        raise_errors("The fleet", [*_without_folder(listed, folders)])
        base: Mapping[str, Any] = {name: {"directory": folder} for name, folder in folders.items()}
    else:
        base = {name: {} if "directory" in agent else _names(name) for name, agent in listed.items()}
    if not base:
        raise refusal("The fleet has no agents: name them in agents, or their folder in directories.")
    raise_errors("The fleet", [*_wrong_names(base)])
    defaults = args.get("defaults", {})
    return {
        name: merge_patch({**agent, **defaults}, listed.get(name, {})) for name, agent in sorted(base.items())
    }


def merge_patch(value: Any, patch: Any) -> Any:
    """Merge as JSON Merge Patch does (RFC 7396), but that None stays, and is dropped later."""
    if not isinstance(value, Mapping) or not isinstance(patch, Mapping):
        return patch
    return {**value, **{name: merge_patch(value.get(name), member) for name, member in patch.items()}}


def shared_networks(args: FleetArgs, specs: Mapping[str, AgentSpec]) -> dict[str, SharedNetworkArgs]:
    """Return the shared network of each region, for those who say nothing of theirs.

    Raises `pulumi.RunError` with all for whom it has no place.
    """
    if "shared_network" not in args:
        return {}
    options = args["shared_network"]
    spaces = {LOCATION.convert(region): space for region, space in options["address_prefixes"].items()}
    common = {key: value for key, value in options.items() if key != "address_prefixes"}
    networks: dict[str, SharedNetworkArgs] = {}
    errors = []
    for region, agents in _without_network(specs).items():
        if region not in spaces:
            errors.append(
                f"There is no address space in {region}, the region of {_joined(agents)}: add it to "
                "shared_network.address_prefixes, or give another location or network."
            )
            continue
        network = {**common, "location": region, "address_prefix": spaces[region], "agents": agents}
        errors += [f"The network in {region} cannot be: {error.reason}." for error in ranges_apart(network)]
        networks[region] = cast("SharedNetworkArgs", network)
    if errors:
        raise refusal("\n".join(errors))
    return networks


def in_shared_workspace(spec: AgentSpec) -> bool:
    """Tell whether an agent names no telemetry of its own."""
    return not spec.app_insights_id and "existing_workspace_id" not in spec.args


def _folders(parent: Path) -> dict[str, Path]:
    """Return the agent directories in a folder, by name."""
    folders = {each.parent.name: each.parent for each in parent.glob(f"*/{AGENT_FILE}")}
    if not folders:
        raise refusal(
            f"There is no agent directory in {parent}: each is a folder there with an {AGENT_FILE}."
        )
    return folders


def _without_folder(listed: Iterable[str], folders: Iterable[str]) -> Iterator[ValidationError]:
    for name in listed:
        if name not in folders:
            yield ValidationError(
                (), f"there is no {AGENT_FILE} for agents.{name}{did_you_mean(name, folders)}"
            )


def _wrong_names(names: Iterable[str]) -> Iterator[ValidationError]:
    for name in names:
        if not NAME.fullmatch(name):
            allowed = "up to 64 letters, digits, hyphens and _"
            yield ValidationError((), f"{name!r} is no name for an agent, which has {allowed}")


def _names(name: str) -> AgentArgs:
    """Return what an agent without a directory is called, unless it says otherwise."""
    return {"name": name, "resource_group_name": f"rg-{name}"}


def _spec(args: AgentArgs, subscription: str | None) -> AgentSpec:
    """Return the spec of an agent, which says its subscription wherever that is known."""
    args = validate(args)
    directory = args.get("directory")
    own = args.get("subscription_id")
    if isinstance(directory, str | Path):
        directory = directories.read(Path(directory), subscription=own or subscription)
    own = own or (directory.agent.subscription if directory else None) or subscription
    known: Any = {**args, "directory": directory, "subscription_id": own and own.lower()}
    return AgentSpec.of(known, has_provider=True)


def _conflicts(
    args: FleetArgs, specs: Mapping[str, AgentSpec], group: Input[str] | None, subscription: str | None
) -> Iterator[str]:
    """Say which agents would be in each other's way in a resource group."""
    groups: dict[tuple[str, str], list[str]] = defaultdict(list)
    makers = {name for name, spec in specs.items() if not spec.args.get("existing_resource_group")}
    if isinstance(group, str):
        groups[subscription or "", group.lower()].append(FLEET)
        makers |= set() if args.get("existing_resource_group") else {FLEET}
    for name, spec in specs.items():
        if isinstance(spec.group, str):  # an output may be anything
            groups[spec.subscription or "", spec.group.lower()].append(name)
    for (_, shared), names in groups.items():
        if len(names) > 1 and makers.intersection(names):
            yield (
                f"One resource group, {shared}, is for {_joined(names)}, and only one of them could make it: "
                "give each its own, or say existing_resource_group for all of them."
            )
        agents: dict[str, list[str]] = defaultdict(list)
        for name in names:
            agent_name = specs[name].name if name in specs else None
            if isinstance(agent_name, str):
                agents[agent_name.lower()].append(name)
        for agent, namesakes in agents.items():
            if len(namesakes) > 1:
                yield f"{_joined(namesakes)} would all be the agent {agent} in {shared}: name them apart."


def _targets_made_twice(specs: Mapping[str, AgentSpec]) -> Iterator[str]:
    """Say which agents would each make a resource group that they watch."""
    makers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, spec in specs.items():
        own = spec.group.lower() if isinstance(spec.group, str) else None
        targets = {each.name for each in spec.targets if each.is_group_name} - {own}
        for group in targets if spec.args.get("make_targets") else ():
            makers[spec.subscription or "", group].append(name)
    for (_, group), names in makers.items():
        if len(names) > 1:
            yield (
                f"{_joined(names)} would each make the resource group {group}, which they watch: leave "
                "make_targets to one of them."
            )


def _without_network(specs: Mapping[str, AgentSpec]) -> dict[str, list[str]]:
    """Return the agents whose arguments and directories say nothing of a network, by region.

    Raises `pulumi.RunError` for one whose region is an output.
    """
    agents: dict[str, list[str]] = defaultdict(list)
    for name, spec in specs.items():
        mode = get_path(spec.arguments, "sandbox_configuration", "egress", "mode")
        if "network" in spec.args or mode is not None:
            continue
        if not isinstance(spec.location, str):
            raise refusal(
                f"{name}: location is an output, but decides which shared network it is in: give the value "
                "itself, or a network of its own."
            )
        agents[LOCATION.convert(spec.location)].append(name)
    return agents


def _joined(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
