"""What is printed where a stream has few characters: every sign is still to be read, and nothing raises."""

from __future__ import annotations

import pytest

from oimg.faces.cli.plain_text import ERRORS


@pytest.mark.parametrize(
    ("text", "encoding", "written"),
    [
        ("52° 31′ 12.0″ N", "ascii", b"52 deg 31' 12.0\" N"),
        ("52° 31′ 12.0″ N", "cp1252", b"52\xb0 31' 12.0\" N"),
        ("160 × 120 → …", "ascii", b"160 x 120 -> ..."),
        ("地 ü \udcff", "ascii", b"\\u5730 \\xfc \\udcff"),
        ("18–55 mm", "utf-8", "18–55 mm".encode()),
    ],
)
def test_signs_are_written_with_what_there_is(text: str, encoding: str, written: bytes) -> None:
    assert text.encode(encoding, ERRORS) == written


def test_bytes_that_are_no_text_are_not_its_business() -> None:
    with pytest.raises(UnicodeDecodeError):
        b"\xff".decode("utf-8", ERRORS)
