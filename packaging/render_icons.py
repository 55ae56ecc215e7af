"""Draws the program's icon as PNG in the sizes that desktops ask for: assets/icons/SIZE/oimg.png.

The drawing is src/oimg/faces/gui/icons/oimg.svg; up to 24 pixels it is oimg-small.svg, which has fewer lines.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from oimg.faces.gui import icons  # noqa: I001 - before Qt

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QGuiApplication, QImage, QPainter

SIZES = (16, 24, 32, 48, 64, 128, 256, 512)
FOLDER = Path(__file__).resolve().parents[1] / "assets" / "icons"


def drawn(size: int) -> QImage:
    """Draw the icon in a size."""
    image = QImage(size, size, QImage.Format.Format_ARGB32_Premultiplied)
    image.fill(Qt.GlobalColor.transparent)
    painter = QPainter(image)
    icons.paint(painter, icons.application_name(size), QRectF(0, 0, size, size), "")
    painter.end()
    return image


def main() -> int:
    """Write all sizes."""
    application = QGuiApplication([])
    for size in SIZES:
        path = FOLDER / f"{size}x{size}" / "oimg.png"
        path.parent.mkdir(parents=True, exist_ok=True)
        drawn(size).save(str(path))
    application.quit()
    return 0


if __name__ == "__main__":
    sys.exit(main())
