"""JUMBF superboxes (ISO/IEC 19566-5): telling content credentials (C2PA) from other uses of the format."""

from __future__ import annotations

# C2PA 2.1, 11.1.4.2: the type of a manifest store, 63327061-0011-0010-8000-00AA00389B71, and its label.
_STORE = bytes.fromhex("6332706100110010800000aa00389b71")
_LABEL = b"c2pa\0"
# What has to be read of a superbox to know its type: two box heads, UUID, toggles and the label.
LONGEST_HEAD = 64


def is_manifest_store(untrusted: bytes) -> bool:
    """Whether a `jumb` box, from its own head on, is a C2PA manifest store.

    ISO/IEC 19566-5, A.3: the first box inside is `jumd`: type (16 bytes), toggles (1 byte), label (ends with zero).
    """
    if untrusted[4:8] != b"jumb":
        return False
    # A length of 1 stands for eight more bytes of length (A.2).
    start = 16 if untrusted[:4] == b"\0\0\0\1" else 8
    kind, uuid, label = (untrusted[start + a : start + b] for a, b in ((4, 8), (8, 24), (25, 30)))
    return kind == b"jumd" and (uuid == _STORE or label == _LABEL)


def is_manifest_segment(payload: bytes) -> bool:
    """Whether an APP11 segment of a JPEG carries a manifest store, or a part of one.

    ISO/IEC 18477-3, B.2: "JP", instance (2 bytes), packet number (4 bytes), then the box; every packet repeats the
    head of the box, the first one goes on with what is inside.
    """
    return payload[:2] == b"JP" and is_manifest_store(payload[8:])
