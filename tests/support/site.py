"""The documentation: its files, their anchors, and the hooks of the site."""

import importlib.util
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import ModuleType

ROOT = Path(__file__).parents[2]
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
HEADING = re.compile(r"^#{1,6} (.+?)\s*$", re.MULTILINE)


def site_hooks() -> ModuleType:
    """Import the hooks, which lie outside of every package."""
    spec = importlib.util.spec_from_file_location("site_hooks", ROOT / "docs/site/hooks.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def anchors(page: Path) -> frozenset[str]:
    """Return the anchors of a page's headings, as both GitHub and the site make them."""
    prose = FENCE.sub("", page.read_text(encoding="utf-8"))
    return frozenset(_anchor(heading) for heading in HEADING.findall(prose))


def _anchor(heading: str) -> str:
    text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading).replace("`", "").lower()
    return re.sub(r"[\s-]+", "-", re.sub(r"[^\w\s-]", "", text)).strip("-")


def texts(*patterns: str) -> Iterator[tuple[str, str]]:
    """Yield path and text of the repository's files that match, but for what is generated or built."""
    for pattern in patterns:
        for path in sorted(ROOT.glob(pattern)):
            if path.is_file() and not {".venv", "site", ".local", "__pycache__"} & {
                *path.relative_to(ROOT).parts
            }:
                yield path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8")
