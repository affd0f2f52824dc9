"""What came of something that was to hold, whoever looked."""

from dataclasses import dataclass
from typing import Any, Literal

Outcome = Literal["passed", "failed", "skipped"]


@dataclass(frozen=True)
class Result:
    """What came of a check, or of a case."""

    group: str
    """What belongs together."""
    name: str
    outcome: Outcome
    detail: str
    seconds: float

    def json(self) -> dict[str, Any]:
        """Return it for programs."""
        return {**vars(self), "seconds": round(self.seconds, 3)}
