"""What a run comes to, for programs and for people."""

import json
from collections.abc import Mapping
from typing import Any

from sre_agent_local.cli.runner import Runner, RunResult


def result_json(
    runner: Runner, outcome: RunResult, outputs: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Sum a run up: {engine, result, changes, outputs, seconds}, and {errors} where it has not succeeded."""
    return {
        "engine": runner.engine.name.value,
        "result": outcome.result,
        "changes": outcome.changes or {},
        "outputs": outputs or {},
        "seconds": outcome.seconds,
        **({"errors": outcome.errors} if outcome.code else {}),
    }


def format_output(value: Any) -> str:
    """Show an output in one line: text as it is, everything else as JSON."""
    return value if isinstance(value, str) else json.dumps(value)
