"""Who may do what: the agent in Azure, and people with the agent."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, NamedTuple, NotRequired

from pulumi import Alias, ComponentResource, Input, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.arm_id import ArmId
from pulumi_sre_agent.identity.roles import ACTING, ALERTING, PEOPLES_ROLES, READING
from pulumi_sre_agent.schema.annotations import Rule
from pulumi_sre_agent.schema.choices import AccessLevel, PrincipalType
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import (
    FieldPath,
    Inputs,
    ValidationError,
    did_you_mean,
    error_at,
    format_path,
    validate_args,
)


def _role_problem(role: str) -> str | None:
    if role in PEOPLES_ROLES:
        return None
    return f"must be one of {', '.join(PEOPLES_ROLES)}{did_you_mean(role, PEOPLES_ROLES)}"


class PersonArgs(TypedDict):
    """Someone who works with the agent."""

    principal_id: Input[str]
    """Object id in Entra ID of a user, group or service principal."""
    role: Annotated[str, Rule(_role_problem)]
    """`SRE Agent Administrator`, `SRE Agent Standard User`, `SRE Agent Reader` or `SRE Agent Author`."""
    principal_type: NotRequired[Input[PrincipalType]]
    """`User` (default), `Group` or `ServicePrincipal`."""


class ExtraRoleArgs(TypedDict):
    """A role that the agent gets besides those of its access level."""

    role: Input[str]
    """Its name, such as `AcrPull`, its GUID, or its ARM id."""
    scope: Input[str]
    """ARM id of what it is for: a subscription, a resource group or a resource, in any subscription."""


class RoleAssignmentInterfaceArgs(TypedDict):
    """A role on a resource as Azure Verified Modules describe one."""

    role_definition_id_or_name: Input[str]
    """Its name, such as `SRE Agent Reader`, its GUID, or its ARM id."""
    principal_id: Input[str]
    """Object id in Entra ID of a user, group or service principal."""
    principal_type: NotRequired[Input[PrincipalType]]
    """`User` (default), `Group` or `ServicePrincipal`."""


class AccessArgs(TypedDict):
    """What the agent may do in Azure, what people may do with the agent, or both."""

    principal_id: NotRequired[Input[str]]
    """Object id of the agent's identity."""
    access_level: NotRequired[AccessLevel]
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
    former_names: NotRequired[Mapping[str, str]]
    """What `targets` and `alert_subscriptions` were called in earlier deployments, so that their roles stay.

    By their names now.
    """
    agent_id: NotRequired[Input[str]]
    """ARM id of the agent that `people` work with."""
    people: NotRequired[Sequence[PersonArgs]]
    """Who may use the agent, and how far. Roles are called by the object id in lower case.

    An output among the ids has no letters yet: `people[n]` stands for the n-th of them, counted from 0.
    """
    role_assignments: NotRequired[Sequence[RoleAssignmentInterfaceArgs]]
    """Any other role of anyone on the agent; with outputs, they are called `role_assignments[n]`."""


class Grant(NamedTuple):
    """One role for one principal on one scope."""

    name: str
    """The last part of the assignment's name in Pulumi."""
    role: Input[str]
    """GUID of the role, or its name."""
    scope: Input[str]
    principal_id: Input[str]
    principal_type: Input[PrincipalType] = "ServicePrincipal"
    former_name: str | None = None
    """What an earlier release called it, where that differs."""


class Access(ComponentResource):
    """Role assignments around an agent, as `sre.resources.RoleAssignment` makes them.

    What somebody else had assigned already is used and left in place. A change of the lists takes effect with
    the next deployment: who is no longer named loses the role. Raises `pulumi.RunError` for wrong arguments,
    such as a role that there is none of.

    ```python
    sre.Access("oncall", {
        "agent_id": pulumi.Config().require("agentId"),
        "people": [{"principal_id": "00000000-0000-0000-0000-00000000ada0", "role": "SRE Agent Reader"}],
    })
    ```
    """

    def __init__(self, name: str, args: AccessArgs, opts: ResourceOptions | None = None) -> None:
        args = validate(args)
        super().__init__("sre:index:Access", name, None, guarding(opts))
        for grant in (*identity_grants(args), *people_grants(args)):
            resources.RoleAssignment(
                f"{name}-{grant.name}",
                ResourceOptions(
                    parent=self,
                    aliases=[Alias(name=f"{name}-{grant.former_name}")] if grant.former_name else None,
                ),
                scope=grant.scope,
                role=grant.role,
                principal_id=grant.principal_id,
                principal_type=grant.principal_type,
            )
        self.register_outputs({})


