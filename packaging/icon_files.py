"""The program's icon in the containers that Windows and macOS want, made of assets/icons."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PIL import Image

_FOLDER: Final = Path(__file__).resolve().parents[1] / "assets" / "icons"
_ICO: Final = (16, 24, 32, 48, 64, 128, 256)
_ICNS: Final = (32, 64, 128, 256, 512)


def write_ico(path: Path) -> None:
    """Write the icon of Windows: each size as it was drawn, none scaled."""
    drawn = [_drawn(size) for size in reversed(_ICO)]
    drawn[0].save(path, "ICO", sizes=[each.size for each in drawn], append_images=drawn[1:])


def write_icns(path: Path) -> None:
    """Write the icon of macOS."""
    drawn = [_drawn(size) for size in reversed(_ICNS)]
    drawn[0].save(path, "ICNS", append_images=drawn[1:])


def _drawn(size: int) -> Image.Image:
    with Image.open(_FOLDER / f"{size}x{size}" / "oimg.png") as image:
        return image.convert("RGBA")
