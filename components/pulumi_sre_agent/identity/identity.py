"""The identity that an agent acts with in Azure: made here, or one that is there already."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NotRequired

from pulumi import ComponentResource, Input, InvokeOutputOptions, Output, Resource, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent.identity.federation import AUDIENCE, FederatedCredentialArgs
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, validate_args

if TYPE_CHECKING:
    from pulumi_azure_native.managedidentity import UserAssignedIdentity


class IdentityArgs(TypedDict):
    """Either `existing_id`, or what a new identity needs."""

    existing_id: NotRequired[Input[str]]
    """ARM id of an identity to use as it is, in any subscription; it is never changed or deleted."""
    identity_name: NotRequired[Input[str]]
    """Name in Azure of a new identity, such as `id-payments-oncall`."""
    resource_group_name: NotRequired[Input[str]]
    """Resource group of a new identity."""
    location: NotRequired[Input[str]]
    """Region of a new identity, such as `swedencentral`."""
    tags: NotRequired[Input[Mapping[str, Input[str]]]]
    """Azure tags of a new identity."""
    federated_credentials: NotRequired[Mapping[str, FederatedCredentialArgs]]
    """Who may log in as a new identity without a secret, such as a pipeline, by names in Azure.

    At most 20; a name has 3 to 120 letters, digits, hyphens and underscores.
    """


class Identity(ComponentResource):
    """A user-assigned identity.

    The agent gets it beside its system-assigned one: roles are given to this one, which survives the agent.
    Raises `pulumi.RunError` for credentials of an existing identity, which is never changed.

    ```python
    identity = sre.Identity("oncall", {
        "identity_name": "id-oncall",
        "resource_group_name": "rg-oncall",
        "federated_credentials": {"main": sre.github_actions("contoso/shop", branch="main")},
    })
    pulumi.export("clientId", identity.client_id)
    ```
    """

    identity_id: Output[str]
    """ARM id."""
    principal_id: Output[str]
    """Object id of its service principal, which roles are assigned to."""
    client_id: Output[str]
    """Application id, which code running with this identity logs in with."""

    def __init__(self, name: str, args: IdentityArgs, opts: ResourceOptions | None = None) -> None:
        args = validate(args)
        super().__init__("sre:index:Identity", name, None, guarding(opts))
        from pulumi_azure_native import managedidentity  # noqa: PLC0415 - costs a tenth of a second

        child = ResourceOptions(parent=self)
        if existing := args.get("existing_id"):
            identity = managedidentity.UserAssignedIdentity.get(name, existing, child)
            # Not the id of what is read, which may be unknown in previews.
            self.identity_id = Output.from_input(existing)
            self.principal_id, self.client_id = identity.principal_id, identity.client_id
        else:
            identity = managedidentity.UserAssignedIdentity(
                name,
                resource_name_=args.get("identity_name"),
                resource_group_name=args.get("resource_group_name"),
                location=args.get("location"),
                tags=args.get("tags"),
                opts=child,
            )
            # Asked for, not taken from the resource, whose outputs (but its name) turn unknown in a preview
            # that changes a tag: every role would look as if it were about to be replaced.
            response = managedidentity.get_user_assigned_identity_output(
                resource_group_name=args.get("resource_group_name"),
                resource_name=identity.name,
                opts=InvokeOutputOptions(parent=self),
            )
            self.identity_id = identity.id
            self.principal_id, self.client_id = response.principal_id, response.client_id
            self._federated_credentials(name, args, identity)
        self.register_outputs(
            {
                "identity_id": self.identity_id,
                "principal_id": self.principal_id,
                "client_id": self.client_id,
            }
        )

    def _federated_credentials(self, name: str, args: IdentityArgs, identity: "UserAssignedIdentity") -> None:
        """Make the federated credentials, one after the other: Azure refuses two at a time."""
        from pulumi_azure_native import managedidentity  # noqa: PLC0415 - as above

        previous: Sequence[Resource] = ()
        for credential_name, credential in args.get("federated_credentials", {}).items():
            resource = managedidentity.FederatedIdentityCredential(
                f"{name}-{credential_name}",
                federated_identity_credential_resource_name=credential_name,
                resource_group_name=args["resource_group_name"],
                resource_name_=identity.name,
                issuer=credential["issuer"],
                subject=credential["subject"],
                audiences=[credential.get("audience", AUDIENCE)],
                opts=ResourceOptions(parent=self, depends_on=previous),
            )
            previous = (resource,)


def validate(args: IdentityArgs) -> IdentityArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The identity", IdentityArgs, args, credentials_of_new)


def credentials_of_new(args: Inputs) -> Iterator[ValidationError]:
    """Refuse credentials of an existing identity, which is never changed."""
    existing = args.get("existing_id")
    if existing and args.get("federated_credentials"):
        name = existing if isinstance(existing, str) else "an existing one"
        yield error_at(
            ("federated_credentials",),
            f"are for a new identity, and {name} is used as it is: add them where it is made, or let a new "
            "one be made here",
        )
