"""PBM, PGM, PPM and PNM: read only."""

from __future__ import annotations

from typing import Final

from oimg.engine.codecs.base import Codec, PillowReader
from oimg.words.images import Format

CODEC: Final[Codec] = PillowReader(Format.PPM, "PPM", (b"P1", b"P2", b"P3", b"P4", b"P5", b"P6"))
