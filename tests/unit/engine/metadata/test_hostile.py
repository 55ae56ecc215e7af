"""Random, truncated and mutated blocks: nothing but BadExif ever comes out, and it comes quickly."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from oimg.engine.metadata import exif, xmp
from oimg.engine.metadata.exif import BadExif, Exif, orientation, parse
from oimg.engine.metadata.exif_patch import patched
from oimg.engine.metadata.exif_report import findings
from oimg.engine.metadata.policy import apply
from oimg.engine.metadata.privacy import reveal
from oimg.words.images import Metadata
from oimg.words.privacy import MetadataGroup as G
from oimg.words.privacy import MetadataPolicy as P


def run(metadata: Metadata, policy: P, keep: frozenset[G] = frozenset(), *, left: int = 1, changed: bool = True):
    return apply(metadata, policy, keep, orientation_left=left, size=(640, 480), pixels_changed=changed)


def _never_fails(block: bytes) -> None:
    assert 1 <= orientation(block) <= 8
    try:
        exif = parse(block)
    except BadExif:
        return
    list(findings(exif))
    fresh = exif.serialize()
    assert parse(fresh).orientation == exif.orientation
    for drop in (True, False):
        changed = parse(patched(block, orientation=3, width=5, height=6, drop_pictures=drop))
        assert isinstance(changed, Exif)


@given(st.binary(max_size=300), st.sampled_from([b"II*\0\x08\0\0\0", b"MM\0*\0\0\0\x08", b""]))
def test_random_bytes_never_raise_anything_else(data: bytes, head: bytes) -> None:
    _never_fails(head + data)


def test_every_truncation_of_a_full_block(planted) -> None:
    block = planted()
    for end in range(0, len(block), 7):
        _never_fails(block[:end])


def test_real_blocks_truncated_and_mutated(real) -> None:
    began = time.thread_time()
    tried = 0
    for number, metadata in enumerate(real.values()):
        block = metadata.exif[:3000]
        for step in range(60):
            at = (step * 997 + number * 31) % (len(block) + 1)
            _never_fails(block[:at])
            _never_fails(block[:at] + bytes([step * 5 % 256]) + block[at + 1 :])
            _never_fails(block[:at] + b"\xff\xff\xff\xff" + block[at + 4 :])
            tried += 3
    assert tried > 5000
    assert time.thread_time() - began < 60


blocks = st.builds(
    Metadata,
    exif=st.binary(max_size=80).map(lambda data: b"II*\0\x08\0\0\0" + data),
    xmp=st.binary(max_size=60),
    iptc=st.binary(max_size=60).map(lambda data: b"\x1c" + data),
    comments=st.lists(st.binary(max_size=9), max_size=2).map(tuple),
)


@given(
    blocks,
    st.sampled_from(list(P)),
    st.frozensets(st.sampled_from(list(G))),
    st.integers(1, 8),
    st.booleans(),
)
def test_apply_never_raises(metadata: Metadata, policy: P, keep: frozenset[G], left: int, changed: bool) -> None:
    after, removed = run(metadata, policy, keep, left=left, changed=changed)
    reveal(after)
    assert removed <= frozenset(G)
    if policy is not P.KEEP:
        assert exif.orientation(after.exif) == left


def test_mutated_real_metadata_never_raises(real) -> None:
    for number, metadata in enumerate(real.values()):
        for step in range(12):
            cut = (step * 911 + number * 37) % 3000
            broken = Metadata(
                metadata.exif[:cut] + b"\xff" + metadata.exif[cut + 1 : 4000],
                metadata.xmp[:cut] + b"<" + metadata.xmp[cut + 1 : 4000],
                metadata.iptc[:cut] + b"\x80" + metadata.iptc[cut + 1 :],
            )
            for policy in P:
                reveal(run(broken, policy, frozenset(list(G)[step % len(G) :]))[0])
            xmp.parse(broken.xmp)
