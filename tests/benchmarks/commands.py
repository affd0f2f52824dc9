"""How quick and how lean the command line is, against what it cannot be quicker than, side by side.

    .venv/bin/python tests/benchmarks/commands.py [--runs 5] [--megabytes 100] [help] [threads] [upload]

`help`: the first output of `sre-agent --help` against that of an empty Typer program. `threads`: `sre-agent
thread list` beyond the start of the command and its round trips at 150 ms each. `upload`: `sre-agent
knowledge upload` against one curl that sends the same form, and its memory at its highest above that of the
same command with next to nothing to send. Nothing here is a test: it prints, and a person judges. Linux only.
"""

import argparse
import os
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.ratios import LATENCY, elapsed, told
from support.azure import DATA_AUDIENCE, LocalAzure, running
from support.cli import LOGIN, SRE_AGENT
from support.operated import Operated

EMPTY = """
import typer

app = typer.Typer()


@app.command()
def main() -> None:
    \"\"\"Do nothing.\"\"\"


app()
"""
TOLD = """
import atexit, re, sys
from pathlib import Path
from pulumi_sre_agent.cli import main

status = Path("/proc/self/status")
atexit.register(lambda: print(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1], file=sys.stderr))
main()
"""
"""The command, which says at its end how much memory it had at most."""
MEMORY = "/api/v1/agentmemory"


def first_help(runs: int, _megabytes: int) -> None:
    """Print the ratio of the first outputs of two helps."""
    with tempfile.TemporaryDirectory() as folder:
        empty = Path(folder) / "empty.py"
        empty.write_text(EMPTY)
        ours, theirs = [str(SRE_AGENT), "--help"], [sys.executable, str(empty), "--help"]
        pairs = in_turn(partial(first_output, ours), partial(first_output, theirs), runs)
        used = in_turn(partial(processor, silent(ours)), partial(processor, silent(theirs)), runs)
    print(f"first output of sre-agent --help / of an empty Typer program: {ratios(pairs)}")
    print(f"the same in processor time, which a busy machine disturbs least: {ratios(used)}")


def first_output(command: Sequence[str]) -> float:
    """Seconds until a command has printed something."""
    began = time.perf_counter()
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stdout.read(1)
        took = time.perf_counter() - began
        process.stdout.read()
    return took


def silent(command: Sequence[str]) -> Callable[[], object]:
    """Return what runs a command whose output nobody wants."""
    return partial(subprocess.run, command, stdout=subprocess.DEVNULL, check=True)


