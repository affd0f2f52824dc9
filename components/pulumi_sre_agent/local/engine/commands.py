"""What each command does, once the command line has been read."""

import argparse
import sys
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor

from . import session, stack
from .display import DiffView, Operation, Printer, Progress
from .display_json import Digest, Stream
from .errors import EngineError, UsageError
from .events import Listener, Op, Summary
from .run import Engine

CHANGED = 7
"""Pulumi's exit code where changes were not expected."""
ACTIONS = {"up": "update", "preview": "update", "refresh": "refresh", "destroy": "destroy"}


class UnexpectedChangesError(EngineError):
    """`--expect-no-changes`, and there were some."""

    exit_code = CHANGED


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run the command that was asked for and return its exit code. Raises EngineError."""
    if options.verb in ACTIONS:
        return Deployment(options, environ).run()
    printer = _printer(options)
    if options.verb == "cancel":
        return _cancel(options, environ, printer)
    return STACK_VERBS[options.stack_verb](options, environ, printer)


class Deployment:
    """One of the commands that run the engine."""

    def __init__(self, options: argparse.Namespace, environ: Mapping[str, str]) -> None:
        self._options, self._environ = options, environ
        self._action = ACTIONS[options.verb]
        self._preview_only = options.verb == "preview" or options.preview_only
        self._interactive = sys.stdin.isatty() and sys.stdout.isatty() and not options.non_interactive
        if not (self._interactive or options.yes or options.skip_preview or self._preview_only):
            raise UsageError(
                "--yes or --skip-preview or --preview-only must be passed in to proceed when running in "
                "non-interactive mode"
            )
        if options.parallel < 1:
            raise UsageError("--parallel must be at least 1")
        self._stack = session.existing(session.locate(options.cwd, options.stack, environ))
        # The key of the secrets is derived while the run's processes start.
        with_threads = ThreadPoolExecutor(max_workers=1)
        self._unlocked = with_threads.submit(
            session.unlock,
            self._stack,
            environ,
            checked=self._action == "update",
            writes=not self._preview_only,
        )

    def run(self) -> int:
        if self._preview_only:
            return self._run(preview=True)
        asks = not self._options.yes
        if not self._options.skip_preview and not self._options.json:
            if failed := self._run(preview=True):
                return failed
            if asks and not _agreed(f"Do you want to perform this {self._action}?"):
                raise EngineError(f"{self._action} canceled")
        return self._run(preview=False)

    def _run(self, *, preview: bool) -> int:
        operation = Operation(action=self._action, stack=self._stack.name, preview=preview)
        engine = Engine(
            self._stack,
            self._unlocked.result,
            self._environ,
            self._listener(operation),
            parallel=self._options.parallel,
            preview=preview,
            debug=self._options.json and not preview,
        )
        summary = {"update": engine.up, "refresh": engine.refresh, "destroy": engine.destroy}[self._action]()
        if summary.result != "succeeded":
            return EngineError.exit_code
        if self._options.expect_no_changes and _changes(summary):
            raise UnexpectedChangesError(_unexpected(operation))
        return 0

    def _listener(self, operation: Operation) -> Listener:
        options, printer = self._options, _printer(self._options)
        if options.json:
            config = self._unlocked.result().config.masked()
            return Digest(config, printer) if operation.preview else Stream(config, printer)
        view = DiffView if options.diff else Progress
        return view(operation, printer, show_outputs=not options.suppress_outputs)


def _cancel(options: argparse.Namespace, environ: Mapping[str, str], printer: Printer) -> int:
    found = session.existing(session.locate(options.cwd, options.stack, environ))
    found.backend.cancel()
    printer.line(f"The currently running update for '{found.name}' has been canceled!")
    return 0


def _init(options: argparse.Namespace, environ: Mapping[str, str], printer: Printer) -> int:
    stack.init(session.locate(options.cwd, options.name or options.stack, environ), environ, printer)
    return 0


def _output(options: argparse.Namespace, environ: Mapping[str, str], printer: Printer) -> int:
    found = session.existing(session.locate(options.cwd, options.stack, environ))
    crypter = session.unlock(found, environ, checked=False, writes=False).secrets
    outputs = stack.outputs(found, crypter, show_secrets=options.show_secrets)
    stack.print_outputs(outputs, options.name, printer, as_json=options.json)
    return 0


def _export(options: argparse.Namespace, environ: Mapping[str, str], printer: Printer) -> int:
    stack.export_to(
        session.existing(session.locate(options.cwd, options.stack, environ)), options.file, printer
    )
    return 0


def _import(options: argparse.Namespace, environ: Mapping[str, str], printer: Printer) -> int:
    found = session.existing(session.locate(options.cwd, options.stack, environ))
    stack.import_from(found, options.file, environ, printer)
    return 0


STACK_VERBS: dict[str, Callable[[argparse.Namespace, Mapping[str, str], Printer], int]] = {
    "init": _init,
    "output": _output,
    "export": _export,
    "import": _import,
}


def _printer(options: argparse.Namespace) -> Printer:
    colour = options.color == "always" or (options.color == "auto" and sys.stdout.isatty())
    return Printer(colour=colour)


def _agreed(question: str) -> bool:
    return input(f"{question} [yes/no] ").strip().lower() in ("y", "yes")


def _changes(summary: Summary) -> bool:
    return any(count for op, count in summary.changes.items() if op not in (Op.SAME, Op.READ))


def _unexpected(operation: Operation) -> str:
    if operation.preview:
        return "no changes were expected for preview but changes were proposed"
    return f"no changes were expected for {operation.action} but changes were proposed"
