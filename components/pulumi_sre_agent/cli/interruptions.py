"""How Pulumi's Python host ends a program once a step has failed: two tracebacks that hide the reason."""

import re
from collections.abc import Iterable, Iterator

_BEGINS, _ENDS = "Traceback (most recent call last):", "KeyboardInterrupt"
_IN_BETWEEN = "During handling of the above exception"
_MOST = 100
"""Lines after which a traceback is no interruption's."""
_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


def without_interruptions(lines: Iterable[str]) -> Iterator[str]:
    """Yield what an engine prints for people but for these tracebacks; others stay."""
    held: list[str] = []
    for line in lines:
        if held or _BEGINS in line:
            held.append(line)
            if _COLOURS.sub("", line).rstrip().endswith(_ENDS):
                held = []
            elif len(held) > _MOST:
                yield from held
                held = []
        elif _IN_BETWEEN not in line:
            yield line
    yield from held
