from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.engine.metadata import iptc, iptc_report
from oimg.engine.metadata.iptc import DataSet
from oimg.words.privacy import Finding
from oimg.words.privacy import MetadataGroup as G

UTF8 = DataSet(1, 90, b"\x1b%G")


@given(st.lists(st.builds(DataSet, st.integers(0, 255), st.integers(0, 255), st.binary(max_size=50)), max_size=20))
def test_what_is_written_is_read_back(datasets: list[DataSet]) -> None:
    assert iptc.parse(iptc.serialize(datasets)) == tuple(datasets)


@pytest.mark.parametrize("size", [0x7FFF, 0x8000, 70_000])
def test_long_values_take_the_extended_form(size: int) -> None:
    datasets = (DataSet(2, 202, b"x" * size), DataSet(2, 116, b"me"))
    assert iptc.parse(iptc.serialize(datasets)) == datasets


def test_only_the_chosen_groups_are_written_and_what_they_need() -> None:
    datasets = tuple(
        DataSet(record, number, f"MARK-{record}-{number}".encode()) for record in (1, 2, 3, 8) for number in range(256)
    )
    private = iptc.filtered(datasets, frozenset({G.COPYRIGHT, G.CREDIT}))
    assert private == (DataSet(2, 0, b"\0\4"), DataSet(2, 110, b"MARK-2-110"), DataSet(2, 116, b"MARK-2-116"))
    assert iptc.filtered(datasets, frozenset()) == ()
    every = iptc.filtered(datasets, frozenset(G))
    assert len(every) == len([d for d in datasets if d.group is not None]) + 1


def test_the_charset_stays_with_the_text() -> None:
    datasets = (UTF8, DataSet(2, 116, "© Ä".encode()))
    assert iptc.filtered(datasets, frozenset({G.COPYRIGHT})) == (UTF8, DataSet(2, 0, b"\0\4"), datasets[1])


def test_what_is_said() -> None:
    datasets = (
        UTF8,
        DataSet(2, 0, b"\0\4"),
        DataSet(2, 90, "Köln".encode()),
        DataSet(2, 80, b"M\xfcller"),
        DataSet(2, 202, b"abc"),
        DataSet(9, 9, b"x"),
    )
    assert list(iptc_report.findings(datasets[1:])) == [
        Finding(G.LOCATION, "City", "Köln"),
        Finding(G.OWNER, "By-line", "Müller"),
        Finding(G.THUMBNAIL, "ObjectPreviewData", "3 bytes"),
        Finding(G.OTHER, "9:9", "1 bytes"),
    ]
    assert "\ufffd" in list(iptc_report.findings(datasets))[1].value


@given(st.binary(max_size=200))
def test_random_bytes_never_raise(data: bytes) -> None:
    for block in (
        data,
        b"\x1c" + data,
        b"\x1c\2\x05\0\1a\x1c\2\x74\x80\4" + data,
        b"\x1c\2\x05\xff\xff" + data,
    ):
        found = iptc.parse(block)
        list(iptc_report.findings(found))
        iptc.serialize(iptc.filtered(found, frozenset(G)))


def test_a_flood_of_datasets_is_bounded() -> None:
    began = time.thread_time()
    assert len(iptc.parse(b"\x1c\2\x19\0\0" * 1_000_000)) == iptc.MAX_DATASETS
    assert time.thread_time() - began < 1


def test_real_blocks(real) -> None:
    blocks = {name: metadata.iptc for name, metadata in real.items() if metadata.iptc}
    assert len(blocks) >= 3
    for name, block in blocks.items():
        datasets = iptc.parse(block)
        assert datasets, name
        assert block.startswith(iptc.serialize(datasets)), name
        for end in range(len(block)):
            list(iptc_report.findings(iptc.parse(block[:end])))
