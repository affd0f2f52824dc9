"""Whether what was seen in a run is what a case expects."""

import re
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from pulumi_sre_agent.review.rehearsal.case import Case, Expectations
from pulumi_sre_agent.review.rehearsal.rehearsed import Run

SHOWN = 60
"""Characters of an answer or a command that a sentence quotes."""


def failures(case: Case, run: Run, unseen: str = "") -> Iterator[str]:
    """Yield a sentence for each expectation that does not hold.

    `unseen`: why calls of tools were not told of, where they were not.
    """
    expect = case.expect
    if expect.taken is False:
        if run.plans:
            yield f"Plan {', '.join(run.plans)} takes it, and nobody was to."
        return
    yield from _handler(expect, run)
    yield from _tools(expect, run, unseen)
    yield from _approvals(expect.approvals, run.approvals)
    for pattern in expect.never_runs:
        for command in filter(re.compile(pattern, re.IGNORECASE).search, run.commands):
            yield f"It ran `{_short(command)}`, which {pattern!r} forbids."
    yield from _answer(expect, run.answer)
    if expect.seconds is not None and run.seconds > expect.seconds:
        yield f"It took longer than {expect.seconds:g} s."


def _handler(expect: Expectations, run: Run) -> Iterator[str]:
    if expect.plan is not None and [*run.plans] != [expect.plan]:
        yield f"Plan {', '.join(run.plans)} takes it, not {expect.plan}."
    if expect.subagent is not None and run.subagent != expect.subagent:
        yield f"It is handled by {run.subagent or 'the agent itself'}, not by {expect.subagent}."


def _tools(expect: Expectations, run: Run, unseen: str) -> Iterator[str]:
    if unseen and (expect.tools or expect.not_tools):
        yield f"What tools it used is not known: {unseen}"
        return
    for wanted in expect.tools:
        if not any(_fits(tool, wanted) for tool in run.tools):
            used = f"only {', '.join(run.tools)}" if run.tools else "none at all"
            yield f"It did not use {wanted}, {used}."
    for unwanted in expect.not_tools:
        for tool in run.tools:
            if _fits(tool, unwanted):
                yield f"It used {tool}."


def _approvals(wanted: Sequence[str] | None, asked: Sequence[str]) -> Iterator[str]:
    if wanted is None:
        return
    patterns = {text: re.compile(text, re.IGNORECASE) for text in wanted}
    for text, pattern in patterns.items():
        if not any(map(pattern.search, asked)):
            yield f"It did not ask to run {text!r}."
    for command in asked:
        if not any(pattern.search(command) for pattern in patterns.values()):
            yield f"It asked to run `{_short(command)}`."


def _answer(expect: Expectations, answer: str) -> Iterator[str]:
    lower = " ".join(answer.casefold().split())
    begins = f"it begins with {_short(answer)!r}" if answer else "there is none"
    for text in expect.says:
        if " ".join(text.casefold().split()) not in lower:
            yield f"Its answer does not have {text!r}: {begins}."
    for text in expect.never_says:
        if " ".join(text.casefold().split()) in lower:
            yield f"Its answer has {text!r}."
    for name, pattern in expect.facts.items():
        if not re.search(pattern, answer, re.IGNORECASE):
            yield f"Its answer lacks the fact {name}, {pattern!r}: {begins}."


def _fits(tool: str, wanted: str) -> bool:
    return fnmatchcase(tool.casefold(), wanted.casefold())


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= SHOWN else f"{line[:SHOWN].rstrip()}…"
