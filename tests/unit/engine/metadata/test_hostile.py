"""Random, truncated and mutated blocks: nothing but BadExif ever comes out, and it comes quickly."""

from __future__ import annotations

import time

from hypothesis import given
from hypothesis import strategies as st

from marked_blocks import Planter
from marked_blocks import exif as planted_exif
from marked_blocks import iptc as planted_iptc
from marked_blocks import resources as planted_resources
from marked_blocks import xmp as planted_xmp
from oimg.engine.metadata import exif, xmp
from oimg.engine.metadata.exif import BadExif, Exif, orientation, parse
from oimg.engine.metadata.exif_patch import patched
from oimg.engine.metadata.exif_report import findings
from oimg.engine.metadata.policy import apply
from oimg.engine.metadata.privacy import reveal
from oimg.words.images import Metadata
from oimg.words.privacy import MetadataGroup as G
from oimg.words.privacy import MetadataPolicy as P
from strategies import damaged


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


PLANT = Planter()
_BLOCKS = {
    "exif": planted_exif(PLANT),
    "xmp": planted_xmp(PLANT),
    "iptc": planted_iptc(PLANT),
    "photoshop": planted_resources(PLANT),
}
_OWN_WORDS = {G.COPYRIGHT, G.CREDIT}
SECRETS = [p for mark in PLANT.marks.values() if mark.group not in _OWN_WORDS for p in mark.patterns]
# Without the fields that the private policy takes over as they are: damage could make one point at a secret.
_NO_OWN_WORDS = {
    name: block.replace(b"\x82\x98", b"\x82\x99").replace(b"rights", b"wrongs").replace(b"Credit", b"Debits")
    for name, block in _BLOCKS.items()
} | {"iptc": _BLOCKS["iptc"].replace(b"\x1c\2\x6e", b"\x1c\2\xff").replace(b"\x1c\2\x74", b"\x1c\2\xff")}


def told_in(metadata: Metadata) -> set[bytes]:
    found = b"\n".join((metadata.exif, metadata.xmp, metadata.iptc, metadata.photoshop, *metadata.comments))
    return {secret for secret in SECRETS if secret in found}


def test_the_secrets_are_there() -> None:
    whole = Metadata(**_BLOCKS)
    assert len(told_in(run(whole, P.KEEP, changed=False, left=1)[0])) > 60
    assert told_in(run(whole, P.PRIVATE)[0]) == set()


@given(damaged(_BLOCKS, bytes_of=st.integers(0, 255)), st.integers(1, 8), st.booleans())
def test_nothing_survives_strip_however_broken(blocks: dict[str, bytes], left: int, changed: bool) -> None:
    metadata = Metadata(**blocks)
    after, _ = run(metadata, P.STRIP, left=left, changed=changed)
    assert after == Metadata(exif=after.exif)
    assert len(after.exif) <= 26
    reveal(run(metadata, P.KEEP, left=left, changed=changed)[0])


@given(damaged(_NO_OWN_WORDS, bytes_of=st.sampled_from((0, 255))), st.integers(1, 8), st.booleans())
def test_nothing_survives_private_however_broken(blocks: dict[str, bytes], left: int, changed: bool) -> None:
    after, _ = run(Metadata(**blocks), P.PRIVATE, left=left, changed=changed)
    assert told_in(after) == set()


@given(damaged(_BLOCKS, bytes_of=st.integers(0, 255)), st.frozensets(st.sampled_from(list(G)), max_size=4))
def test_what_is_kept_of_broken_blocks_is_read_again(blocks: dict[str, bytes], keep: frozenset[G]) -> None:
    for policy in P:
        once, _ = run(Metadata(**blocks), policy, keep, changed=True)
        again, removed = run(once, policy, keep, changed=True)
        assert again == once
        assert removed == frozenset()
