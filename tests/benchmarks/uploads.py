"""What it costs to upload knowledge through the provider process, against curl and against an idle process.

    .venv/bin/python tests/benchmarks/uploads.py [--runs 5] [--documents 10] [--megabytes 100] [--folder]

Drives the dynamic-provider process as an engine does, four calls at a time, and then has one curl send the
requests that the local Azure has just seen, four at a time too, over connections that it keeps. Prints the
ratio of the two times, measured in turn; that of the fastest of either, which a busy machine disturbs least;
and the memory of the process at its highest above that of an idle one. Nothing here is a test: it prints, and
a person judges. Linux only: memory is read from /proc.
"""

import argparse
import random
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from functools import partial
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))

from benchmarks.ratios import WORKERS, elapsed, told
from benchmarks.scale import in_parallel
from pulumi_sre_agent.resources._core.provider import KindProvider
from pulumi_sre_agent.resources._core.registry import provider_of
from support import provider_process
from support.azure import DATA_AUDIENCE, LocalAzure, running
from support.provider_process import ProviderProcess
from support.samples import Json
from support.stack import stack_config

MEMORY = "/api/v1/agentmemory"
DOCUMENT = provider_of("KnowledgeDocument")


class Uploads:
    """Documents for one agent, uploaded by either side: each by itself, or as one folder."""

    def __init__(self, azure: LocalAzure, folder: Path, documents: int, megabytes: int) -> None:
        self.azure, self.folder = azure, folder / "documents"
        self.agent_id = azure.agent("uploads")
        self.folder.mkdir()
        self.files = [self.folder / f"document-{number}.pdf" for number in range(documents)]
        for file in self.files:
            file.write_bytes(random.randbytes(megabytes * 1_000_000 // documents))

    def args(self, as_folder: bool) -> tuple[KindProvider, list[Json]]:
        """Return what an engine creates."""
        if as_folder:
            args = {"agent_id": self.agent_id, "name": "documents", "path": str(self.folder)}
            return provider_of("KnowledgeFolder"), [args]
        return DOCUMENT, [{"agent_id": self.agent_id, "path": str(file)} for file in self.files]

    def by_provider(self, process: ProviderProcess, provider: KindProvider, inputs: Iterable[Json]) -> float:
        """Seconds to create all of it."""
        self._empty()

        def create(checked: Json) -> None:
            process.create(provider, checked)

        return elapsed(partial(in_parallel, create, inputs))

    def by_curl(self) -> float:
        """Seconds to send what the local Azure has seen since it was last emptied."""
        script = self.folder.parent / "curl.txt"
        script.write_text("\nnext\n".join(self._curl_options()))
        command = [
            "curl",
            "--silent",
            "--no-progress-meter",
            "--parallel",
            "--parallel-max",
            str(WORKERS),
            "--config",
            str(script),
        ]
        self._empty()
        return elapsed(partial(subprocess.run, command, check=True))

    def _curl_options(self) -> Iterator[str]:
        token = self.azure.token(DATA_AUDIENCE)
        entries = self.azure.requests(plane="data")
        files = iter(self.files)
        each = len(self.files) // len([entry for entry in entries if entry["method"] == "POST"])
        for entry in entries:
            lines = [
                f'url = "{self.azure.url}{entry["path"]}?{entry["query"]}"',
                f'header = "Authorization: Bearer {token}"',
                'header = "Accept: application/json"',
                'output = "/dev/null"',
                "fail",
            ]
            if entry["method"] == "POST":
                lines += [
                    f'form = "files=@{file};type=application/octet-stream"' for file in islice(files, each)
                ]
            yield "\n".join(lines)

    def _empty(self) -> None:
        assert self.azure.data("DELETE", self.agent_id, f"{MEMORY}/documents").is_success
        self.azure.forget_requests()


@contextmanager
def warm(uploads: Uploads, as_folder: bool) -> Iterator[tuple[ProviderProcess, KindProvider, list[Json]]]:
    """Run a provider process that has imported, logged in and connected; and check what it will create."""
    azure = uploads.azure
    provider, all_args = uploads.args(as_folder)
    with provider_process.running(stack_config(azure), azure.environ) as process:
        first = {"agent_id": uploads.agent_id, "name": "first.md", "content": "# First\n"}
        process.create(DOCUMENT, process.check(DOCUMENT, first).inputs)
        yield process, provider, [process.check(provider, args).inputs for args in all_args]


def mebibytes(process: ProviderProcess, line: str) -> float:
    """A line of the process's status: `VmRSS`, or `VmHWM`, which is the highest so far."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    found = next(entry for entry in status.splitlines() if entry.startswith(f"{line}:"))
    return int(found.split()[1]) / 1024


def measure(documents: int, megabytes: int, runs: int, as_folder: bool) -> None:
    with (
        tempfile.TemporaryDirectory() as folder,
        running(Path(folder) / "azure", operation_seconds=0) as azure,
    ):
        uploads = Uploads(azure, Path(folder), documents, megabytes)
        with warm(uploads, as_folder) as of_process:
            uploads.by_provider(*of_process)
            uploads.by_curl()
            times = [(uploads.by_provider(*of_process), uploads.by_curl()) for _ in range(runs)]
        above = []
        for _ in range(runs):
            with warm(uploads, as_folder) as of_process:
                idle = mebibytes(of_process[0], "VmRSS")
                uploads.by_provider(*of_process)
                above.append(mebibytes(of_process[0], "VmHWM") - idle)
    what = (
        f"{documents} documents of {megabytes} MB together, {'one folder' if as_folder else 'each by itself'}"
    )
    ours, curls = (min(taken) for taken in zip(*times, strict=True))
    print(f"{what}, create / curl: {told([one / other for one, other in times])}")
    print(f"{what}, fastest create / fastest curl: {ours / curls:.2f}")
    print(f"{what}, MiB above the idle process: {told(above)}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--documents", type=int, default=10)
    parser.add_argument("--megabytes", type=int, default=100)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--folder", action="store_true", help="as one KnowledgeFolder, in one request")
    options = parser.parse_args()
    measure(options.documents, options.megabytes, options.runs, options.folder)


if __name__ == "__main__":
    main()
