"""Markdown that comes in pieces, cut into blocks that can be laid out one by one."""

import re

_FENCE = re.compile(r"^ {0,3}(`{3,}|~{3,})")


class Blocks:
    """Takes pieces, and gives whole blocks: what stands between empty lines, and all of a fence."""

    def __init__(self) -> None:
        self._line = ""
        self._block: list[str] = []
        self._fence = ""

    def add(self, piece: str) -> list[str]:
        """Add a piece; return the blocks that end in it."""
        *lines, self._line = (self._line + piece).split("\n")
        return [block for line in lines if (block := self._take(line)) is not None]

    def rest(self) -> list[str]:
        """Return what is left, and begin anew."""
        blocks = self.add("\n") if self._line else []
        last = "\n".join(self._block)
        self.__init__()  # type: ignore[misc]  # everything as at the beginning
        return [*blocks, last] if last.strip() else blocks

    def _take(self, line: str) -> str | None:
        """Take a line; return the block that it ends."""
        mark = _FENCE.match(line)
        if self._fence:
            if mark and line.strip().startswith(self._fence) and not line.strip().strip(self._fence[0]):
                self._fence = ""
        elif mark:
            self._fence = mark[1]
        if line.strip() or self._fence:
            self._block.append(line)
            return None
        block, self._block = "\n".join(self._block), []
        return block if block.strip() else None
