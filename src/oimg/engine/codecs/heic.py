"""HEIC and HEIF: read only, 8 bits or all bits of deeper pictures."""

from __future__ import annotations

from dataclasses import dataclass
from io import BytesIO
from typing import Any, BinaryIO, Final

import numpy as np

from oimg.engine.codecs.base import Capabilities, Codec, check_limits, foreign
from oimg.engine.containers import isobmff as container
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import ColorModel, DecodedImage, Format, Frame, Header, Limits, Metadata

_CAPABILITIES: Final = Capabilities()


@dataclass(frozen=True, slots=True)
class HeicCodec:
    """libheif through pillow-heif; it applies rotation and mirroring itself."""

    format: Format = Format.HEIC
    capabilities: Capabilities = _CAPABILITIES

    def sniff(self, head: bytes) -> bool:
        """An ftyp box with HEIF brands."""
        return container.sniff(head) is Format.HEIC

    def probe(self, stream: BinaryIO) -> Header:
        """Read the boxes of the primary item."""
        return container.header(stream)

    def read_metadata(self, untrusted: bytes) -> tuple[Metadata, bytes]:
        """Give metadata and profile without decoding a pixel."""
        return container.read_metadata(untrusted)

    def decode(self, untrusted: bytes, limits: Limits) -> DecodedImage:
        """Decode the primary picture, upright."""
        check_limits(container.header(BytesIO(untrusted)), len(untrusted), limits)
        metadata, profile = container.read_metadata(untrusted)
        library = _library()
        with foreign(ErrorCode.CORRUPT):
            file = library.open_heif(untrusted, convert_hdr_to_8bit=False)
            image = file[file.primary_index]
            array = np.asarray(image)
            icc = image.info.get("icc_profile") or profile
        pixels = np.ascontiguousarray(array if array.ndim == 3 else array[:, :, np.newaxis])
        if pixels.shape[2] not in (1, 2, 3, 4):
            raise OimgError(ErrorCode.UNSUPPORTED, f"pixel mode {image.mode}")
        color = ColorModel.GRAY if pixels.shape[2] < 3 else ColorModel.RGB
        return DecodedImage((Frame(pixels),), color, icc, metadata, loop=1)

    def library(self) -> str:
        """Versions of the plugin and of libheif."""
        with foreign(ErrorCode.CODEC_MISSING):
            library = _library()
            return f"pillow-heif {library.__version__}: libheif {library.libheif_version()}"
        raise AssertionError  # pragma: no cover


def _library() -> Any:
    with foreign(ErrorCode.CODEC_MISSING):
        import pillow_heif  # noqa: PLC0415 - imported on first use

        pillow_heif.options.DECODE_THREADS = 1
        return pillow_heif


CODEC: Final[Codec] = HeicCodec()
