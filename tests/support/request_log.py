"""The log of the local Azure, as spans of time: what came after what, and what was under way at once."""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import NamedTuple, Self

from support.azure import Json


class Span(NamedTuple):
    """From the arrival of the first request to the answer of the last, in seconds."""

    began: float
    ended: float


class Request(NamedTuple):
    method: str
    path: str
    query: str
    status: int
    span: Span

    @classmethod
    def of(cls, entry: Json) -> Self:
        began = datetime.fromisoformat(entry["startedAt"]).timestamp()
        span = Span(began, began + entry["durationMs"] / 1000)
        return cls(entry["method"], entry["path"], entry["query"], entry["status"], span)

    @property
    def writes(self) -> bool:
        return self.method != "GET"

    def ends(self, path: str) -> bool:
        return self.path.endswith(f"/{path.removeprefix('/')}")


def hull(spans: Iterable[Span]) -> Span:
    began, ended = zip(*spans, strict=True)
    return Span(min(began), max(ended))


def peak(spans: Iterable[Span]) -> int:
    """Return how many spans there are at once, at most."""

    def steps() -> Iterator[tuple[float, int]]:
        for span in spans:
            yield span.began, 1
            yield span.ended, -1

    now = most = 0
    for _, step in sorted(steps()):
        now += step
        most = max(most, now)
    return most
