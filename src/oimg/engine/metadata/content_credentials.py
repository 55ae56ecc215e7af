"""What content credentials (C2PA) say: which program made the claim, who signed it, what was done to the picture.

Nothing is verified here: it takes trust lists and a clock. Source: C2PA technical specification 2.1 sections 10, 11 and
13, JUMBF (ISO/IEC 19566-5), CBOR (RFC 8949), COSE (RFC 9052, x5chain of RFC 9360), X.509 (RFC 5280). Nothing raises.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

_MAX_DEPTH: Final = 16
_MAX_ITEMS: Final = 20_000
_X5CHAIN: Final = (33, "x5chain")
# Object identifiers of X.520 attributes: organization 2.5.4.10, common name 2.5.4.3.
_ORGANIZATION, _COMMON_NAME = b"\x55\x04\x0a", b"\x55\x04\x03"


@dataclass(frozen=True, slots=True)
class Credentials:
    """What the newest manifest says; texts are empty where it does not say it."""

    generator: str = ""
    title: str = ""
    signer: str = ""
    actions: tuple[str, ...] = ()
    source_types: tuple[str, ...] = ()
    manifests: int = 0


def read(store: bytes) -> Credentials:
    """Read a manifest store from the head of its `jumb` box on."""
    top = next(_boxes(store), None)
    manifests = [body for kind, body in _boxes(_inside(top[1])) if kind == b"jumb"] if top is not None else []
    if not manifests:
        return Credentials()
    generator = title = signer = ""
    actions: list[str] = []
    sources: list[str] = []
    for label, content in _labelled(manifests[-1], 0):
        value = _decoded(content)
        if label.startswith("c2pa.claim") and isinstance(value, dict):
            generator = generator or _generator(value)
            title = title or _text(value.get("dc:title"))
        elif label == "c2pa.signature":
            signer = signer or _signer(value)
        elif label.startswith("c2pa.actions") and isinstance(value, dict):
            for action in value.get("actions", ()) if isinstance(value.get("actions"), list) else ():
                if isinstance(action, dict):
                    actions.append(_text(action.get("action")))
                    sources.append(_text(action.get("digitalSourceType")).rpartition("/")[2])
    done, made = (tuple(dict.fromkeys(each for each in found if each)) for found in (actions, sources))
    return Credentials(generator, title, signer, done, made, len(manifests))


def _generator(claim: dict[Any, Any]) -> str:
    """Name the program: claim_generator, or name and version of claim_generator_info."""
    info = claim.get("claim_generator_info")
    first = info[0] if isinstance(info, list) and info else info
    if isinstance(first, dict):
        named = f"{_text(first.get('name'))} {_text(first.get('version'))}".strip()
        if named:
            return named
    return _text(claim.get("claim_generator"))


def _text(value: object) -> str:
    return value[:1000] if isinstance(value, str) else ""


def _boxes(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Yield type and content of the boxes one after the other (ISO/IEC 19566-5, A.2)."""
    at = 0
    for _ in range(_MAX_ITEMS):
        if at + 8 > len(data):
            return
        size, head = int.from_bytes(data[at : at + 4], "big"), 8
        if size == 1:
            size, head = int.from_bytes(data[at + 8 : at + 16], "big"), 16
        size = size or len(data) - at
        if size < head:
            return
        yield data[at + 4 : at + 8], data[at + head : at + size]
        at += size


def _inside(superbox: bytes) -> bytes:
    """The boxes of a superbox behind its description."""
    size = int.from_bytes(superbox[:4], "big")
    return superbox[size:] if superbox[4:8] == b"jumd" and size >= 8 else b""


def _label(superbox: bytes) -> str:
    """The label in a description box: type (16 bytes), toggles, label ended by zero."""
    size = int.from_bytes(superbox[:4], "big")
    return superbox[25 : min(size, 300)].split(b"\0", 1)[0].decode("utf-8", errors="replace")


