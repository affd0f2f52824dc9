"""Pages as a browser draws them: Chromium, where it is on PATH."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest
from PIL import Image, ImageChops, ImageFilter

FONT = "DejaVu Sans"
"""What the pictures that are kept are drawn with: others break lines elsewhere."""


def _draws_alike() -> bool:
    if CHROMIUM is None or not (matcher := shutil.which("fc-match")):
        return False
    found = subprocess.run([matcher, "system-ui"], capture_output=True, text=True, check=False)
    return f'"{FONT}"' in found.stdout


CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
needs_chromium = pytest.mark.skipif(
    not _draws_alike(), reason=f"there is no Chromium on PATH that draws with {FONT}"
)

WIDTH, HEIGHT = 800, 4000
COLORS = 32
FLAGS = (
    *("--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-sync"),
    *("--disable-background-networking", "--disable-component-update", "--proxy-server=127.0.0.1:1"),
    *("--force-color-profile=srgb", "--force-device-scale-factor=1"),
)
COARSE = 8
"""How far letters may lie apart, in pixels: versions of Chromium draw a little differently."""


def draw(page: str, folder: Path) -> Image.Image:
    """Draw a page with all that is folded open, as high as it is."""
    file, picture = folder / "page.html", folder / "page.png"
    file.write_text(page.replace("<details>", "<details open>"), encoding="utf-8")
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    subprocess.run(
        [
            *(str(CHROMIUM), *FLAGS, *sandbox, f"--user-data-dir={folder / 'profile'}"),
            *(f"--window-size={WIDTH},{HEIGHT}", f"--screenshot={picture}", file.as_uri()),
        ],
        check=True,
        capture_output=True,
        timeout=60,
    )
    drawn = Image.open(picture).convert("RGB")
    background = Image.new("RGB", drawn.size, drawn.getpixel((0, drawn.height - 1)))
    box = ImageChops.difference(drawn, background).getbbox()
    return drawn.crop((0, 0, drawn.width, min(drawn.height, (box[3] if box else 0) + 24)))


def keep(picture: Image.Image, file: Path) -> None:
    """Keep a picture as a small file."""
    picture.quantize(COLORS).save(file, optimize=True)


def difference(one: Image.Image, other: Image.Image) -> float:
    """Return how unlike two pictures are, by what lies about where: 0 for the same, 1 for black and white."""
    size = one.width, max(one.height, other.height)
    blurred = [_on_canvas(each, size).filter(ImageFilter.BoxBlur(COARSE)) for each in (one, other)]
    histogram = ImageChops.difference(*blurred).histogram()
    return sum(level * count for level, count in enumerate(histogram)) / (255 * sum(histogram))


def _on_canvas(picture: Image.Image, size: tuple[int, int]) -> Image.Image:
    canvas = Image.new("L", size, 255)
    canvas.paste(picture.convert("L"))
    return canvas
