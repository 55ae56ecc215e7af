"""Every format has its names, and no name stands for two formats."""

from __future__ import annotations

import mimetypes
import re

import pytest

from oimg.words.file_types import ALL_MEDIA_TYPES, APPLE_TYPES, MEDIA_TYPES, SUFFIXES, USUAL_SUFFIXES
from oimg.words.images import Format


@pytest.mark.parametrize("table", [MEDIA_TYPES, APPLE_TYPES], ids=["media types", "Apple's types"])
def test_every_format_has_names_of_its_own(table: dict[Format, tuple[str, ...]]) -> None:
    assert set(table) == set(Format) == set(SUFFIXES.values())
    names = [name for each in table.values() for name in each]
    assert len(set(names)) == len(names)
    assert all(table.values())


def test_media_types_are_of_pictures() -> None:
    assert all(re.fullmatch(r"image/[a-z0-9][a-z0-9.+-]*", name) for name in ALL_MEDIA_TYPES)
    assert all(re.fullmatch(r"[a-z]+(\.[a-z0-9-]+)+", name) for names in APPLE_TYPES.values() for name in names)


@pytest.mark.parametrize("format_", [Format.JPEG, Format.PNG, Format.GIF, Format.TIFF, Format.ICO])
def test_python_knows_the_common_ones_by_the_same_names(format_: Format) -> None:
    table = mimetypes.MimeTypes(())  # not the machine's own files
    assert table.guess_type(f"a{USUAL_SUFFIXES[format_]}")[0] in MEDIA_TYPES[format_]
