"""What an agent watches: each target once, by a name that stays the same however it is written."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from pulumi import Input

from pulumi_sre_agent.api.arm_id import ArmId


class Target(NamedTuple):
    """A resource group, or anything else that has an ARM id."""

    name: str
    """What its roles are called by in Pulumi: `targets[n]` for the output of that number among them."""
    value: Input[str]
    """As the program has it: a name, an ARM id, or an output that is one of them."""

    @property
    def text(self) -> str | None:
        """What is known of it before anything is deployed."""
        return self.value if isinstance(self.value, str) else None

    @property
    def is_group_name(self) -> bool:
        return self.text is not None and not self.text.startswith("/")

    @property
    def former_name(self) -> str | None:
        """Return what release 0.1.0 called its roles by, where that was something else."""
        return self.text if self.text != self.name else None


def read(values: Iterable[Input[str]], subscription: str | None) -> Iterator[Target]:
    """Yield targets, each once; `subscription` is that of the agent, where it is known."""
    names, outputs = set[str](), 0
    for value in values:
        if isinstance(value, str):
            name = canonical_name(value, subscription)
        else:
            name, outputs = f"targets[{outputs}]", outputs + 1
        if name not in names:
            names.add(name)
            yield Target(name, value)


def canonical_name(target: str, subscription: str | None) -> str:
    """Return the one name for all that people write for a target.

    It is in lower case, and of a resource group in the agent's subscription the group's name.
    """
    if not target.startswith("/"):
        return target.lower()
    arm_id = ArmId(target.rstrip("/"))
    if subscription and arm_id == ArmId.scope(subscription, arm_id.resource_group):
        return (arm_id.resource_group or str(arm_id)).lower()
    return str(arm_id).lower()
