"""What is documented in contradiction, or not at all, and bears on permissions: said, not guessed."""

from collections.abc import Iterator, Sequence
from typing import Final

from pulumi_sre_agent.review.inventory.inventory import Agent
from pulumi_sre_agent.review.permissions.actors import AUTOMATIONS
from pulumi_sre_agent.review.permissions.decision import Action, Result
from pulumi_sre_agent.review.permissions.gates import Gates
from pulumi_sre_agent.review.permissions.model import ActorPermissions, Permission, Role

ADMINISTRATOR: Final = "SRE Agent Administrator"
GUARDED = "RunAzCliWriteCommands"
MODES = "docs/reference/product.md#which-mode-counts"
QUICKSTART = "docs/reference/product.md#quickstart-plans"
GATED = "docs/reference/product.md#what-a-mode-gates"
HOOKS = "docs/reference/product.md#hooks"
POLICIES = "docs/reference/product.md#tool-policies"
RIGHTS = "docs/reference/product.md#whose-rights-count"
ROLES = "docs/reference/control-plane.md#roles-on-an-agent"


def notes(
    agent: Agent,
    actors: Sequence[ActorPermissions],
    gates: Gates,
    *,
    only_reads: bool,
    people: Sequence[Role],
) -> Iterator[str]:
    """Yield a sentence for each that bears on these permissions.

    `only_reads`: whether Azure is known to let the identity only read; `people`: who has a role on the agent,
    none where that is not known.
    """
    permissions = [permission for each in actors for permission in each.permissions]
    yield from _on_modes(agent, actors)
    yield from _on_gates(permissions, gates)
    yield from _on_roles(permissions, people, only_reads=only_reads)


def _on_modes(agent: Agent, actors: Sequence[ActorPermissions]) -> Iterator[str]:
    if not agent.is_whole:
        yield "The agent itself is not shown here: its mode is taken for Review."
    automations = [each.actor for each in actors if each.actor.kind in AUTOMATIONS]
    autonomous = any(each.mode == "Autonomous" for each in automations)
    if autonomous and agent.is_whole and actors[0].actor.mode == "Review":
        yield (
            f"The agent's mode is Review: an older page calls that a ceiling for plans, tasks and triggers, "
            f"the newer one a default ({MODES}). Taken here: a default."
        )
    if any(not each.item.value("agent_mode") for each in automations):
        yield (
            f"What says no mode gets Autonomous by the pages of its creation, and the agent's by another "
            f"({MODES}). Taken here: Autonomous."
        )
    if any(each.actor.kind == "QuickstartPlan" for each in actors):
        yield (
            "Which incidents the quickstart plan takes, the product's pages tell in three ways "
            f"({QUICKSTART})."
        )
    if any(item.value("agent_type") or item.value("agent_mode") for item in agent.of("Subagent")):
        yield (
            f"A subagent's own mode has no effect by the newer page; by an older one it decides ({MODES}). "
            "Taken here: no effect."
        )


def _on_gates(permissions: Sequence[Permission], gates: Gates) -> Iterator[str]:
    if any(each.result is Result.UNPUBLISHED for each in permissions):
        yield (
            f"Which writes besides those of az ask in Review is unpublished, or pages disagree ({GATED}): an "
            "`ask` or a `deny` of the tool policies settles it."
        )
    usable = {each.tool.name for each in permissions if each.result is not Result.BLOCKED}
    if GUARDED in usable:
        yield (
            "Whatever stands above, `az` deletions and all of `az keyvault` are refused in every mode; the "
            f"same by kubectl is not ({MODES})."
        )
    if any(each.unless for each in permissions):
        yield (
            f"Hooks before a tool are in most templates, and no page describes them ({HOOKS}): none counts "
            "as a protection here."
        )
    if any(1 in each.rows for each in permissions):
        yield (
            "A hook that says allow beats even a deny, by the page of policies; `permission_decision` itself "
            f"is not documented ({HOOKS})."
        )
    if any(entry.list == "ask" for entry in gates.entries):
        yield (
            "Any user who may chat can allow for a thread what the policies ask for: only a deny holds "
            f"against that ({POLICIES})."
        )


def _on_roles(
    permissions: Sequence[Permission], people: Sequence[Role], *, only_reads: bool
) -> Iterator[str]:
    writes = any(
        each.tool.action is Action.WRITE and each.result is not Result.BLOCKED for each in permissions
    )
    if only_reads and writes:
        yield (
            "Azure lets the identity only read: what writes to Azure asks an Administrator to lend rights, "
            f"also in Autonomous, where nobody may be there ({RIGHTS})."
        )
    if people and not any(role.role == ADMINISTRATOR for role in people):
        yield (
            f"Nobody here has the role {ADMINISTRATOR}, which approving takes; whoever created the agent has "
            f"it ({ROLES})."
        )
