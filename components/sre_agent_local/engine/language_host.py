"""Runs a Pulumi program, in a process of its own: the SDK keeps settings and resources in globals.

The engine starts this module, which imports the SDK while the engine gets its servers ready, and then reads
two lines of JSON from standard input (so no secret is in an argument list or an environment). The first is
null or how to fork off the provider of dynamic resources, with what the state has of such, pickled:

    {"streams": [4, 6], "project": "p", "providers": ["gASV…"], "engine": "127.0.0.1:1"}

The second is about the program:

    {"monitor": "127.0.0.1:1", "engine": "127.0.0.1:1", "project": "p", "stack": "s",
     "organization": "organization", "parallel": 8, "dryRun": false,
     "root": "/folder/of/Pulumi.yaml", "program": "/folder/of/the/program",
     "config": {"p:key": "text"}, "configSecretKeys": ["p:key"]}
"""

import asyncio
import atexit
import base64
import contextlib
import json
import logging
import os
import pickle
import runpy
import sys
import traceback
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pulumi
from pulumi.runtime import resource as registration

FAILED = 32
"""The exit code of a program that raised; what it said is already in the engine's log."""
FOREIGN_CODE = (*(f"{Path(str(module.__file__)).parent}{os.sep}" for module in (pulumi, asyncio)), __file__)
"""Where the code of a traceback lies that no author of a program can do anything about."""
NEAREST = 8
"""Frames of a stack trace between the SDK's registration of a resource and the line that the state keeps."""


def main() -> int:
    """Run the program to its end. Returns 0, 1 for a `pulumi.RunError`, FAILED for any other exception."""
    if fork := _told():
        _fork_provider(**fork)
    settings = _told()
    _configure(settings)
    program = Path(settings["program"])
    sys.argv = [str(program)]
    os.chdir(program if program.is_dir() else program.parent)
    # A run that ends early leaves tasks behind; asyncio would complain about each.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)

    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    with ThreadPoolExecutor(max_workers=settings["parallel"] * 4) as executor:
        loop.set_default_executor(executor)
        return _run(loop, program)


def _told() -> Any:
    """Read a line of the engine's; one that has given up says why itself, and this process ends."""
    line = sys.stdin.readline()
    if not line:
        sys.exit(FAILED)
    return json.loads(line)


def _fork_provider(streams: Sequence[int], project: str, providers: Sequence[str], engine: str) -> None:
    """Fork off the provider of dynamic resources: it needs what is loaded here, and no thread runs yet."""
    if os.fork():
        for stream in streams:
            os.close(stream)
        return
    for stream, standard in zip((os.open(os.devnull, os.O_RDONLY), *streams), range(3), strict=True):
        os.dup2(stream, standard)
        os.close(stream)
    print(os.getpid())
    os.environ["PULUMI_PROJECT"] = project
    for pickled in providers:
        # It loads what they are made of while nobody waits; what fails here fails again where it is needed.
        with contextlib.suppress(Exception), contextlib.redirect_stdout(sys.stderr):
            pickle.loads(base64.b64decode(pickled))  # noqa: S301 - as the SDK does, with the same text
    sys.argv[1:] = [engine]  # as every provider is started
    runpy.run_module("pulumi.dynamic", run_name="__main__", alter_sys=True)
    sys.exit()


def _configure(settings: dict[str, Any]) -> None:
    pulumi.runtime.set_all_config(settings["config"], settings["configSecretKeys"])
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            monitor=settings["monitor"],
            engine=settings["engine"],
            project=settings["project"],
            stack=settings["stack"],
            parallel=settings["parallel"],
            dry_run=settings["dryRun"],
            organization=settings["organization"],
            root_directory=settings["root"],
        )
    )
    pulumi.log.debug = _ignore_debug
    near = partial(traceback.extract_stack, limit=NEAREST)
    vars(registration)["traceback"] = SimpleNamespace(**{**vars(traceback), "extract_stack": near})


def _ignore_debug(*_args: object, **_options: object) -> None:
    """Stand in for what sends a debug message, four for each resource, and waits for the answer."""


def _run(loop: asyncio.AbstractEventLoop, program: Path) -> int:
    def execute() -> None:
        runpy.run_path(str(program), run_name="__main__")

    try:
        loop.run_until_complete(pulumi.runtime.run_in_stack(execute))
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
        return 1
    except Exception as error:  # noqa: BLE001 - whatever the program raises is shown to its author
        frames = traceback.extract_tb(error.__traceback__)
        if all(frame.filename.startswith(FOREIGN_CODE) for frame in frames):
            pulumi.log.error(str(error))  # a look-up that was refused: its sentence says all that is known
        else:
            traceback_text = _format_traceback(program, frames)
            pulumi.log.error(f"Program failed with an unhandled exception:\n{traceback_text}")
        return FAILED
    return 0


def _format_traceback(program: Path, frames: traceback.StackSummary) -> str:
    """Format the traceback from the program's first line on."""
    entry = str(program / "__main__.py" if program.is_dir() else program)
    outside = next((depth for depth, frame in enumerate(frames) if frame.filename == entry), 0)
    return traceback.format_exc(limit=outside - len(frames))


def _exit_at_once(codes: list[int]) -> None:
    """End here, when all that runs at exit has run: to take the SDK apart costs a tenth of a second."""
    if codes:
        logging.shutdown()
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(codes[0])


if __name__ == "__main__":
    exit_codes: list[int] = []
    atexit.register(_exit_at_once, exit_codes)  # before the program's own: what registers first runs last
    exit_codes.append(main())
    sys.exit(exit_codes[0])
