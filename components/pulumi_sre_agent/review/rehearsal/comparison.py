"""What changed since an earlier rehearsal: cases that got worse or better, are new or gone."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.review.rehearsal.rehearsed import Rehearsed

Rates = Mapping[str, float | None]
"""Pass rates by the case's name; None where it was not run."""


@dataclass(frozen=True, kw_only=True)
class Comparison:
    """What changed. A case that stays on its side of the pass rate that it needs has not."""

    worse: Sequence[str] = ()
    """Cases that passed and do not now, a sentence each."""
    better: Sequence[str] = ()
    """Cases that failed and pass now, a sentence each."""
    new: Sequence[str] = ()
    """Names of cases that ran for the first time."""
    gone: Sequence[str] = ()
    """Names of cases that ran before and were not asked for now."""

    def json(self) -> dict[str, list[str]]:
        """Return it for programs."""
        return {name: [*lines] for name, lines in vars(self).items()}


def compare(cases: Sequence[Rehearsed], earlier: Rates) -> Comparison:
    """Hold the rates of both rehearsals to the pass rate that each case needs now.

    So neither what differs by chance counts, nor another number of runs or another pass rate.
    """
    worse, better, new = list[str](), list[str](), list[str]()
    for each in cases:
        name, before, after = each.case.name, earlier.get(each.case.name), each.rate
        if before is None:
            new += [name] if after is not None else []
            continue
        passed, passes = before >= each.case.pass_rate, each.outcome == "passed"
        if passed and after is None:
            worse.append(f"{name} was not run; before, {before:.0%} of its runs passed.")
        elif passed != passes and after is not None:
            rates = (
                f"in {after:.0%} of its runs, and needs {each.case.pass_rate:.0%}; before, in {before:.0%}"
            )
            (better if passes else worse).append(f"{name} passes {rates}.")
    known = {each.case.name for each in cases}
    gone = [name for name, rate in earlier.items() if rate is not None and name not in known]
    return Comparison(worse=worse, better=better, new=new, gone=gone)


def read_rates(file: Path) -> Rates:
    """Return the pass rates of an earlier rehearsal by case. Raises ConfigError where the file is none."""
    try:
        document = json.loads(file.read_text(encoding="utf-8"))
        return {str(each["name"]): _rate(each["passRate"]) for each in document["cases"]}
    except OSError as error:
        raise ConfigError(f"The earlier rehearsal {file} cannot be read: {error.strerror}.") from error
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise ConfigError(
            f"{file} is no earlier rehearsal: write one with `sre-agent rehearse --format json -o {file}`."
        ) from error


def _rate(value: Any) -> float | None:
    return None if value is None else float(value)
