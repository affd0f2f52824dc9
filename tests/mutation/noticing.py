"""Whether a mutant is noticed: its module is written to a copy of the tree, and tests run over the copy."""

import contextlib
import itertools
import json
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from mutation.mutant import COMPONENTS, Mutant

NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", ".local", ".hypothesis", "__pycache__", "*_cache", "site"
)
MARK = "SRE_AGENT_MUTATION"
"""In the environment of every process of a run, so that what a mutant leaves behind is found and ended."""
LONGEST = 600
"""Seconds for one run of pytest with a mutant."""
MEASURING = 3600
"""Seconds for the run of all tests."""
GRACE = 20
"""Seconds that pytest has to take its servers down when it is interrupted."""


@dataclass(frozen=True)
class Verdict:
    """How a mutant was noticed."""

    by: str
    """The test that failed, or what does not end."""


@dataclass
class Bench:
    """A copy of the tree, installed in this Python: every process that a test starts finds the mutant."""

    root: Path
    tree: Path
    unfit: set[str] = field(default_factory=set)
    """Tests that fail without any mutant, and are left out."""
    _clock: "itertools.count[int]" = field(default_factory=lambda: itertools.count(int(time.time())))

    def copy(self) -> None:
        """Make the copy anew, and install it."""
        shutil.rmtree(self.tree, ignore_errors=True)
        shutil.copytree(self.root, self.tree, ignore=NOT_COPIED)
        install = ("-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-deps")
        subprocess.run(
            [sys.executable, *install, "--no-build-isolation", "--editable", str(self.tree)], check=True
        )

    def run(self, *arguments: str) -> None:
        """Run pytest without a mutant, however its tests end."""
        self._pytest(*arguments, allowed=MEASURING)

    def judge(self, mutant: Mutant, tests: Sequence[str], allowed: float) -> Verdict | None:
        """Run the tests that can see a mutant, until one fails; None if none does in time.

        They take a fifth of LONGEST without it, so that not to end within that is a sign of it, too.
        """
        with self._mutated(mutant):
            failed = self._run_tests(tests, "-x", allowed=allowed)
        if failed is None:
            return Verdict(f"{tests[0]} or another does not end") if allowed >= LONGEST else None
        return Verdict(failed[0]) if failed else None

    def leave_out_unfit(self, tests: set[str]) -> set[str]:
        """Return those of the tests that fail without any mutant, too, and let no run have them again."""
        unfit = set(self._run_tests(sorted(tests), allowed=LONGEST) or ()) if tests else set()
        self.unfit |= unfit
        return unfit

    @contextlib.contextmanager
    def _mutated(self, mutant: Mutant) -> Iterator[None]:
        module = self.tree / COMPONENTS / mutant.path
        self._write(module, mutant.after)
        try:
            yield
        finally:
            self._write(module, mutant.before)

    def _write(self, module: Path, text: str) -> None:
        """Give each text a time of its own, or Python would take the bytecode of the text before for it."""
        module.write_text(text, encoding="utf-8")
        moment = next(self._clock)
        os.utime(module, (moment, moment))

    def _run_tests(self, tests: Sequence[str], *options: str, allowed: float) -> list[str] | None:
        """Run those of the tests that are there; of a folder, all. Return as `_pytest`."""
        named = self.tree.parent / "tests.json"
        named.write_text(json.dumps(tests), encoding="utf-8")
        chosen = [f"--tests-in={named}"] if "::" in tests[0] else []
        paths = dict.fromkeys(test.partition("::")[0] for test in tests)
        return self._pytest(*paths, *chosen, *options, allowed=allowed)

    def _pytest(self, *arguments: str, allowed: float) -> list[str] | None:
        """Return the tests that failed, or the file that cannot be imported; None if time is over before."""
        cache = self.tree.parent / "cache"
        shutil.rmtree(cache, ignore_errors=True)
        options = ("-q", "-p", "mutation.selecting", "--hypothesis-seed=0", "-o", f"cache_dir={cache}")
        left_out = (f"--deselect={test}" for test in sorted(self.unfit))
        process = subprocess.Popen(
            [sys.executable, "-m", "pytest", *options, *left_out, *arguments],
            cwd=self.tree,
            env=os.environ | {MARK: str(os.getpid()), "PYTHONPATH": str(self.tree / "tests")},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        code = None
        try:
            code = process.wait(max(allowed, 1))
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGINT)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(GRACE)
        finally:
            _end_all_of(process)
        if code is None:
            return None
        if code in {0, 5}:  # 5: none of them is there, or all are left out
            return []
        failed = cache / "v/cache/lastfailed"
        return list(json.loads(failed.read_text())) if failed.exists() else [arguments[0]]


def _end_all_of(process: "subprocess.Popen[bytes]") -> None:
    """End pytest, and what its tests started and did not end."""
    if process.poll() is None:
        process.kill()
        process.wait()
    mark = f"{MARK}={os.getpid()}".encode()
    for each in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            if mark in (each / "environ").read_bytes().split(b"\0"):
                os.kill(int(each.name), signal.SIGKILL)
