"""What would be lost, and what kept it from being lost."""

from collections.abc import Iterator

from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.text import code

HISTORY = {
    "ScheduledTask": "the list of its runs",
    "HttpTrigger": "its address and the list of its runs",
    "AgentSpace": "what its agents share",
    "SynthesizedKnowledge": "what the agent has learnt",
}
"""Kinds with something that cannot be written anew, and what that is."""
KNOWLEDGE = ("KnowledgeItem", "KnowledgeDocument", "KnowledgeFolder", "Repo")


def _agent(preview: Preview) -> Iterator[Match]:
    for change in preview.of("Agent"):
        if change.op in ("delete", "replace"):
            how = "deleted" if change.op == "delete" else "deleted and made anew"
            because = ", ".join(_forcing(change)) if change.op == "replace" else ""
            yield Match(
                change,
                f"The agent {code(change.name)} would be {how}{f' because of {because}' if because else ''}: "
                "its threads, memory and endpoint go.",
            )


def _forcing(change: Change) -> Iterator[str]:
    """Yield the properties that cannot change in place."""
    model, before, after = model_of(change.kind), change.before or {}, change.after or {}
    fields = model.replaces(model.changed_fields(before, after), before, after)
    return (code(each.name) for each in change.properties if each.path[0] in fields)


def _history(preview: Preview) -> Iterator[Match]:
    for change in preview.of(*HISTORY):
        if change.op in ("delete", "replace"):
            how = "deleted" if change.op == "delete" else "deleted and made anew"
            yield Match(change, f"{change.title} would be {how}: {HISTORY[change.kind]} goes.")


def _knowledge(preview: Preview) -> Iterator[Match]:
    for change in preview.of(*KNOWLEDGE):
        if change.op == "delete":
            yield Match(change, f"The agent would no longer know {change.title}.")


def _protection(preview: Preview) -> Iterator[Match]:
    for change in preview.changes:  # an engine that only unprotects calls it `same`
        if change.was_protected and not change.is_protected:
            yield Match(change, f"{change.title} would no longer be protected from deletion by Pulumi.")
        if change.op == "delete" and change.kind.startswith("azure-native:authorization:ManagementLock"):
            yield Match(change, f"The lock {code(change.logical_name)} would be gone.")


RULES = (
    Rule(
        "agent-lost",
        "An agent is deleted or replaced",
        Severity.HIGH,
        "Nothing brings back its threads, what it has learnt, its endpoint, or the rights of its "
        "system-assigned identity.",
        "Undo what replaces it; where it must go, export what is worth keeping first.",
        _agent,
    ),
    Rule(
        "history-lost",
        "Something with a history is deleted or replaced",
        Severity.MEDIUM,
        "What it is can be written again from code, what happened with it cannot.",
        "See that nobody reads it any more, and that callers learn the new address.",
        _history,
    ),
    Rule(
        "knowledge-deleted",
        "Knowledge is deleted",
        Severity.MEDIUM,
        "The agent answers without it from then on, and does not say that something is missing.",
        "See that no prompt, skill or evaluation refers to it.",
        _knowledge,
    ),
    Rule(
        "protection-removed",
        "A protection is removed",
        Severity.MEDIUM,
        "The next change can delete what was protected, without a further question.",
        "Put it back in the change that follows.",
        _protection,
    ),
)
