"""XMP packets cut in two and joined again."""

from __future__ import annotations

import re
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.engine.containers import xmp_packet

XMP_HEAD = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">'
XMP_FOOT = b"</rdf:RDF></x:xmpmeta>"


def leaves(packet: bytes) -> list[tuple[str, str]]:
    root = ET.fromstring(packet)  # noqa: S314 - made right here
    return sorted((e.tag, e.text) for e in root.iter() if e.text and e.text.strip())


@given(st.lists(st.integers(0, 3000), min_size=1, max_size=12), st.integers(1500, 6000))
def test_split_then_join_says_the_same(sizes, limit):
    parts = [
        f'<rdf:Description rdf:about="" xmlns:n{n}="http://n/{n}/">'
        f"<n{n}:v>{'x' * (size + 1)}</n{n}:v></rdf:Description>"
        for n, size in enumerate(sizes)
    ]
    packet = XMP_HEAD + "\n".join(parts).encode() + XMP_FOOT
    main, extended = xmp_packet.split(packet, limit)
    assert len(main) <= limit
    if len(packet) <= limit:
        assert (main, extended) == (packet, b"")
        return
    assert xmp_packet.guid(extended) in main
    joined = xmp_packet.join(main, extended)
    assert leaves(joined) == leaves(packet)
    assert not re.search(rb"HasExtendedXMP", joined)


def test_join_keeps_prefixes_that_were_declared_above():
    guest = XMP_HEAD.replace(b"<x:xmpmeta", b'<x:xmpmeta xmlns:q="http://q/"') + (
        b'<rdf:Description rdf:about=""><q:a>1</q:a></rdf:Description><rdf:Description q:b="2"/>' + XMP_FOOT
    )
    host = XMP_HEAD + b'<rdf:Description rdf:about=""/>' + XMP_FOOT
    joined = xmp_packet.join(host, guest)
    assert joined.count(b'xmlns:q="http://q/"') == 2
    assert joined.endswith(b'q:b="2"/>' + XMP_FOOT)


@pytest.mark.parametrize("broken", [b"", b"<a>", b"\xff\xfe<\0", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'])
def test_join_with_a_broken_packet_keeps_the_other(broken):
    host = XMP_HEAD + b'<rdf:Description rdf:about=""/>' + XMP_FOOT
    assert xmp_packet.join(host, broken) == host
