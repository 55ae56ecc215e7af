"""Blocks for the metadata tests: from real pictures, and written by piexif with a marker in every field."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any

import piexif
import pytest
from PIL import Image

from oimg.words.images import Metadata

CORPUS = Path(__file__).resolve().parents[5] / "shared" / "corpus"
FOLDERS = ("conformance/exif", "photos/gps", "photos/camera", "conformance/orientation")


def _read(path: Path) -> Metadata:
    """Blocks as Pillow finds them: it is only our way to the bytes here."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            with Image.open(path) as picture:
                info = picture.info
                resources: Any = info.get("photoshop", {})
        except (OSError, ValueError):
            return Metadata()
    return Metadata(
        exif=(info.get("exif") or b"").removeprefix(b"Exif\0\0"),
        xmp=info.get("xmp") or b"",
        iptc=resources.get(0x0404, b""),
    )


@pytest.fixture(scope="session")
def real() -> dict[str, Metadata]:
    """Metadata of real pictures, by file name."""
    if not CORPUS.is_dir():
        pytest.skip(f"THE SHARED CORPUS IS MISSING: {CORPUS}")
    paths = [path for folder in FOLDERS for path in sorted((CORPUS / folder).iterdir())]
    found = {f"{path.parent.name}/{path.name}": _read(path) for path in paths}
    found = {name: metadata for name, metadata in found.items() if metadata != Metadata()}
    assert len(found) >= 40
    return found


_SKIPPED = {
    # Fields that say where something lies: piexif would write nonsense offsets.
    "Image": {0x8769, 0x8825, 0x014A, 0x0111, 0x0117, 0x0144, 0x0145, *range(0x0200, 0x020A)},
    "Exif": {0xA005},
    "GPS": set(),
    "Interop": set(),
}
_NUMBERS: dict[int, Callable[[int], Any]] = {
    3: lambda n: n % 60000,
    4: lambda n: n,
    5: lambda n: (n, 7),
    9: lambda n: n,
    10: lambda n: (n, 7),
    6: lambda n: n % 100,
    8: lambda n: n % 30000,
    11: float,
    12: float,
}

# A frame header of 160 x 120, then a scan that is only our marker.
THUMBNAIL = b"\xff\xd8\xff\xc0\0\x0b\x08\0\x78\0\xa0\1\1\x11\0\xff\xda\0\2MARK-thumbnail\xff\xd9"


def marker(directory: str, tag: int) -> bytes:
    """A text that is found nowhere else."""
    return f"MARK-{directory}-{tag:04X}-".encode()


@pytest.fixture(scope="session")
def planted() -> Callable[[], bytes]:
    """A block by piexif with every field it knows: markers in texts and bytes, numbers elsewhere."""

    def build() -> bytes:
        tables: dict[str, Any] = {}
        for directory, skipped in _SKIPPED.items():
            table: dict[int, Any] = {}
            for number, (tag, facts) in enumerate(sorted(piexif.TAGS[directory].items())):
                if tag in skipped or 0xECBE <= tag <= 0xECC2:
                    continue
                kind = facts["type"]
                text = marker(directory, tag)
                table[tag] = tuple(text) if kind == 1 else text if kind in (2, 7) else _NUMBERS[kind](number + 1)
            tables[{"Image": "0th"}.get(directory, directory)] = table
        tables["0th"][0x0112] = 6
        tables["0th"][0x0128] = 2
        tables["1st"] = {0x0103: 6, 0x010F: b"MARK-1st-Make", 0x0132: b"MARK-1st-DateTime"}
        tables["thumbnail"] = THUMBNAIL
        return bytes(piexif.dump(tables)).removeprefix(b"Exif\0\0")

    return build
