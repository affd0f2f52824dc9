"""`python -m support.forking SOCKET`: the server of `support.fork_server`."""

import atexit
import contextlib
import fcntl
import gc
import importlib
import io
import json
import os
import pkgutil
import runpy
import select
import shlex
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import coverage

from pulumi_sre_agent.api.http import transport
from sre_agent_local.azure_native import settings
from sre_agent_local.engine import __main__ as engine
from sre_agent_local.engine import process
from support.fork_server import Forked

PACKAGES = ("pulumi_sre_agent", *(f"sre_agent_local.{name}" for name in ("engine", "azure", "azure_native")))
RUN_AS_MAIN = {"__main__", "language_host"}
AZURE_NATIVE = (
    *("applicationinsights", "authorization", "consumption", "logic", "managedidentity"),
    *("monitor", "network", "operationalinsights", "privatedns", "resources"),
)
IMPORTED_LATE = ("azure.identity", "httpcore", *(f"pulumi_azure_native.{name}" for name in AZURE_NATIVE))
"""What nothing imports before it is needed, and most runs need."""
NOT_OF_A_RUN = {"pulumi_sre_agent.cli", "pulumi_sre_agent.review"}
PLUGIN = "pulumi-resource-azure-native"
"""A script of two lines: a comment, and `exec` of a Python with what the engine says."""
FREE = 200
"""From here on no file descriptor is in use."""
MOST_BYTES = 1_000_000


def main() -> None:
    """Fork a process for each command asked for, until standard input ends."""
    os.environ.update(engine.QUIET_GRPC)
    gc.disable()
    for package in PACKAGES:
        load(package)
    for module in IMPORTED_LATE:
        hasattr(importlib.import_module(module), "x")  # azure-native reads a module when this is asked
    transport.trusted()
    settings.trusted()
    vars(process)["subprocess"] = SimpleNamespace(**vars(subprocess) | {"Popen": popen})
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    listener.bind(sys.argv[1])
    listener.listen(64)
    print("ready", flush=True)
    gc.freeze()
    gc.enable()
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the processes between
    while listener in select.select([listener, sys.stdin], [], [])[0]:
        connection, _ = listener.accept()
        if os.fork() == 0:
            listener.close()
            end_with(fork(connection))
        connection.close()


def end_with(run: Callable[[], object]) -> None:
    """Run what a process is for, and end it as Python would, but do not take apart all that is loaded."""
    code = 0
    try:
        run()
    except SystemExit as ended:
        if not isinstance(ended.code, int | None):
            raise
        code = ended.code or 0
    threading._shutdown()  # type: ignore[attr-defined]  # waits for threads
    atexit._run_exitfuncs()
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)


def popen(argv: Sequence[str], **options: Any) -> Forked | subprocess.Popen[str]:
    """Fork what the engine starts, where that is Python with modules that are loaded here."""
    command = argv[4:]
    if process.WAIT in argv:
        if command[0].endswith(PLUGIN):
            command = [*shlex.split(Path(command[0]).read_text(), comments=True)[1:-1], *command[1:]]
        if command[0] == sys.executable:
            fds = options["pass_fds"]
            return Forked(command, cwd=options["cwd"], env=options["env"], waits=True, pass_fds=fds)
    return subprocess.Popen(argv, **options)


def load(package: str) -> None:
    """Import a package and its modules, but for what runs as a program."""
    module = importlib.import_module(package)
    for each in pkgutil.iter_modules(module.__path__, f"{package}."):
        if each.name in NOT_OF_A_RUN or each.name.rpartition(".")[2] in RUN_AS_MAIN:
            continue
        if each.ispkg:
            load(each.name)
        else:
            importlib.import_module(each.name)


def fork(connection: socket.socket) -> Callable[[], object]:
    """Return what to run, in a fork of this process; the process itself tells of its end, and ends."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    text, fds, _, _ = socket.recv_fds(connection, MOST_BYTES, 64)
    request = json.loads(text)
    if (pid := os.fork()) == 0:
        connection.close()
        return become(request, fds)
    for each in fds:
        os.close(each)
    connection.send(str(pid).encode())
    _, status = os.waitpid(pid, 0)
    with contextlib.suppress(OSError):
        connection.send(str(os.waitstatus_to_exitcode(status)).encode())
    os._exit(0)


def become(request: dict[str, Any], fds: list[int]) -> Callable[[], object]:
    """Be as a process that was just started for a command, and return what the command runs."""
    os.setsid()
    apart = [fcntl.fcntl(each, fcntl.F_DUPFD, FREE) for each in fds]
    for each in fds:
        os.close(each)
    for each, number in zip(apart, request["fds"], strict=True):
        os.dup2(each, number)
        os.close(each)
    os.chdir(request["cwd"])
    os.environ.clear()
    os.environ.update(request["env"])
    coverage.process_startup()  # where the command's environment asks for it
    if request["waits"]:
        while os.read(0, 1) not in {b"\n", b""}:
            pass
    _, *options = request["argv"]
    if options[0] == "-u":
        sys.stdout = io.TextIOWrapper(io.FileIO(1, "w", closefd=False), write_through=True)
        options = options[1:]
    kind, what, *sys.argv[1:] = options
    added = request["env"].get("PYTHONPATH", "").split(os.pathsep)
    sys.path[0:1] = ["" if kind == "-c" else request["cwd"], *filter(None, added)]
    if kind == "-m":
        return lambda: runpy.run_module(what, run_name="__main__", alter_sys=True)
    sys.argv[0] = kind
    return lambda: exec(what, {"__name__": "__main__"})  # as `python -c` does


if __name__ == "__main__":
    main()
