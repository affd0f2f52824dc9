"""Routes as data, for paths whose letters may have any case and whose handlers are plain functions."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

Handler = TypeVar("Handler", bound=Callable[..., object])


@dataclass(frozen=True)
class Route(Generic[Handler]):
    """A method, a path whose `{}` segments stand for names, and the function that answers."""

    method: str
    path: str
    handler: Handler


@dataclass(frozen=True)
class Match(Generic[Handler]):
    """What a path led to: the route, or none if only the method did not fit."""

    route: Route[Handler] | None
    names: tuple[str, ...]


class Routes(Generic[Handler]):
    """A table of routes, asked with the segments of a path."""

    def __init__(self, routes: Iterable[Route[Handler]]) -> None:
        self._by_length: dict[int, dict[tuple[str, ...], dict[str, Route[Handler]]]] = {}
        for route in routes:
            pattern = tuple(route.path.lower().split("/"))
            self._by_length.setdefault(len(pattern), {}).setdefault(pattern, {})[route.method] = route

    def describe(self) -> dict[str, list[str]]:
        """Return the methods of each path, as `{"/api/v2/repos/{}": ["GET", "PUT"]}`."""
        methods_by_path: dict[str, list[str]] = {}
        for patterns in self._by_length.values():
            for methods in patterns.values():
                for route in methods.values():
                    methods_by_path.setdefault(f"/{route.path}", []).append(route.method)
        return {path: sorted(methods) for path, methods in sorted(methods_by_path.items())}

    def find(self, method: str, segments: Sequence[str]) -> Match[Handler] | None:
        """Return what a path leads to, or None if no method has that path."""
        lower = [segment.lower() for segment in segments]
        for pattern, methods in self._by_length.get(len(lower), {}).items():
            if all(part in ("{}", segment) for part, segment in zip(pattern, lower, strict=True)):
                names = tuple(
                    segment for part, segment in zip(pattern, segments, strict=True) if part == "{}"
                )
                return Match(methods.get(method), names)
        return None
