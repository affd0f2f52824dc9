"""The verbs of an engine that this package needs: the Pulumi CLI's, or another's that takes the same ones."""

import json
import subprocess
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from pulumi_sre_agent.api.errors import SreAgentError


class Engine:
    """An engine on one stack of one project; every method raises `SreAgentError` in the engine's words."""

    def __init__(self, argv: Sequence[str], project: Path, stack: str | None) -> None:
        named = ["-s", stack] if stack else []
        self._argv, self._flags = argv, ["-C", str(project), *named, "--non-interactive", "--color", "never"]

    def export(self) -> dict[str, Any]:
        """Return the deployment; secrets stay encrypted."""
        return self._read("stack", "export")

    def replace(self, exported: dict[str, Any]) -> None:
        """Put a deployment in the place of the stack's own, which drops its pending operations."""
        self._run("stack", "import", stdin=json.dumps(exported))

    def refresh(self, urns: Iterable[str]) -> None:
        """Read these resources anew, as they are in Azure."""
        targets = [word for urn in urns for word in ("--target", urn)]
        self._run("refresh", "--yes", "--skip-preview", "--suppress-outputs", *targets)

    def config(self) -> dict[str, str]:
        """Return the stack's config, with its secrets: it is what logs in."""
        values = self._read("config", "--json", "--show-secrets")
        return {key: str(value.get("value", "")) for key, value in values.items()}

    def outputs(self) -> dict[str, Any]:
        """Return what the stack exports; secrets are `[secret]`."""
        return self._read("stack", "output", "--json")

    def _read(self, *words: str) -> dict[str, Any]:
        printed = self._run(*words)
        try:
            value = json.loads(printed)
        except json.JSONDecodeError:
            value = None
        if isinstance(value, dict):
            return value
        what = "no JSON object" if printed.strip() else "nothing"
        raise SreAgentError(
            f"`{self._called(words)}` ended well, but printed {what}: "
            f"see whether {self._argv[0]} is Pulumi's own."
        )

    def _run(self, *words: str, stdin: str = "") -> str:
        done = subprocess.run(  # noqa: S603 - the engine that was chosen, no shell
            [*self._argv, *words, *self._flags],
            input=stdin,
            capture_output=True,
            text=True,
            encoding="utf-8",
            errors="replace",
            check=False,
        )
        if done.returncode:
            lines = [line.strip() for line in f"{done.stdout}\n{done.stderr}".splitlines()]
            reasons = [line.removeprefix("error: ") for line in lines if line.startswith("error: ")]
            reason = reasons[0] if reasons else f"it ended with exit code {done.returncode}"
            raise SreAgentError(f"`{self._called(words)}` failed: {reason}")
        return done.stdout

    def _called(self, words: Sequence[str]) -> str:
        """Return what was run, as people know it."""
        verb = words[:2] if words[0] == "stack" else words[:1]
        return " ".join([Path(self._argv[0]).name, *self._argv[1:], *verb])
