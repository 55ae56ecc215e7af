"""BMP, Windows and OS/2: read only."""

from __future__ import annotations

from typing import Final

from oimg.engine.codecs.base import Codec, PillowReader
from oimg.words.images import Format

CODEC: Final[Codec] = PillowReader(Format.BMP, "BMP", (b"BM",))
