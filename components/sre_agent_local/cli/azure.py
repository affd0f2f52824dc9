"""The process of the local Azure: found, started and stopped.

Its data folder holds `azure.json` ({"url", "pid", "identityHeader", "administrationToken"}), written once it
answers. A process counts as running when `/_local/health` answers with the same pid, so a file that a crash
left behind misleads nobody.
"""

import contextlib
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

from pulumi_sre_agent.api.errors import ConfigError, Unavailable
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.project import METADATA_HOST, Project
from sre_agent_local.cli import processes
from sre_agent_local.cli.hints import stack_option
from sre_agent_local.cli.running_azure import RunningAzure, health

MODULE = "sre_agent_local.azure"
FORMER_MODULE = "pulumi_sre_agent.local.azure"
"""What it was before it stood beside the toolkit; such a process may have outlived an upgrade."""
START_SECONDS = 60.0
STOP_SECONDS = 3.0
POLL_SECONDS = 0.05
FULL_DISK_BYTES = 256 * 1024
"""Free space with which nothing can be begun."""


def running(project: Path | None, stack: str) -> RunningAzure:
    """Find the running local Azure of the project that a command is about.

    Raises ConfigError where there is no such project or stack, Unavailable where it does not run.
    """
    return LocalAzure(projects.find(project, stack)).require()


class LocalAzure:
    """The local Azure of one project."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._data = project.azure_data
        self._record_file = self._data / "azure.json"
        self.log = self._data / "azure.log"

    def find(self) -> RunningAzure | None:
        """Find the running process, or None."""
        record = self._record()
        if record and health(record.url) == record.pid:
            return record
        return None

    def require(self) -> RunningAzure:
        """Find the running process; Unavailable when there is none."""
        if running := self.find():
            return running
        start = f"sre-agent local start{stack_option(self._project)}"
        raise Unavailable(f"The local Azure is not running: start it with `{start}`.")

    def start(self, *, tls: bool = False) -> tuple[RunningAzure, bool]:
        """Start it in a session of its own unless it runs, and wait until it answers; with `tls`, https too.

        Returns the process, and whether it was started now. Raises ConfigError when the port is taken, or
        when it runs without https; Unavailable when the process does not come up.
        """
        url, stop = self._project.azure_url, f"sre-agent local stop{stack_option(self._project)}"
        self._data.mkdir(parents=True, exist_ok=True)
        with self._start_lock():
            running = self.find()
            if running and FORMER_MODULE in processes.command_line(running.pid):
                self._end_process(running.pid)
            elif running:
                if running.url != url:
                    raise ConfigError(
                        f"The local Azure still runs at {running.url}, but the stack's {METADATA_HOST} says "
                        f"{url}: run `{stop}` first."
                    )
                if tls and not running.https_url:
                    raise ConfigError(
                        f"The local Azure runs at {running.url} without https: run `{stop}` first, then "
                        "start it with --tls."
                    )
                return running, False
            holder = health(url)
            # It is this project's own where its folder was removed, as by `rm -r .local`.
            if holder is not None and self._is_own_process(holder):
                self._end_process(holder)
            else:
                self._check_port(url, holder)
            return self._launch(url, tls=tls), True

    def stop(self) -> bool:
        """Stop it, kill it where it does not listen; False when it was not running."""
        record = self._record()
        pid = record.pid if record else health(self._project.azure_url)
        is_own = pid is not None and self._is_own_process(pid)
        if pid is not None and is_own:
            self._end_process(pid)
        self._record_file.unlink(missing_ok=True)
        return is_own

    def reset(self) -> None:
        """Forget everything that the local Azure holds; it goes on running if it runs."""
        if running := self.find():
            running.admin("POST", "reset")
        elif self._data.exists():
            shutil.rmtree(self._data)

    def data_bytes(self) -> int:
        """How much the data folder takes on disk, without the log."""
        if not self._data.exists():
            return 0
        return sum(path.stat().st_size for path in self._data.iterdir() if path != self.log)

    def _record(self) -> RunningAzure | None:
        try:
            content = json.loads(self._record_file.read_text(encoding="utf-8"))
            authority = content.get("certificateAuthority")
            return RunningAzure(
                url=content["url"],
                pid=int(content["pid"]),
                identity_header=content["identityHeader"],
                administration_token=content.get("administrationToken", ""),  # which 0.1.0 did not ask for
                log=self.log,
                https_url=content.get("httpsUrl", ""),
                certificate_authority=Path(authority) if authority else None,
            )
        except (FileNotFoundError, ValueError, KeyError, TypeError, AttributeError):
            return None

    def _is_own_process(self, pid: int) -> bool:
        command = processes.command_line(pid)
        return any(f"-m {module} --data {self._data} " in command for module in (MODULE, FORMER_MODULE))

    @contextlib.contextmanager
    def _start_lock(self) -> Iterator[None]:
        """Let two starts at once follow each other, so that the second finds the first one's process."""
        with (self._data / "start.lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield

    def _check_port(self, url: str, holder: int | None) -> None:
        port = _port(url)
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError as error:
                file = self._project.stack_file.relative_to(self._project.root)
                owner = f"the local Azure of another project (pid {holder})" if holder else "another program"
                raise ConfigError(
                    f"Port {port} is taken by {owner} ({error.strerror}): choose another port in {file}, in "
                    f"both {METADATA_HOST} and sre:allowedEndpoints, or stop that program."
                ) from error

    def _launch(self, url: str, *, tls: bool) -> RunningAzure:
        self._record_file.unlink(missing_ok=True)
        with self.log.open("ab") as log:
            begin = log.tell()
            process = subprocess.Popen(  # noqa: S603 - our own module, no shell
                [
                    *(sys.executable, "-m", MODULE, "--data", str(self._data), "--port", str(_port(url))),
                    *(("--tls",) if tls else ()),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=self._project.root,
                start_new_session=True,
            )
        try:
            return self._wait_until_ready(process, begin)
        except BaseException:
            process.kill()
            process.wait()
            raise

    def _wait_until_ready(self, process: subprocess.Popen[bytes], begin: int) -> RunningAzure:
        def ready() -> bool:
            return process.poll() is not None or self.find() is not None

        in_time = _poll(ready, START_SECONDS)
        running = self.find()
        if running and running.pid == process.pid:
            process.returncode = 0  # it outlives this process on purpose, so nobody is to wait for it
            return running
        with self.log.open("rb") as log:
            last = _last_line(log, begin)
        if not last:
            is_full = shutil.disk_usage(self._data).free < FULL_DISK_BYTES
            last = "the disk is full" if is_full else "it said nothing"
        how = (
            f"ended with code {process.returncode}" if in_time else f"did not answer in {START_SECONDS:.0f} s"
        )
        raise Unavailable(f"The local Azure {how}: {last} (log: {self.log})")

    def _end_process(self, pid: int) -> None:
        def gone() -> bool:
            return not processes.is_alive(pid)

        for sign in (signal.SIGTERM, signal.SIGKILL):
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, sign)
            if _poll(gone, STOP_SECONDS):
                return
        raise Unavailable(f"The local Azure (pid {pid}) cannot be killed: end it by hand.")


def _port(url: str) -> int:
    return int(url.rpartition(":")[2])


def _poll(condition: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _last_line(log: IO[bytes], begin: int) -> str:
    log.seek(begin)
    lines = log.read().decode(errors="replace").split("\n")
    return next((line.strip() for line in reversed(lines) if line.strip()), "")