def processor(run: Callable[[], object]) -> float:
    """Seconds of a processor that processes of a call take."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    run()
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def threads(runs: int, _megabytes: int) -> None:
    """Print what `thread list` takes beyond its round trips."""
    with tempfile.TemporaryDirectory() as folder, running(Path(folder) / "azure") as azure:
        agent_id = azure.agent("bench")
        for number in range(30):
            azure.data("POST", agent_id, "/api/v1/threads", {"startMessage": {"text": f"Number {number}"}})
        azure.switch(latencySeconds=LATENCY)
        listing = Command(azure, Path(folder), ["thread", "list", "-a", agent_id])
        listing.run()
        azure.forget_requests()
        listing.run()
        trips = len(azure.requests())
        starting = Command(azure, Path(folder), ["thread", "list", "--help"])
        used = in_turn(partial(processor, listing.run), partial(processor, starting.run), runs)
        beyond = [took - start - trips * LATENCY for took, start in in_turn(listing.run, starting.run, runs)]
    print(f"thread list beyond its start and {trips} round trips: {told(beyond)} s")
    print(f"the same in processor time: {told([took - start for took, start in used])} s")


def upload(runs: int, megabytes: int) -> None:
    """Print how an upload compares with curl's, and what memory it takes."""
    with (
        tempfile.TemporaryDirectory() as name,
        running(Path(name) / "azure", operation_seconds=0) as azure,
    ):
        folder = Path(name) / "documents"
        folder.mkdir()
        for number in range(-(-megabytes // 10)):
            (folder / f"document-{number}.pdf").write_bytes(random.randbytes(10_000_000))
        agent_id = azure.agent("uploads")
        options = ["knowledge", "upload", "--no-wait", "-a", agent_id]
        sending = Command(azure, Path(name), [*options, str(folder)])
        (Path(name) / "nothing.md").write_text("# Nothing\n")
        idle = Command(azure, Path(name), [*options, str(Path(name) / "nothing.md")])
        curl = curl_of(azure, agent_id, folder)
        times = []
        for _ in range(runs + 1):
            starts = idle.run()
            empty(azure, agent_id)
            takes = sending.run()
            empty(azure, agent_id)
            times.append((takes, starts, elapsed(partial(subprocess.run, curl, check=True))))
            empty(azure, agent_id)
        peak, least = sending.peak, idle.peak
    pairs = [(takes - starts, by_curl) for takes, starts, by_curl in times[1:]]
    print(f"upload of {megabytes} MB, beyond the command's start / curl: {ratios(pairs)}")
    takes, starts, by_curl = (min(each) for each in zip(*times[1:], strict=True))
    print(f"of the fastest of each: {(takes - starts) / by_curl:.2f}")
    print(f"memory above the command with nothing to send: {peak - least:.1f} MiB")


class Command:
    """A command of ours in a process of its own, logged in to a local Azure."""

    def __init__(self, azure: LocalAzure, folder: Path, words: Sequence[str]) -> None:
        self._words = words
        self._environ: Mapping[str, str] = {
            **{name: value for name, value in os.environ.items() if not name.startswith(LOGIN)},
            **Operated(folder / f"project-{id(self)}", azure).login,
        }
        self.peak = 0.0
        """Memory at its highest in any run, in MiB."""

    def run(self) -> float:
        """Seconds that it takes."""
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-c", TOLD, *self._words],
            env=self._environ,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
        )
        _, said = process.communicate()
        assert process.returncode == 0, said
        self.peak = max(self.peak, int(said.split()[-1]) / 1024)
        return time.perf_counter() - began


def curl_of(azure: LocalAzure, agent_id: str, folder: Path) -> list[str]:
    """A curl that sends what `knowledge upload` sends, in one form."""
    data = azure.endpoint(agent_id)
    forms = [f"files=@{file};type=application/octet-stream" for file in sorted(folder.iterdir())]
    return [
        *("curl", "--silent", "--fail", "--output", "/dev/null"),
        *("--header", f"Authorization: Bearer {azure.token(DATA_AUDIENCE)}"),
        *(word for form in forms for word in ("--form", form)),
        f"{data}{MEMORY}/upload?triggerIndexing=true",
    ]


def empty(azure: LocalAzure, agent_id: str) -> None:
    """Take all documents away."""
    assert azure.data("DELETE", agent_id, f"{MEMORY}/documents").is_success


def in_turn(one: Callable[[], float], other: Callable[[], float], runs: int) -> list[tuple[float, float]]:
    """Seconds of two commands, run in turn after one warm-up each."""
    return [(one(), other()) for _ in range(runs + 1)][1:]


def ratios(pairs: Sequence[tuple[float, float]]) -> str:
    """The ratio of each pair, and that of the medians."""
    ours, theirs = (statistics.median(times) for times in zip(*pairs, strict=True))
    return f"{told([one / other for one, other in pairs])}; of the medians {ours / theirs:.2f}"


def main() -> None:
    benchmarks = {"help": first_help, "threads": threads, "upload": upload}
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("which", nargs="*", choices=[*benchmarks, []], help="all unless named")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--megabytes", type=int, default=100)
    options = parser.parse_args()
    for name in options.which or benchmarks:
        benchmarks[name](options.runs, options.megabytes)


if __name__ == "__main__":
    main()
