"""Findings: what a reviewer should know of a change, and why."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import IntEnum

from pulumi_sre_agent.review.changes import Change
from pulumi_sre_agent.review.preview import Preview


class Severity(IntEnum):
    """How much a finding asks for attention."""

    LOW = 1
    MEDIUM = 2
    HIGH = 3

    @property
    def label(self) -> str:
        """As it is written, such as `high`."""
        return self.name.lower()


@dataclass(frozen=True)
class Match:
    """One place where a rule applies."""

    change: Change
    sentence: str
    """What would happen, as a sentence, with names in backticks."""
    severity: Severity | None = None
    """Where it differs from the rule's."""
    path: tuple[str, ...] = ()
    """The property that it is about, where it is about one."""


Check = Callable[[Preview], Iterator[Match]]


@dataclass(frozen=True)
class Rule:
    """Something that a reviewer should know of."""

    id: str
    """Its name, such as `mode-autonomous`; it stays the same from release to release."""
    title: str
    severity: Severity
    why: str
    """What may follow, in a sentence or two."""
    remedy: str
    """What to do, in a sentence or two."""
    check: Check
    is_standing: bool = False
    """Whether it looks at what is there, not only at what changes: as if all of it were new."""
    needs_stack: bool = False
    """Whether it looks at what no agent directory has, so that `lint` never finds it."""


@dataclass(frozen=True)
class Finding:
    """A rule that applies to a resource."""

    rule: Rule
    change: Change
    sentence: str
    severity: Severity
    path: tuple[str, ...] = ()
    """The property that it is about, where it is about one."""

    @property
    def key(self) -> str:
        """What a baseline knows it by: the rule and the resource, whatever the sentence says."""
        return f"{self.rule.id} {self.change.kind} {self.change.logical_name}"


def find(preview: Preview, rules: tuple[Rule, ...]) -> list[Finding]:
    """Return what the rules find in a preview, the gravest first."""
    findings = [
        Finding(rule, match.change, match.sentence, match.severity or rule.severity, match.path)
        for rule in rules
        for match in rule.check(preview)
    ]
    return sorted(findings, key=lambda each: (-each.severity, each.rule.id, each.change.name))
