"""The report of a preview: what would happen, in one line, what is risky in it, and every change."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from pulumi_sre_agent.review.alerts.section import alerts_section
from pulumi_sre_agent.review.baseline import Acceptance, Judged, judge
from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.cost.section import CostOptions, cost_section
from pulumi_sre_agent.review.findings import Finding, Severity, find
from pulumi_sre_agent.review.inventory.of_preview import of_preview
from pulumi_sre_agent.review.permissions.section import permissions_section
from pulumi_sre_agent.review.policy.config import PolicyConfig
from pulumi_sre_agent.review.policy.standing import as_new, find_standing
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.section import Section

SCHEMA_VERSION = 1
"""Of the JSON form; it rises where something that was there changes its meaning or goes."""
VERBS = {"create": "create", "update": "update", "replace": "replace", "delete": "delete", "same": "leave"}


@dataclass(frozen=True, kw_only=True)
class Report:
    """What to tell of a preview."""

    preview: Preview
    judged: Judged
    sections: tuple[Section, ...] = ()
    """What else differs, or was asked for."""

    @property
    def findings(self) -> list[Finding]:
        """What nobody has accepted, the gravest first."""
        return self.judged.open

    @property
    def changes(self) -> list[Change]:
        """Resources that would not stay as they are, what is lost first."""
        order = ["delete", "replace", "update", "create"]
        return sorted(self.preview.real_changes, key=lambda change: order.index(change.op))

    @property
    def worst(self) -> Severity | None:
        """The gravest severity among the findings."""
        return max((finding.severity for finding in self.findings), default=None)

    @property
    def summary(self) -> str:
        """What would happen, in a sentence."""
        counts = [f"{VERBS[op]} {count:,}" for op, count in self.preview.counts.items() if op != "same"]
        if self.preview.errors:
            return "The preview failed, so this is not all that would happen."
        if not counts:
            return f"Nothing would change{self._unprotected}."
        text = counts[0] if len(counts) == 1 else f"{', '.join(counts[:-1])} and {counts[-1]}"
        total = sum(count for op, count in self.preview.counts.items() if op != "same")
        return f"Would {text} {'resource' if total == 1 else 'resources'}."

    @property
    def _unprotected(self) -> str:
        count = sum(change.was_protected and not change.is_protected for change in self.preview.changes)
        resources = "1 resource" if count == 1 else f"{count:,} resources"
        return f", but {resources} would lose Pulumi's protection" if count else ""


def make(
    preview: Preview,
    acceptances: Sequence[Acceptance] = (),
    today: date | None = None,
    cost: CostOptions | None = None,
    config: PolicyConfig | None = None,
) -> Report:
    """Judge a preview by all rules but those that `config` disables, and by those that its parameters make.

    `today` decides which acceptances still hold.
    """
    rules = (config or PolicyConfig()).changing()
    judged = judge(find(preview, rules), acceptances, today or date.today())  # noqa: DTZ011 - of who reads it
    sections = [
        permissions_section(preview),
        alerts_section(preview),
        cost_section(preview, cost or CostOptions()),
    ]
    return Report(preview=preview, judged=judged, sections=tuple(filter(None, sections)))


def mandatory(report: Report, config: PolicyConfig) -> list[Finding]:
    """Return what a policy pack would not let pass: of all that is there afterwards, changed or not.

    What somebody has accepted is let pass.
    """
    accepted = {finding.key for finding, _ in report.judged.accepted}
    found = find_standing(as_new(of_preview(report.preview, "after")), config.standing())
    return [each for each in config.mandatory(found) if each.key not in accepted]


def headline(report: Report) -> str:
    """Say in a few words how it looks."""
    return "the preview failed" if report.preview.errors else counted(report.findings)


def counted(findings: Sequence[Finding]) -> str:
    """Say how many findings there are of each severity."""
    if not findings:
        return "no findings"
    of_each = [
        f"{count} {severity.label}"
        for severity in sorted(Severity, reverse=True)
        if (count := sum(finding.severity is severity for finding in findings))
    ]
    return f"{len(findings)} {'finding' if len(findings) == 1 else 'findings'} ({', '.join(of_each)})"
