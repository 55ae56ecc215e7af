"""Orientation and density out of EXIF blocks."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.engine.containers import tiff_block


def exif_block(orientation: int = 6) -> bytes:
    return struct.pack("<2sHIHHHIHHI", b"II", 42, 8, 1, 0x0112, 3, 1, orientation, 0, 0)


@pytest.mark.parametrize(("order", "mark"), [("<", b"II*\0"), (">", b"MM\0*")])
@pytest.mark.parametrize(("unit", "wanted"), [(2, (300.0, 72.0)), (3, (762.0, 182.88))])
def test_density_in_both_byte_orders_and_units(order, mark, unit, wanted):
    entries = struct.pack(order + "HHIIHHIIHHIHH", 0x11A, 5, 1, 50, 0x11B, 5, 1, 58, 0x128, 3, 1, unit, 0)
    block = mark + struct.pack(order + "IH", 8, 3) + entries + b"\0" * 4
    block += struct.pack(order + "IIII", 300, 1, 144, 2)
    assert tiff_block.density(block) == pytest.approx(wanted)


@given(st.binary(max_size=60))
def test_any_bytes_give_an_orientation(tail):
    assert 1 <= tiff_block.orientation(b"MM\0*" + tail) <= 8
    tiff_block.density(b"II*\0" + tail)


def test_exif_numbers_that_make_no_sense_say_nothing():
    assert tiff_block.orientation(exif_block(9)) == 1
    assert tiff_block.orientation(b"") == 1
    assert tiff_block.orientation(b"II*\0\xff\xff\xff\xff") == 1
    assert tiff_block.density(exif_block()) is None
