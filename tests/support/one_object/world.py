"""What the program of `machine` says, and what of it is in Azure."""

import itertools
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any, ClassVar

from support.azure import REGION, LocalAzure
from support.one_object import azure_objects

Json = dict[str, Any]
READER = "acdd72a7-3385-48ef-bd42-f606fba81ae7"


@dataclass(frozen=True)
class Item:
    """An item of the agent."""

    kind: str
    name: str
    part: int

    @property
    def key(self) -> tuple[str, ...]:
        return self.kind, self.name.lower()


@dataclass(frozen=True)
class Role:
    """A role of an identity on a group; several resources may be the same."""

    who: str
    group: str
    is_shouted: bool
    kind = "RoleAssignment"


@dataclass(frozen=True)
class Member:
    """An agent of the fleet."""

    name: str
    identity: str
    """`own`, or whose."""
    targets: tuple[str, ...]


@dataclass(frozen=True)
class Program:
    """What is declared, by names in Pulumi."""

    resources: Mapping[str, Item | Role]
    members: Mapping[str, Member]

    def with_resources(self, **changes: Item | Role | None) -> "Program":
        merged = {**self.resources, **changes}
        return replace(self, resources={name: each for name, each in merged.items() if each})

    def with_members(self, **changes: Member | None) -> "Program":
        merged = {**self.members, **changes}
        return replace(self, members={name: each for name, each in merged.items() if each})

    def doubled(self) -> list[str]:
        """Name the resources that are an item which another is, too."""
        keys = {name: each.key for name, each in self.resources.items() if isinstance(each, Item)}
        counts = Counter(keys.values())
        return [name for name, key in keys.items() if counts[key] > 1]


class World:
    """What is there in Azure before any program."""

    _numbers: ClassVar[Iterator[int]] = itertools.count()

    def __init__(self, azure: LocalAzure) -> None:
        self.azure, self.number = azure, next(self._numbers)
        self.agent_id = azure.agent(f"one-object-{self.number}")
        self.home = azure.group(f"rg-fleet-{self.number}")
        self.component = azure_objects.component(azure, self.home, f"fleet-{self.number}")
        self.groups = {name: azure.group(f"{name}-{self.number}") for name in ("rg-x", "rg-y")}
        self.identities = {who: azure.identity(f"id-{who}-{self.number}") for who in ("one", "two")}
        self.roles = azure_objects.roles(azure)

    def declared(self, program: Program, aliases: Mapping[str, str]) -> Json:
        """Say what the program declares."""
        resources: Json = {
            name: {"kind": each.kind, "args": self._arguments(each)}
            for name, each in program.resources.items()
        }
        for name, old in aliases.items():
            resources[name]["aliases"] = [old]
        agents = {name: self._member(member) for name, member in program.members.items()}
        return {"resources": resources, "fleet": {"agents": agents}}

    def _arguments(self, resource: Item | Role) -> Json:
        if isinstance(resource, Item):
            arguments = azure_objects.arguments(resource.kind, resource.name, resource.part)
            return {"agent_id": self.agent_id, **arguments}
        scope = self.groups[resource.group.lower()]
        principal = self.identities[resource.who]["properties"]["principalId"]
        return {
            "scope": scope.replace("rg-", "RG-") if resource.group.isupper() else scope,
            "role": READER,
            "principal_id": principal.upper() if resource.is_shouted else principal,
            "principal_type": "ServicePrincipal",
        }

    def _member(self, member: Member) -> Json:
        used = {} if member.identity == "own" else {"user_assigned_resource_ids": [self._identity(member)]}
        return {
            "name": f"{member.name}-{self.number}",
            "resource_group_name": self.home.rpartition("/")[2],
            "existing_resource_group": True,
            "location": REGION,
            "existing_app_insights_id": self.component,
            "managed_identities": {"system_assigned": False, **used},
            "targets": [self._target(target) for target in member.targets],
            "dashboard": {"enabled": False},
            "spend": {"enabled": False},
        }

    def _identity(self, member: Member) -> str:
        return str(self.identities[member.identity]["id"])

    def _target(self, target: str) -> str:
        """Spell a group as its name, in capitals, or as its id."""
        group = self.groups[target.lower().removeprefix("/")]
        name = group.rpartition("/")[2]
        return group if target.startswith("/") else name.upper() if target.isupper() else name


def data_path(id_: str) -> str:
    """Return how the data plane calls an item, from its collection on; empty for what is none."""
    segments = {segment.lower(): path.lower() for segment, path in azure_objects.KINDS.values()}
    *_, segment, name = id_.split("/")
    return f"{segments[segment]}/{name}" if segment in segments else ""
