"""Every hostile real file, whatever it claims to be, through every reader."""

from __future__ import annotations

import pytest

from oimg.engine.containers import gif, isobmff, jpeg, jxl, png, png_color, riff
from oimg.words.images import Metadata

READERS = [
    *(module.header for module in (gif, isobmff, jpeg, jxl, png, riff)),
    *(module.read_metadata for module in (gif, isobmff, jpeg, jxl, png, riff)),
    jpeg.quantization,
    jxl.has_jpeg_reconstruction,
    jxl.loses_profile,
    png.chunks,
    png.colour_chunks,
    png.is_plain_srgb,
    png_color.code_points,
    gif.blocks,
]


@pytest.mark.parametrize("read", READERS, ids=lambda read: f"{read.__module__.rpartition('.')[2]}-{read.__name__}")
def test_hostile_files_give_an_answer_or_an_expected_error(entries, only_expected_errors, read):
    hostile = [entry for entry in entries if entry.name.startswith("hostile/")]
    assert len(hostile) > 70
    for entry in hostile:
        only_expected_errors(read, entry.path.read_bytes())


def test_hostile_files_are_rewritten_or_refused(entries, only_expected_errors):
    for entry in entries:
        if entry.name.startswith("hostile/"):
            data = entry.path.read_bytes()
            only_expected_errors(jpeg.rewrite, data, Metadata(), b"")
            only_expected_errors(png.rewrite, data, Metadata(), b"")
            only_expected_errors(riff.rewrite, data, Metadata(), b"")
            only_expected_errors(jxl.rewrite, data, Metadata())


@pytest.mark.parametrize(
    ("read", "name"),
    [
        (png.header, "hostile/corrupt/xhdn0g08.png"),
        (png.header, "hostile/corrupt/xd9n2c08.png"),
        (png.header, "hostile/truncated/just_header.png"),
        (jpeg.header, "hostile/truncated/zero-bytes.jpg"),
        (riff.header, "hostile/mislabelled/fixture-json.webp"),
        (isobmff.header, "hostile/unsupported/mp4-with-audio.mp4"),
        (png.header, "hostile/mislabelled/text-content.png"),
    ],
)
def test_these_are_refused(real, only_expected_errors, read, name):
    assert only_expected_errors(read, real(name).read_bytes()) is None


@pytest.mark.parametrize(
    ("name", "size"),
    [
        ("hostile/bombs/lottapixel.jpg", (64250, 64250)),
        ("hostile/bombs/max_size.jpg", (65535, 65535)),
        ("hostile/corrupt/junk_jpeg_header.jpg", (1024, 768)),
        ("hostile/truncated/truncated.jpg", (100, 100)),
        ("hostile/truncated/malformed.jpg", (1080, 1350)),
    ],
)
def test_the_size_of_a_bomb_or_a_damaged_file_is_told(real, only_expected_errors, name, size):
    found = only_expected_errors(jpeg.header, real(name).read_bytes())
    assert (found.width, found.height) == size
