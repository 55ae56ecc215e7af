"""ICO; the largest entry is the picture: read only."""

from __future__ import annotations

from typing import Final

from oimg.engine.codecs.base import Codec, PillowReader
from oimg.words.images import Format

CODEC: Final[Codec] = PillowReader(Format.ICO, "ICO", (b"\x00\x00\x01\x00",), (".ico",))
