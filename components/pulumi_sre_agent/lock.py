"""A lock: what keeps something in Azure from being deleted or changed, by anyone."""

from typing import Literal, NotRequired

from pulumi import ComponentResource, Input, Output, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent.schema.outputs import lift
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import validate_args


class LockInterfaceArgs(TypedDict):
    """A lock as Azure Verified Modules describe one."""

    kind: Input[Literal["CanNotDelete", "ReadOnly"]]
    """`CanNotDelete`, or `ReadOnly`, which refuses changes too."""
    name: NotRequired[Input[str]]
    """Its name in Azure; `lock-<kind>` by default."""
    notes: NotRequired[Input[str]]
    """Why, for whoever finds it in the way; at most 512 characters."""


class LockArgs(LockInterfaceArgs):
    """A lock and what it is for."""

    scope: Input[str]
    """ARM id of what is locked, with all below it: a resource, a resource group or a subscription."""


class Lock(ComponentResource):
    """A management lock.

    It depends on what it locks, so Pulumi deletes it first; let it depend on what lies below that too. While
    it stands, nothing below its scope can be deleted, not even a role: to take people off a locked agent,
    take the lock off in the run before.
    Raises `pulumi.RunError` for wrong arguments.

    ```python
    sre.Lock("oncall", {"scope": pulumi.Config().require("agentId"), "kind": "CanNotDelete"})
    ```
    """

    lock_id: Output[str]
    """ARM id."""

    def __init__(self, name: str, args: LockArgs, opts: ResourceOptions | None = None) -> None:
        args = validate(args)
        super().__init__("sre:index:Lock", name, None, guarding(opts))
        from pulumi_azure_native import authorization  # noqa: PLC0415 - costs a quarter of a second

        lock = authorization.ManagementLockByScope(
            name,
            scope=args["scope"],
            lock_name=args.get("name", lift("lock-{}".format, args["kind"])),
            level=args["kind"],
            notes=args.get("notes"),
            opts=ResourceOptions(parent=self),
        )
        self.lock_id = lock.id
        self.register_outputs({"lock_id": self.lock_id})


def validate(args: LockArgs) -> LockArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The lock", LockArgs, args)
