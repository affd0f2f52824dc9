"""How Pulumi's Python host ends a program once a step has failed: two tracebacks that hide the reason."""

import re
from collections.abc import Iterable, Iterator

_BEGINS, _ENDS = "Traceback (most recent call last):", "KeyboardInterrupt"
_IN_BETWEEN = "During handling of the above exception"
_MOST = 100
"""Lines after which a traceback is no interruption's."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def without_interruptions(lines: Iterable[str]) -> Iterator[str]:
    """Yield what an engine prints for people but for these tracebacks; others stay.

    What else happens meanwhile stands between their lines, which all begin alike.
    """
    held: list[str] = []
    margin = ""
    for line in lines:
        if not held and _BEGINS in line:
            margin = line[: line.index(_BEGINS)]
            held = [line]
        elif held and line.startswith(margin):
            held.append(line)
            if _COLOURS.sub("", line).rstrip().endswith(_ENDS):
                held = []
            elif len(held) > _MOST:
                yield from held
                held = []
        elif _IN_BETWEEN not in line:
            yield line
    yield from held
