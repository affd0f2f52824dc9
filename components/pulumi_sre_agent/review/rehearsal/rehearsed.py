"""What came of cases: their runs, and how many passed."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from pulumi_sre_agent.review.rehearsal.case import Case
from pulumi_sre_agent.review.results import Outcome, Result


@dataclass(frozen=True, kw_only=True)
class Run:
    """One run of a case, and what was seen in it."""

    failures: Sequence[str] = ()
    """What was not as it is to be, a sentence each."""
    skipped: str = ""
    """Why it could not be run; empty where it was."""
    seconds: float = 0.0
    """From its beginning to the end of the agent's turn."""
    plans: Sequence[str] = ()
    subagent: str | None = None
    tools: Sequence[str] = ()
    approvals: Sequence[str] = ()
    """What it asked for, and was not given."""
    commands: Sequence[str] = ()
    """What it ran."""
    answer: str = ""

    @property
    def passed(self) -> bool:
        return not self.failures and not self.skipped

    def json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "passed": self.passed,
            "skipped": self.skipped or None,
            "failures": [*self.failures],
            "seconds": round(self.seconds, 3),
            "plans": [*self.plans],
            "subagent": self.subagent,
            "tools": [*self.tools],
            "approvals": [*self.approvals],
            "commands": [*self.commands],
            "answer": self.answer,
        }


@dataclass(frozen=True)
class Rehearsed:
    """A case and its runs."""

    case: Case
    runs: Sequence[Run]

    @property
    def passed(self) -> int:
        return sum(run.passed for run in self.runs)

    @property
    def rate(self) -> float | None:
        """The share of its runs that passed; None where it could not be run."""
        ran = [run for run in self.runs if not run.skipped]
        return self.passed / len(ran) if ran else None

    @property
    def outcome(self) -> Outcome:
        if self.rate is None:
            return "skipped"
        return "passed" if self.rate >= self.case.pass_rate else "failed"

    @property
    def seconds(self) -> float:
        """The median of its runs."""
        return median(run.seconds for run in self.runs)

    @property
    def reasons(self) -> dict[str, int]:
        """What was not as it is to be, or why it was not run, and in how many runs."""
        counts: dict[str, int] = {}
        for run in self.runs:
            for reason in [*run.failures, *filter(None, [run.skipped])]:
                counts[reason] = counts.get(reason, 0) + 1
        return counts

    def told(self) -> list[str]:
        """Return the reasons as lines, with how many runs they concern where there are several."""
        total = len(self.runs)
        return [
            f"{reason} ({count} of {total} runs)" if total > 1 else reason
            for reason, count in self.reasons.items()
        ]

    def result(self) -> Result:
        """Return it as one of many results; what failed in some runs of a case that passed stays."""
        group = Path(self.case.file).stem
        seconds = sum(run.seconds for run in self.runs)
        return Result(group, self.case.name, self.outcome, " ".join(self.told()), seconds)

    def json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {
            "name": self.case.name,
            "file": self.case.file,
            "line": self.case.line,
            "outcome": self.outcome,
            "passRate": self.rate,
            "neededPassRate": self.case.pass_rate,
            "seconds": round(self.seconds, 3),
            "runs": [run.json() for run in self.runs],
        }


@dataclass(frozen=True)
class Rehearsal:
    """A whole rehearsal."""

    agent: str
    cases: Sequence[Rehearsed]
    left: Sequence[str] = ()
    """What could not be cleaned up, a sentence each."""

    @property
    def rate(self) -> float | None:
        """The share of the cases that passed; None where none could be run."""
        ran = [each for each in self.cases if each.outcome != "skipped"]
        return sum(each.outcome == "passed" for each in ran) / len(ran) if ran else None

    def count(self, outcome: Outcome) -> int:
        return sum(each.outcome == outcome for each in self.cases)

    def json(self) -> dict[str, Any]:
        """Return it for programs, and for a later rehearsal to be compared with."""
        return {
            "agent": self.agent,
            "passRate": self.rate,
            "cases": [each.json() for each in self.cases],
            "left": [*self.left],
        }
