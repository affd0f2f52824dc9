"""Who may do what: the agent in Azure, and people with the agent."""

from collections.abc import Iterator, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple, NotRequired, cast, get_args

from pulumi import ComponentResource, Input, ResourceOptions, RunError
from typing_extensions import TypedDict

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.schema.choices import DEFAULT_ACCESS_LEVEL, AccessLevel, PrincipalType

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

ALERTING: Mapping[str, str] = MappingProxyType(
    {"Monitoring Contributor": "749f88d5-cbae-40b8-bcfc-e573ddc772fa"}
)
"""Roles that it needs where it reads, acknowledges and closes the alerts of Azure Monitor (api.md B.3)."""


class PersonArgs(TypedDict):
    """Someone who works with the agent."""

    principal_id: str
    """Object id in Entra ID of a user, group or service principal."""
    role: str
    """`SRE Agent Administrator`, `SRE Agent Standard User`, `SRE Agent Reader` or `SRE Agent Author`."""
    principal_type: NotRequired[str]
    """`User` (default), `Group` or `ServicePrincipal`."""


class ExtraRoleArgs(TypedDict):
    """A role that the agent gets besides those of its access level."""

    role: str
    """Its name, such as `AcrPull`, its GUID, or its ARM id."""
    scope: Input[str]
    """ARM id of what it is for: a subscription, a resource group or a resource, in any subscription."""


class RoleAssignmentInterfaceArgs(TypedDict):
    """A role on a resource as Azure Verified Modules describe one."""

    role_definition_id_or_name: str
    """Its name, such as `SRE Agent Reader`, its GUID, or its ARM id."""
    principal_id: str
    """Object id in Entra ID of a user, group or service principal."""
    principal_type: NotRequired[str]
    """`User` (default), `Group` or `ServicePrincipal`."""


class AccessArgs(TypedDict):
    """What the agent may do in Azure, what people may do with the agent, or both."""

    principal_id: NotRequired[Input[str]]
    """Object id of the agent's identity."""
    access_level: NotRequired[str]
    """`Low` (default) lets it read what it watches, `High` lets it change that too."""
    targets: NotRequired[Mapping[str, Input[str]]]
    """What it watches: ARM ids of resource groups, subscriptions or resources, by names for its roles."""
    home_id: NotRequired[Input[str]]
    """ARM id of the agent's own resource group, where it reads its own telemetry."""
    alert_subscriptions: NotRequired[Mapping[str, Input[str]]]
    """Where Azure Monitor is its incident platform: ARM ids of the subscriptions whose alerts it works on.

    It becomes their Monitoring Contributor. By names for its roles, as `targets`.
    """
    extra_roles: NotRequired[Mapping[str, ExtraRoleArgs]]
    """Further roles of the agent, by their names in Pulumi."""
    agent_id: NotRequired[Input[str]]
    """ARM id of the agent that `people` work with."""
    people: NotRequired[Sequence[PersonArgs]]
    """Who may use the agent, and how far."""
    role_assignments: NotRequired[Sequence[RoleAssignmentInterfaceArgs]]
    """Any other role of anyone on the agent."""


class Grant(NamedTuple):
    """One role for one principal on one scope."""

    name: str
    """The last part of the assignment's name in Pulumi."""
    role: str
    """GUID of the role, or its name."""
    scope: Input[str]
    principal_id: Input[str]
    principal_type: PrincipalType = "ServicePrincipal"


class Access(ComponentResource):
    """Role assignments around an agent, as `sre.resources.RoleAssignment` makes them.

    What somebody else had assigned already is used and left in place. A change of the lists takes effect with
    the next deployment: who is no longer named loses the role. Raises `pulumi.RunError` for a role, an access
    level or a principal type that there is none of.

    ```python
    sre.Access("oncall", {
        "agent_id": pulumi.Config().require("agentId"),
        "people": [{"principal_id": "00000000-0000-0000-0000-00000000ada0", "role": "SRE Agent Reader"}],
    })
    ```
    """

    def __init__(self, name: str, args: AccessArgs, opts: ResourceOptions | None = None) -> None:
        grants = [*identity_grants(args), *people_grants(args)]
        super().__init__("sre:index:Access", name, None, opts)
        for grant in grants:
            resources.RoleAssignment(
                f"{name}-{grant.name}",
                ResourceOptions(parent=self),
                scope=grant.scope,
                role=grant.role,
                principal_id=grant.principal_id,
                principal_type=grant.principal_type,
            )
        self.register_outputs({})


def identity_grants(args: AccessArgs) -> Iterator[Grant]:
    """Say what the agent's identity needs at its access level, and that level is one that there is."""
    level = args.get("access_level", DEFAULT_ACCESS_LEVEL)
    if level not in get_args(AccessLevel):
        raise RunError(f"There is no access level {level!r}: choose Low (reads) or High (reads and changes).")
    if "principal_id" not in args:
        return
    who = args["principal_id"]
    for target, scope in args.get("targets", {}).items():
        yield from _grants(target, {**READING, **ACTING} if level == "High" else READING, scope, who)
    if "home_id" in args:
        role = "Monitoring Reader"
        yield from _grants("home", {role: READING[role]}, args["home_id"], who)
    for subscription, scope in args.get("alert_subscriptions", {}).items():
        yield from _grants(subscription, ALERTING, scope, who)
    for name, extra in args.get("extra_roles", {}).items():
        yield Grant(name, extra["role"], extra["scope"], who)


def people_grants(args: AccessArgs) -> Iterator[Grant]:
    """Say what people get on the agent; a wrong role or principal type is refused in one sentence."""
    seen = set()
    for grant in (*_peoples(args), *_assigned(args)):
        if grant.name in seen:
            raise RunError(f"The role {grant.name} on the agent is given twice: leave one of them out.")
        seen.add(grant.name)
        yield grant


def _peoples(args: AccessArgs) -> Iterator[Grant]:
    for person in args.get("people", ()):
        who, role, kind = person["principal_id"], person["role"], person.get("principal_type", "User")
        if role not in PEOPLES_ROLES:
            raise RunError(f"There is no role {role!r} for {who}: choose one of {', '.join(PEOPLES_ROLES)}.")
        yield Grant(f"{who}-{_slug(role)}", PEOPLES_ROLES[role], args["agent_id"], who, _type(kind, who))


def _assigned(args: AccessArgs) -> Iterator[Grant]:
    for each in args.get("role_assignments", ()):
        who, role = each["principal_id"], each["role_definition_id_or_name"]
        type_ = _type(each.get("principal_type", "User"), who)
        called = f"{who}-{_slug(ArmId(role).name)}"
        yield Grant(called, PEOPLES_ROLES.get(role, role), args["agent_id"], who, type_)


def _type(kind: str, who: str) -> PrincipalType:
    if kind not in get_args(PrincipalType):
        known = ", ".join(get_args(PrincipalType))
        raise RunError(f"There is no principal type {kind!r} for {who}: choose one of {known}.")
    return cast("PrincipalType", kind)


def _grants(
    target: str, roles: Mapping[str, str], scope: Input[str], principal_id: Input[str]
) -> Iterator[Grant]:
    for role, guid in roles.items():
        yield Grant(f"{target}-{_slug(role)}", guid, scope, principal_id)


def _slug(role: str) -> str:
    return role.lower().replace(" ", "-")
