"""The engine's command line: those verbs of `pulumi` that a stack on this machine needs, spelt the same.

    python -m sre_agent_local.engine up --stack local --yes

Exit codes are Pulumi's: 0 done · 1 failed or refused · 2 wrong usage · 6 no such stack · 7 changes where
`--expect-no-changes` allows none · 130 stopped by Ctrl-C before anything was touched.
"""

import argparse
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NoReturn

from .errors import EngineError, UsageError

PROG = "python -m sre_agent_local.engine"
INTERRUPTED = 130
QUIET_GRPC = {"GRPC_VERBOSITY": "NONE", "GRPC_ENABLE_FORK_SUPPORT": "false"}
"""Its own log, of connections that end and of forks, is for those who ask for it."""


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints are one sentence."""

    def error(self, message: str) -> NoReturn:
        self.exit(UsageError.exit_code, f"error: {message}\nRun '{self.prog} --help' for usage.\n")


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Run one command and return its exit code."""
    options = _parser().parse_args(argv)
    for name, value in QUIET_GRPC.items():
        os.environ.setdefault(name, value)  # gRPC reads them when it is loaded, here and in what is started
    try:
        from . import commands  # noqa: PLC0415 - `--help` needs nothing of the engine

        return commands.run(options, environ)
    except EngineError as error:
        print(f"error: {error}", file=sys.stderr)
        return error.exit_code
    except BrokenPipeError:  # who read it has seen enough
        from .display import discard  # noqa: PLC0415 - as above

        discard(sys.stdout)
        return EngineError.exit_code
    except OSError as error:
        what = f"what is to be done with {error.filename}" if error.filename else "the output"
        print(f"error: this machine refuses {what}: {error.strerror or error}", file=sys.stderr)
        return EngineError.exit_code
    except KeyboardInterrupt:
        print("error: interrupted", file=sys.stderr)
        return INTERRUPTED


def _parser() -> Parser:
    parser = Parser(prog=PROG, description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="COMMAND")
    shared = _shared()
    running = _running()
    added = {
        verb: verbs.add_parser(verb, help=text, description=text, parents=[shared, running])
        for verb, text in {
            "up": "Create or update the resources of a stack",
            "preview": "Show what `up` would do",
            "refresh": "Take over into the state what is really there",
            "destroy": "Delete the resources of a stack",
        }.items()
    }
    text = "with --json: list what stays the same, too"
    added["preview"].add_argument("--show-sames", action="store_true", help=text)
    text = "only this resource; may be repeated"
    added["refresh"].add_argument("--target", "-t", action="append", default=[], metavar="URN", help=text)
    text = "show what was changed, and leave the state as it is"
    added["refresh"].add_argument("--preview-only", action="store_true", help=text)
    text = "forget the creates that an earlier run was interrupted in"
    added["refresh"].add_argument("--clear-pending-creates", action="store_true", help=text)
    text = "Remove the locks that runs have left behind"
    verbs.add_parser("cancel", help=text, description=text, parents=[shared]).add_argument(
        "--yes", "-y", action="store_true"
    )
    text = "Make a stack, show its outputs, export or import its state"
    _add_stack(verbs.add_parser("stack", help=text, description=text), shared)
    return parser


def _shared() -> Parser:
    shared = Parser(add_help=False)
    shared.add_argument("--cwd", "-C", type=Path, default=Path(), metavar="DIR", help="the project's folder")
    shared.add_argument("--stack", "-s", metavar="NAME", help="the stack (default: PULUMI_STACK)")
    shared.add_argument("--non-interactive", action="store_true", help="never ask")
    shared.add_argument("--color", choices=("auto", "always", "never"), default="auto", help="default: auto")
    return shared


def _running() -> Parser:
    running = Parser(add_help=False)
    for flag, text in {
        "--yes": "do it: this engine asks nothing",
        "--skip-preview": "change things without a preview before, which `up` makes else",
        "--diff": "show every changed property",
        "--json": "print JSON in Pulumi's own shapes",
        "--expect-no-changes": "fail if there is a change",
        "--suppress-outputs": "leave out the stack's outputs",
        "--show-status": "say what is waited for, too (this engine's own option)",
    }.items():
        running.add_argument(flag, action="store_true", help=text)
    parallel = 4 * (os.cpu_count() or 1)
    running.add_argument("--parallel", type=int, default=parallel, metavar="N", help="steps at a time")
    return running


def _add_stack(parser: argparse.ArgumentParser, shared: Parser) -> None:
    verbs = parser.add_subparsers(dest="stack_verb", required=True, metavar="COMMAND")
    text = "Make a stack; its file gets an encryption salt if it has none"
    init = verbs.add_parser("init", help=text, description=text, parents=[shared])
    init.add_argument("stack", nargs="?", default=argparse.SUPPRESS, help="the stack, instead of --stack")
    text = "Print the stack's outputs as JSON"
    output = verbs.add_parser("output", help=text, description=text, parents=[shared])
    output.add_argument("--json", action="store_true", help="taken for granted")
    output.add_argument("--show-secrets", action="store_true", help="show secret outputs in plain")
    for verb, text in {"export": "Print the stack's state", "import": "Replace the stack's state"}.items():
        exchange = verbs.add_parser(verb, help=text, description=text, parents=[shared])
        exchange.add_argument("--file", type=Path, metavar="FILE", help="instead of the standard streams")


if __name__ == "__main__":
    sys.exit(main())
