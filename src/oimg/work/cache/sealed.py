"""Entries of the store that can only be read with the key and with what they are about."""

from __future__ import annotations

import hashlib
import hmac
import json
from typing import Any, Final

from oimg.work.cache.store import Store

DIGEST: Final = 32  # bytes
_KEY: Final = 16
_TAG: Final = 8


class SealedStore:
    """JSON objects, each stored by a kind and by what it is about, such as a digest. Nothing here raises.

    A value is XORed with a pad derived from the key and from what it is about, and has a message authentication code:
    an entry that was damaged or tampered with counts as missing.
    """

    def __init__(self, store: Store, secret: bytes) -> None:
        self._store = store
        self._secret = secret

    def digest(self, data: bytes) -> bytes:
        """The keyed digest of a content, which cannot be computed without the key."""
        return hashlib.blake2b(data, digest_size=DIGEST, key=self._secret, person=b"content").digest()

    def put(self, kind: bytes, about: bytes, told: dict[str, Any]) -> None:
        """Remember something; there is one value for the same kind and `about`."""
        text = json.dumps(told, separators=(",", ":")).encode()
        sealed = _xor(text, self._pad(kind, about, len(text)))
        self._store.put(self._key(kind, about), self._tag(about, text) + sealed)

    def get(self, kind: bytes, about: bytes) -> dict[str, Any] | None:
        """Return what was put, exactly as it was put, or None."""
        value = self._store.get(self._key(kind, about))
        if value is None:
            return None
        sealed = value[_TAG:]
        text = _xor(sealed, self._pad(kind, about, len(sealed)))
        if not hmac.compare_digest(self._tag(about, text), value[:_TAG]):
            return None
        told: dict[str, Any] = json.loads(text)  # our own, as the tag proves
        return told

    def close(self) -> None:
        """Write what is not written yet."""
        self._store.close()

    def _key(self, kind: bytes, about: bytes) -> bytes:
        return hashlib.blake2b(about, digest_size=_KEY, key=self._secret, person=kind).digest()

    def _pad(self, kind: bytes, about: bytes, length: int) -> bytes:
        return hashlib.shake_256(self._secret + kind + about).digest(length)

    def _tag(self, about: bytes, text: bytes) -> bytes:
        return hashlib.blake2b(about + text, digest_size=_TAG, key=self._secret, person=b"tag").digest()


def _xor(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")
