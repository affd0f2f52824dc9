"""Who may do what: the agent in Azure, and people with the agent."""

import uuid
from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, NotRequired

from pulumi import ComponentResource, Input, Output, ResourceOptions, RunError
from typing_extensions import TypedDict

PEOPLES_ROLES: Mapping[str, str] = MappingProxyType(
    {
        "SRE Agent Administrator": "e79298df-d852-4c6d-84f9-5d13249d1e55",
        "SRE Agent Standard User": "2d84a65a-63b2-4343-bbb6-31105d857bc1",
        "SRE Agent Reader": "a4b156ac-253f-4a1a-9851-96d62b71b047",
        "SRE Agent Author": "eb64ab4c-23eb-4f63-a9c2-27da365f04e7",
    }
)
"""Built-in roles on an agent, name to GUID (api.md B.1)."""

READING: Mapping[str, str] = MappingProxyType(
    {
        "Reader": "acdd72a7-3385-48ef-bd42-f606fba81ae7",
        "Log Analytics Reader": "73c42c96-874c-492b-b04d-ab87d138a893",
        "Monitoring Reader": "43d0d8ad-25c7-4714-9337-8ba259a9fe05",
    }
)
"""Roles that an agent needs on everything that it watches (api.md B.3)."""

ACTING: Mapping[str, str] = MappingProxyType({"Contributor": "b24988ac-6180-42a0-ab88-20f7382dd24c"})
"""Roles that access level `High` adds."""

PRINCIPAL_TYPES = ("User", "Group", "ServicePrincipal")

_NAMESPACE = uuid.UUID("5a9be1c4-9e4d-5c0b-8f0e-0f6f0f0b7d7e")
"""What the assignments' names are made in. Never changes: another name would be another assignment."""


class PersonArgs(TypedDict):
    """Someone who works with the agent."""

    principal_id: str
    """Object id in Entra ID of a user, group or service principal."""
    role: str
    """`SRE Agent Administrator`, `SRE Agent Standard User`, `SRE Agent Reader` or `SRE Agent Author`."""
    principal_type: NotRequired[str]
    """`User` (default), `Group` or `ServicePrincipal`."""


class AccessArgs(TypedDict):
    """What the agent may do in Azure, what people may do with the agent, or both."""

    identity_id: NotRequired[Input[str]]
    """ARM id of the agent's user-assigned identity; for its system-assigned one, that of the agent."""
    principal_id: NotRequired[Input[str]]
    """Object id of that identity."""
    access_level: NotRequired[str]
    """`Low` (default) lets it read what it watches, `High` lets it change that too."""
    targets: NotRequired[Mapping[str, Input[str]]]
    """What it watches: ARM ids of resource groups, subscriptions or resources, by names for its roles."""
    home_id: NotRequired[Input[str]]
    """ARM id of the agent's own resource group, where it reads its own telemetry."""
    agent_id: NotRequired[Input[str]]
    """ARM id of the agent that `people` work with."""
    people: NotRequired[Sequence[PersonArgs]]
    """Who may use the agent, and how far."""


class Grant(NamedTuple):
    """One role for one principal on one scope."""

    name: str
    """The last part of the assignment's name in Pulumi."""
    role: str
    """GUID of the role."""
    scope: Input[str]
    principal_id: Input[str]
    principal_key: Input[str]
    """What stands for the principal in the assignment's own name: known before the principal is."""
    principal_type: str = "ServicePrincipal"


class Access(ComponentResource):
    """Role assignments around an agent.

    Their names in Azure are made from scope, principal and role, so that nothing is ever assigned twice.
    Raises `pulumi.RunError` for a role, an access level or a principal type that there is none of.
    """

    def __init__(self, name: str, args: AccessArgs, opts: ResourceOptions | None = None) -> None:
        grants = [*identity_grants(args), *people_grants(args)]
        super().__init__("sre:index:Access", name, None, opts)
        for grant in grants:
            self._assign(name, grant)
        self.register_outputs({})

    def _assign(self, name: str, grant: Grant) -> None:
        from pulumi_azure_native import authorization  # noqa: PLC0415 - costs a quarter of a second

        stable = Output.all(grant.scope, grant.principal_key, grant.role)
        authorization.RoleAssignment(
            f"{name}-{grant.name}",
            role_assignment_name=stable.apply(lambda parts: assignment_name(*parts)),
            role_definition_id=Output.from_input(grant.scope).apply(
                lambda scope: role_definition_id(scope, grant.role)
            ),
            scope=grant.scope,
            principal_id=grant.principal_id,
            principal_type=grant.principal_type,
            opts=ResourceOptions(parent=self),
        )


def identity_grants(args: AccessArgs) -> Iterator[Grant]:
    """Say what the agent's identity needs at its access level, and that level is one that there is."""
    level = args.get("access_level", "Low")
    if level not in ("Low", "High"):
        raise RunError(f"There is no access level {level!r}: choose Low (reads) or High (reads and changes).")
    if "principal_id" not in args:
        return
    key = args.get("identity_id", args["principal_id"])
    roles = {**READING, **ACTING} if level == "High" else READING
    for target, scope in args.get("targets", {}).items():
        for role, guid in roles.items():
            yield Grant(f"{target}-{_slug(role)}", guid, scope, args["principal_id"], key)
    if "home_id" in args:
        role = "Monitoring Reader"
        yield Grant(f"home-{_slug(role)}", READING[role], args["home_id"], args["principal_id"], key)


def people_grants(args: AccessArgs) -> Iterator[Grant]:
    """Say what people get on the agent; a wrong role or principal type is refused in one sentence."""
    for person in args.get("people", ()):
        who, role, kind = person["principal_id"], person["role"], person.get("principal_type", "User")
        if role not in PEOPLES_ROLES:
            raise RunError(f"There is no role {role!r} for {who}: choose one of {', '.join(PEOPLES_ROLES)}.")
        if kind not in PRINCIPAL_TYPES:
            raise RunError(
                f"There is no principal type {kind!r} for {who}: choose one of {', '.join(PRINCIPAL_TYPES)}."
            )
        yield Grant(f"{who}-{_slug(role)}", PEOPLES_ROLES[role], args["agent_id"], who, who, kind)


def assignment_name(scope: str, principal: str, role: str) -> str:
    """Return the GUID that an assignment is called in Azure, the same for the same three."""
    return str(uuid.uuid5(_NAMESPACE, f"{scope}|{principal}|{role}".lower()))


def role_definition_id(scope: str, role: str) -> str:
    """Return the ARM id of a built-in role as Azure spells it for a scope: below the scope's subscription."""
    subscription = "/".join(scope.split("/")[:3]) if scope.lower().startswith("/subscriptions/") else ""
    return f"{subscription}/providers/Microsoft.Authorization/roleDefinitions/{role}"


def _slug(role: str) -> str:
    return role.lower().replace(" ", "-")