def _labelled(superbox: bytes, depth: int) -> Iterator[tuple[str, bytes]]:
    """Yield label and content of every CBOR box below a superbox."""
    label = _label(superbox)
    for kind, body in _boxes(_inside(superbox)):
        if kind == b"jumb" and depth < _MAX_DEPTH:
            yield from _labelled(body, depth + 1)
        elif kind == b"cbor":
            yield label, body


def _decoded(data: bytes) -> Any:
    try:
        return _Cbor(data).item(0)
    except (IndexError, ValueError, TypeError, OverflowError):
        return None


class _Cbor:
    """Decodes one CBOR item (RFC 8949, 3); raises IndexError or ValueError where there is none."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._left = _MAX_ITEMS

    def item(self, depth: int) -> Any:
        self._left -= 1
        if depth > _MAX_DEPTH or self._left < 0:
            raise ValueError("CBOR too deep or too large")
        first = self._take(1)[0]
        major, short = first >> 5, first & 31
        if short == 31:
            return self._open_ended(major, depth)
        size = self._number(short)
        match major:
            case 0 | 7:
                return size
            case 1:
                return -1 - size
            case 2:
                return self._take(size)
            case 3:
                return self._take(size).decode("utf-8", errors="replace")
            case 4:
                return [self.item(depth + 1) for _ in range(size)]
            case 5:
                return dict(self._pair(depth) for _ in range(size))
            case _:
                return self.item(depth + 1)  # a tag; what it says of the item does not matter here

    def _pair(self, depth: int) -> tuple[Any, Any]:
        key = self.item(depth + 1)
        return (key if isinstance(key, str | int) else repr(key)[:100]), self.item(depth + 1)

    def _open_ended(self, major: int, depth: int) -> Any:
        found: list[Any] = []
        while self._data[self._at] != 0xFF:
            found.append(self._pair(depth) if major == 5 else self.item(depth + 1))
        self._at += 1
        match major:
            case 2:
                return b"".join(found)
            case 3:
                return "".join(found)
            case _:
                return dict(found) if major == 5 else found

    def _take(self, size: int) -> bytes:
        taken = self._data[self._at : self._at + size]
        if len(taken) < size:
            raise IndexError("CBOR cut short")
        self._at += size
        return taken

    def _number(self, short: int) -> int:
        return short if short < 24 else int.from_bytes(self._take(1 << (short - 24) if short < 28 else 1 << 40), "big")


def _signer(value: Any) -> str:
    """Name who the certificate of a COSE_Sign1 message was made out to."""
    if not isinstance(value, list) or len(value) < 2:
        return ""
    protected = _decoded(value[0]) if isinstance(value[0], bytes) else None
    for headers in (protected, value[1]):
        for key in _X5CHAIN:
            chain = headers.get(key) if isinstance(headers, dict) else None
            first = chain[0] if isinstance(chain, list) and chain else chain
            if isinstance(first, bytes):
                return _subject(first)
    return ""


def _subject(certificate: bytes) -> str:
    """Organization and common name of the subject of an X.509 certificate (RFC 5280, 4.1)."""
    parts = list(_der(next(iter(_der(certificate)), (0, b""))[1]))
    fields = [body for kind, body in _der(parts[0][1]) if kind == 0x30] if parts else []
    # SEQUENCEs of a TBSCertificate: signature, issuer, validity, subject, key.
    names: dict[bytes, str] = {}
    for _, attributes in _der(fields[3]) if len(fields) > 3 else ():
        for _, attribute in _der(attributes):
            pair = list(_der(attribute))
            if len(pair) == 2:
                names.setdefault(pair[0][1], pair[1][1].decode("utf-8", errors="replace"))
    wanted = (names.get(_ORGANIZATION, ""), names.get(_COMMON_NAME, ""))
    return ", ".join(dict.fromkeys(name for name in wanted if name))


def _der(data: bytes) -> Iterator[tuple[int, bytes]]:
    """Yield tag and content of DER values one after the other; at most 100."""
    at = 0
    for _ in range(100):
        if at + 2 > len(data):
            return
        size, start = data[at + 1], at + 2
        if size & 0x80:
            count = size & 0x7F
            size, start = int.from_bytes(data[start : start + count][:8], "big"), start + count
        yield data[at], data[start : start + size]
        at = start + size
