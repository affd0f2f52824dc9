"""What `up`, `refresh` and `destroy` say at their end."""

import json
from collections.abc import Mapping
from typing import Any, NoReturn

import typer

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.local.engine import Outcome, Runner


def finish(
    runner: Runner, outcome: Outcome, outputs: Mapping[str, Any], *, as_json: bool, unchanged: str
) -> NoReturn:
    """Print the result (for people only the sentence that nothing changed) and exit with the run's code."""
    if as_json:
        terminal.result_json(
            {
                "engine": runner.engine.name.value,
                "result": outcome.result,
                "changes": outcome.changes,
                "outputs": outputs,
                "seconds": outcome.seconds,
            }
        )
    elif outcome.idle:
        terminal.result(unchanged)
    raise typer.Exit(outcome.code)


def text(value: Any) -> str:
    """Show an output in one line: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
