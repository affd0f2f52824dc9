"""Measure how many small mistakes in the code the tests notice: `make mutation`."""

import argparse
import sys
import time
import tomllib
from pathlib import Path

from mutation.executing import Executing, measure
from mutation.mutant import Mutant
from mutation.mutants import sample
from mutation.noticing import LONGEST, Bench, Verdict

ROOT = Path(__file__).resolve().parents[2]
HARMLESS = Path(__file__).with_name("harmless.toml")
WANTED = 85
"""Of a hundred mutants, so many are noticed at least."""


def main() -> int:
    """Draw the sample, judge each of it by the tests that execute it, and say what survived."""
    options = arguments()
    until = time.monotonic() + 60 * options.minutes
    total, chosen = sample(ROOT, options.mutants, options.seed)
    print(f"{len(chosen)} of {total} mutants, drawn with seed {options.seed}", flush=True)
    bench = Bench(ROOT, Path(sys.prefix) / "tree")
    bench.copy()
    print("which tests execute which line: all of them run once, unless they did over this tree", flush=True)
    executing = measure(bench.tree, bench.run)
    survivors = judge(bench, chosen, executing, until)
    return report(survivors, len(chosen), bench.unfit, time.monotonic() < until)


def judge(bench: Bench, mutants: list[Mutant], executing: Executing, until: float) -> list[Mutant]:
    """Return those of the mutants that no test notices before the time is over."""
    verdicts: dict[Mutant, Verdict | None] = {}
    while open_ := [mutant for mutant in mutants if mutant not in verdicts]:
        for mutant in open_:
            start = time.monotonic()
            tests, allowed = executing.tests(mutant), min(until - start, LONGEST)
            verdict = bench.judge(mutant, tests, allowed) if start < until else None
            verdicts[mutant] = verdict
            took, by = time.monotonic() - start, verdict.by if verdict else "not noticed"
            print(f"{len(verdicts):4} {took:4.0f} s  {mutant.path} ({len(tests)} tests): {by}", flush=True)
        judging = {verdict.by for verdict in verdicts.values() if verdict}
        unfit = bench.leave_out_unfit(judging & executing.seconds.keys())  # a mutant may name tests anew
        for mutant in [mutant for mutant, verdict in verdicts.items() if verdict and verdict.by in unfit]:
            del verdicts[mutant]
    return [mutant for mutant in mutants if not verdicts[mutant]]


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--mutants", type=int, default=100, help="how many are drawn (default: 100)")
    parser.add_argument("--seed", type=int, default=12, help="what draws them (default: 12)")
    parser.add_argument("--minutes", type=float, default=90, help="how long it may take (default: 90)")
    return parser.parse_args()


def report(survivors: list[Mutant], judged: int, unfit: set[str], in_time: bool) -> int:
    """Print the score and the survivors, those known to be harmless with the reason."""
    reasons = {
        (each["module"], each["becomes"]): each["why"]
        for each in tomllib.loads(HARMLESS.read_text(encoding="utf-8")).get("mutant", [])
    }
    for mutant in survivors:
        why = reasons.get((mutant.path, becomes(mutant)), "no test notices it")
        print(f"\n{mutant.path} ({why})\n{mutant.changed}")
    for test in sorted(unfit):
        print(f"\n{test} fails without any mutant, and was left out")
    if not in_time:
        print("\nThe time was over before every test had its turn: the true score is higher, if anything")
    score = 100 * (judged - len(survivors)) / judged
    print(f"\n{judged - len(survivors)} of {judged} mutants are noticed: {score:.0f} %, wanted {WANTED} %")
    return 0 if score >= WANTED else 1


def becomes(mutant: Mutant) -> str:
    """Return what the changed lines become, by which a survivor is known again."""
    return "\n".join(line[1:].strip() for line in mutant.changed.splitlines() if line.startswith("+"))


if __name__ == "__main__":
    sys.exit(main())
