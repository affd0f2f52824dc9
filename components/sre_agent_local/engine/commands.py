"""What each command does, once the command line has been read."""

import argparse
import sys
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

from . import stack as stacks
from .display import DiffDisplay, Operation, Printer, ProgressDisplay
from .display_json import EventStream, PreviewDigest
from .engine import Engine
from .errors import EngineError, NoSuchStackError, UsageError
from .events import Listener, Op

ACTIONS = {"up": "update", "preview": "update", "refresh": "refresh", "destroy": "destroy"}


class UnexpectedChangesError(EngineError):
    """`--expect-no-changes`, and there were some. Pulumi's own exit code for it is 7."""

    exit_code = 7


def run(options: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run the command that was asked for and return its exit code. Raises EngineError."""
    deploys = options.verb in ACTIONS
    if deploys and not (_is_preview(options) or options.yes or options.skip_preview):
        raise UsageError("--yes or --skip-preview must be passed in to proceed: this engine asks nothing")
    if deploys and options.parallel < 1:
        raise UsageError("--parallel must be at least 1")
    if options.verb == "preview" and options.show_sames and not options.json:
        raise UsageError("--show-sames is for --json: else this engine shows changes alone")
    stack = stacks.find_stack(options.cwd, options.stack, environ)
    colour = options.color == "always" or (options.color == "auto" and sys.stdout.isatty())
    printer = Printer(colour=colour, lasting=deploys)
    verb = options.stack_verb if options.verb == "stack" else options.verb
    if verb != "init" and not stack.backend.exists():
        raise NoSuchStackError(stack.name)
    match verb:
        case "cancel":
            stack.backend.cancel()
            printer.line(f"The currently running update for '{stack.name}' has been canceled!")
        case "init":
            stacks.init(stack, environ, printer)
        case "output":
            crypter = stacks.unlock_stack(stack, environ, checked=False, writes=False).secrets
            stacks.print_outputs(stack, crypter, printer, show_secrets=options.show_secrets)
        case "export":
            stacks.export_to(stack, options.file, printer)
        case "import":
            stacks.import_from(stack, options.file, environ, printer)
        case _:
            return _deploy(stack, options, environ, printer)
    return 0


def _is_preview(options: argparse.Namespace) -> bool:
    return options.verb == "preview" or bool(getattr(options, "preview_only", False))


def _deploy(
    stack: stacks.Stack, options: argparse.Namespace, environ: Mapping[str, str], printer: Printer
) -> int:
    """Run one of the commands that need the engine."""
    preview = _is_preview(options)
    operation = Operation(
        action=ACTIONS[options.verb], stack=stack.name, project=stack.project.name, preview=preview
    )
    # The key of the secrets is derived while the run's processes start.
    unlocked = ThreadPoolExecutor(max_workers=1).submit(
        stacks.unlock_stack, stack, environ, checked=operation.action == "update", writes=not preview
    )

    def settings() -> Mapping[str, str]:
        return unlocked.result().config.masked()

    listener: Listener
    if options.json:
        listener = (
            PreviewDigest(settings, printer, shows_sames=getattr(options, "show_sames", False))
            if preview
            else EventStream(printer)
        )
    else:
        view = DiffDisplay if options.diff else ProgressDisplay
        listener = view(
            operation,
            printer,
            show_outputs=not options.suppress_outputs,
            show_status=options.show_status,
        )
    engine = Engine(
        stack,
        unlocked.result,
        environ,
        listener,
        parallel=options.parallel,
        preview=preview,
        previews_first=options.verb == "up" and not options.skip_preview,
    )
    run = {"update": engine.up, "destroy": engine.destroy}.get(operation.action)
    summary = run() if run else engine.refresh(options.target, clear_creates=options.clear_pending_creates)
    if summary.result != "succeeded":
        return EngineError.exit_code
    changed = any(count for op, count in summary.changes.items() if op not in (Op.SAME, Op.READ))
    if options.expect_no_changes and changed:
        what = "preview" if preview else operation.action
        raise UnexpectedChangesError(f"no changes were expected for {what} but changes were proposed")
    return 0