def validate(args: AccessArgs) -> AccessArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The access", AccessArgs, args, _names_the_agent, one_type_each)


def _names_the_agent(args: Inputs) -> Iterator[ValidationError]:
    if (args.get("people") or args.get("role_assignments")) and "agent_id" not in args:
        yield error_at(("agent_id",), "is missing, the agent that people work with")


def one_type_each(args: Inputs) -> Iterator[ValidationError]:
    """Refuse a role that somebody is given twice on the agent, as one type of principal and as another."""
    given: dict[str, tuple[FieldPath, Any]] = {}
    for path, name, _, entry in _people_roles(args):
        type_ = entry.get("principal_type", "User")
        first, first_type = given.setdefault(name, (path, type_))
        if isinstance(type_, str) and isinstance(first_type, str) and type_ != first_type:
            paths = f"{format_path(first)} and {format_path(path)}"
            yield ValidationError(
                (), f"{paths} are one role of a {first_type} and of a {type_}: leave one of them out"
            )


def identity_grants(args: AccessArgs) -> Iterator[Grant]:
    """Yield what the agent's identity needs at its access level."""
    if "principal_id" not in args:
        return
    who = args["principal_id"]
    former = args.get("former_names", {})
    watching = {**READING, **ACTING} if args.get("access_level") == "High" else READING
    for target, scope in args.get("targets", {}).items():
        yield from _grants(target, watching, scope, who, former.get(target))
    if "home_id" in args:
        role = "Monitoring Reader"
        yield from _grants("home", {role: READING[role]}, args["home_id"], who)
    for subscription, scope in args.get("alert_subscriptions", {}).items():
        yield from _grants(subscription, ALERTING, scope, who, former.get(subscription))
    for name, extra in args.get("extra_roles", {}).items():
        yield Grant(name, extra["role"], extra["scope"], who)


def people_grants(args: AccessArgs) -> Iterator[Grant]:
    """Yield what people get on the agent, each role of somebody once."""
    names = set[str]()
    for _, name, role, entry in _people_roles(args):
        if name in names:
            continue
        names.add(name)
        principal, type_ = entry["principal_id"], entry.get("principal_type", "User")
        former = name.replace(principal.lower(), principal, 1) if isinstance(principal, str) else name
        guid = PEOPLES_ROLES.get(role, role) if isinstance(role, str) else role
        yield Grant(name, guid, args["agent_id"], principal, type_, former if former != name else None)


def _people_roles(args: Inputs) -> Iterator[tuple[FieldPath, str, Input[str], Any]]:
    """Yield the roles of people: where each is given, its assignment's name, the role, and who gets it."""
    for argument, key in (("people", "role"), ("role_assignments", "role_definition_id_or_name")):
        entries, outputs = args.get(argument, ()), 0
        for index, entry in enumerate(() if is_unknown(entries) else entries):
            principal, role = entry["principal_id"], entry[key]
            if isinstance(principal, str) and isinstance(role, str):
                name = f"{principal.lower()}-{_slug(ArmId(role).name)}"
            else:
                name, outputs = f"{argument}[{outputs}]", outputs + 1
            yield (argument, index), name, role, entry


def _grants(
    target: str,
    roles: Mapping[str, str],
    scope: Input[str],
    principal_id: Input[str],
    former_name: str | None = None,
) -> Iterator[Grant]:
    for role, guid in roles.items():
        slug = _slug(role)
        former = former_name and f"{former_name}-{slug}"
        yield Grant(f"{target}-{slug}", guid, scope, principal_id, former_name=former)


def _slug(role: str) -> str:
    return role.lower().replace(" ", "-")
