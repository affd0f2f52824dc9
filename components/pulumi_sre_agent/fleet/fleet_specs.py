"""Who is in a fleet: each agent's plan, from its folder, the defaults and its own arguments, all checked."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, cast

from pulumi import RunError

from pulumi_sre_agent import directory as directories
from pulumi_sre_agent.agent import children
from pulumi_sre_agent.agent.args import AgentArgs, checked, refuse
from pulumi_sre_agent.agent.spec import AgentSpec
from pulumi_sre_agent.directory.formats.agent_file import AGENT_FILE
from pulumi_sre_agent.fleet.args import FleetArgs
from pulumi_sre_agent.network.shared_network import SharedNetworkArgs, ranges
from pulumi_sre_agent.schema.rules import LOCATION
from pulumi_sre_agent.schema.validation import ValidationError, did_you_mean

NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,63}")
ITSELF = "the fleet itself"
"""What is shared, among the agents that resource groups are for."""


def members(args: FleetArgs, group: str | None, subscription: str | None) -> dict[str, AgentSpec]:
    """Return the plan of each agent, by name.

    `group` is the resource group of what they share, `subscription` that of whoever says nothing else, where
    either is known. Raises `pulumi.RunError` with everything that is wrong with any of them.
    """
    found, faults = {}, []
    for name, wanted in arguments(args).items():
        try:
            found[name] = _plan(wanted, subscription)
        except directories.DirectoryError as error:
            faults.append(str(error))
        except RunError as error:
            faults.append(f"{name}: {error}")
    faults = faults or [*_clashes(args, found, group, subscription), *_made_twice(found)]
    if faults:
        raise RunError("\n".join(faults))
    return found


def arguments(args: FleetArgs) -> dict[str, AgentArgs]:
    """Return what each agent is given, by name. Raises `pulumi.RunError` for a fleet that there cannot be."""
    # Nothing, as a key without a value is in YAML, is an agent that says nothing.
    listed: Any = {name: its or {} for name, its in args.get("agents", {}).items()}
    if "directories" in args:
        folders = _folders(Path(args["directories"]))
        refuse("The fleet", [*_strangers(listed, folders)])
        start: Mapping[str, Any] = {name: {"directory": folder} for name, folder in folders.items()}
    else:
        start = {name: {} if "directory" in its else _called(name) for name, its in listed.items()}
    if not start:
        raise RunError("The fleet has no agents: name them in agents, or their folder in directories.")
    refuse("The fleet", [*_misnamed(start)])
    defaults = args.get("defaults", {})
    return {name: laid_over({**its, **defaults}, listed.get(name, {})) for name, its in sorted(start.items())}


def laid_over(below: Any, above: Any) -> Any:
    """Lay one value over another as JSON Merge Patch does (RFC 7396); None stays, and is dropped later."""
    if not isinstance(below, Mapping) or not isinstance(above, Mapping):
        return above
    return {**below, **{name: laid_over(below.get(name), value) for name, value in above.items()}}


def networks(args: FleetArgs, plans: Mapping[str, AgentSpec]) -> dict[str, SharedNetworkArgs]:
    """Return the shared network of each region, for those who say nothing of theirs.

    Raises `pulumi.RunError` with all for whom it has no place.
    """
    if "shared_network" not in args:
        return {}
    wanted = args["shared_network"]
    spaces = {LOCATION.convert(region): space for region, space in wanted["address_prefixes"].items()}
    kept = {key: value for key, value in wanted.items() if key != "address_prefixes"}
    found: dict[str, SharedNetworkArgs] = {}
    faults = []
    for region, agents in _without_network(plans).items():
        if region not in spaces:
            faults.append(
                f"There is no address space in {region}, the region of {_listed(agents)}: add it to "
                "shared_network.address_prefixes, or give another location or network."
            )
            continue
        try:
            ranges(spaces[region], agents, wanted.get("subnet_prefixes", {}))
        except RunError as error:
            faults.append(str(error))
        its = {**kept, "location": region, "address_prefix": spaces[region], "agents": agents}
        found[region] = cast("SharedNetworkArgs", its)
    if faults:
        raise RunError("\n".join(faults))
    return found


def in_shared_workspace(plan: AgentSpec) -> bool:
    """Tell whether an agent names no telemetry of its own."""
    return not plan.app_insights_id and "existing_workspace_id" not in plan.args


def _folders(parent: Path) -> dict[str, Path]:
    """Return the agent directories in a folder, by name."""
    found = {each.parent.name: each.parent for each in parent.glob(f"*/{AGENT_FILE}")}
    if not found:
        raise RunError(
            f"There is no agent directory in {parent}: each is a folder there with an {AGENT_FILE}."
        )
    return found


def _strangers(listed: Iterable[str], folders: Iterable[str]) -> Iterator[ValidationError]:
    for name in listed:
        if name not in folders:
            yield ValidationError(
                (), f"there is no {AGENT_FILE} for agents.{name}{did_you_mean(name, folders)}"
            )


def _misnamed(names: Iterable[str]) -> Iterator[ValidationError]:
    for name in names:
        if not NAME.fullmatch(name):
            allowed = "up to 64 letters, digits, hyphens and _"
            yield ValidationError((), f"{name!r} is no name for an agent, which has {allowed}")


def _called(name: str) -> AgentArgs:
    """Return what an agent without a directory is called, unless it says otherwise."""
    return {"name": name, "resource_group_name": f"rg-{name}"}


def _plan(wanted: AgentArgs, subscription: str | None) -> AgentSpec:
    """Return the plan of an agent, which says its subscription wherever that is known."""
    wanted = checked(wanted)
    directory = wanted.get("directory")
    place = wanted.get("subscription_id")
    if isinstance(directory, str | Path):
        directory = directories.read(Path(directory), subscription=place or subscription)
    place = place or (directory.agent.subscription if directory else None) or subscription
    known: Any = {**wanted, "directory": directory, "subscription_id": place and place.lower()}
    plan = AgentSpec.of(known, has_provider=True)
    children.check(plan)
    return plan


def _clashes(
    args: FleetArgs, plans: Mapping[str, AgentSpec], group: str | None, subscription: str | None
) -> Iterator[str]:
    """Say which agents would be in each other's way in a resource group."""
    there: dict[tuple[str, str], list[str]] = defaultdict(list)
    makers = {name for name, plan in plans.items() if not plan.args.get("existing_resource_group")}
    if group:
        there[subscription or "", group.lower()].append(ITSELF)
        makers |= set() if args.get("existing_resource_group") else {ITSELF}
    for name, plan in plans.items():
        there[plan.subscription or "", plan.group.lower()].append(name)
    for (_, shared), names in there.items():
        if len(names) > 1 and makers.intersection(names):
            yield (
                f"One resource group, {shared}, is for {_listed(names)}, and only one of them could make it: "
                "give each its own, or say existing_resource_group for all of them."
            )
        called: dict[str, list[str]] = defaultdict(list)
        for name in names:
            if name in plans:
                called[plans[name].name.lower()].append(name)
        for one, namesakes in called.items():
            if len(namesakes) > 1:
                yield f"{_listed(namesakes)} would all be the agent {one} in {shared}: name them apart."


def _made_twice(plans: Mapping[str, AgentSpec]) -> Iterator[str]:
    """Say which agents would each make a resource group that they watch."""
    makers: dict[tuple[str, str], list[str]] = defaultdict(list)
    for name, plan in plans.items():
        made = {each.lower() for each in plan.targets if not each.startswith("/")} - {plan.group.lower()}
        for group in made if plan.args.get("make_targets") else ():
            makers[plan.subscription or "", group].append(name)
    for (_, group), names in makers.items():
        if len(names) > 1:
            yield (
                f"{_listed(names)} would each make the resource group {group}, which they watch: leave "
                "make_targets to one of them."
            )


def _without_network(plans: Mapping[str, AgentSpec]) -> dict[str, list[str]]:
    """Return the agents whose arguments and directories say nothing of a network, by region."""
    found: dict[str, list[str]] = defaultdict(list)
    for name, plan in plans.items():
        egress = plan.arguments.get("sandbox_configuration", {}).get("egress", {})
        if "network" not in plan.args and "mode" not in egress:
            found[LOCATION.convert(plan.location)].append(name)
    return found


def _listed(names: list[str]) -> str:
    return " and ".join([", ".join(names[:-1]), names[-1]]) if len(names) > 1 else names[0]
