"""Who acts without asking (docs/reference/product.md#modes)."""

from collections.abc import Iterator

from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.text import code

AUTONOMOUS = ("Autonomous", "Automatic")
RUNS_BY_ITSELF = {
    "IncidentFilter": "response plan",
    "ScheduledTask": "scheduled task",
    "HttpTrigger": "HTTP trigger",
}
"""Kinds with a mode of their own, which the service takes as `Autonomous` where none is written."""
SUBAGENT_MODE = "agent_type"


def _becomes_autonomous(change: Change, path: tuple[str, ...], default: str) -> str | None:
    """Return the mode before, `none` for a new resource, where a resource begins to act without asking."""
    after = change.value(*path, default=default)
    if change.after is None or after not in AUTONOMOUS:
        return None
    before = "none" if change.before is None else change.value(*path, of="before", default=default)
    return None if before in AUTONOMOUS else str(before)


def _mode(preview: Preview) -> Iterator[Match]:
    for change in preview.of("Agent"):
        if before := _becomes_autonomous(change, ("action_configuration", "mode"), "Review"):
            yield Match(
                change,
                f"The agent {code(change.name)} would act without asking: its mode {_arrow(before)}.",
                path=("action_configuration", "mode"),
            )
    for change in preview.of(*RUNS_BY_ITSELF):
        if before := _becomes_autonomous(change, ("agent_mode",), "Autonomous"):
            what = RUNS_BY_ITSELF[change.kind]
            ceiling = _ceiling(preview)
            yield Match(
                change,
                f"The {what} {code(change.name)} would act without asking: its mode "
                f"{_arrow(before)}{ceiling}.",
                path=("agent_mode",),
            )


def _arrow(before: str) -> str:
    return "is `Autonomous`" if before == "none" else f"changes from {code(before)} to `Autonomous`"


def _ceiling(preview: Preview) -> str:
    """Say where pages of the product contradict each other about whose mode wins."""
    modes = {change.value("action_configuration", "mode") for change in preview.of("Agent") if change.after}
    return (
        " (the agent's own mode is `Review`, which an older page takes for a ceiling)"
        if modes == {"Review"}
        else ""
    )


def _subagent_mode(preview: Preview) -> Iterator[Match]:
    for change in preview.of("Subagent"):
        if before := _becomes_autonomous(change, (SUBAGENT_MODE,), "Review"):
            yield Match(
                change,
                f"The subagent {code(change.name)} says of itself that it acts without asking: `agent_type` "
                f"{_arrow(before)}.",
                path=(SUBAGENT_MODE,),
            )


def _quickstart_plan(preview: Preview) -> Iterator[Match]:
    for change in preview.of("QuickstartPlan"):
        if change.op != "same" and change.value("present") and not change.value("present", of="before"):
            yield Match(
                change,
                f"The quickstart plan of {code(change.logical_name)} would stay, and act on alerts without "
                "asking.",
            )
    if preview.is_whole and not any(preview.of("QuickstartPlan")):
        for change in preview.of("IncidentPlatform"):
            if change.before is None and change.value("type", default="None") != "None":
                yield Match(
                    change,
                    f"With {code(change.value('type'))} the service would make a plan of its own, which acts "
                    "without asking: nothing here switches it off.",
                    path=("type",),
                )


RULES = (
    Rule(
        "mode-autonomous",
        "Acts without asking",
        Severity.HIGH,
        "In mode `Autonomous` every tool runs at once that no hook and no policy denies and Azure's "
        "roles allow.",
        "Leave the mode at `Review` until a rehearsal has shown what it does, or deny the tools it must "
        "never use.",
        _mode,
        is_standing=True,
    ),
    Rule(
        "subagent-autonomous",
        "A subagent is marked autonomous",
        Severity.LOW,
        "The product's pages contradict each other: by the newer one the plan or task that calls a "
        "subagent decides, "
        "by the older one the subagent's own `agent_type` does.",
        "Write the mode on each plan, task and trigger, and `agent_type: Review` unless you mean it.",
        _subagent_mode,
        is_standing=True,
    ),
    Rule(
        "quickstart-plan-active",
        "The quickstart plan takes alerts",
        Severity.HIGH,
        "The service makes a plan of its own when a platform is connected. It acts without asking, and "
        "which alerts it "
        "takes differs from page to page of the product.",
        "Switch it off (`quickstart_plan=False`) and write response plans of your own.",
        _quickstart_plan,
        is_standing=True,
    ),
)
