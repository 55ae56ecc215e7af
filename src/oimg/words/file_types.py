"""What systems call the formats: suffixes, media types and Apple's type identifiers."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from oimg.words.images import Format

# Every suffix that stands for a format, the usual one first.
_SUFFIXES: Final = MappingProxyType[Format, tuple[str, ...]](
    {
        Format.JPEG: (".jpg", ".jpeg", ".jpe", ".jfif"),
        Format.PNG: (".png", ".apng"),
        Format.WEBP: (".webp",),
        Format.AVIF: (".avif", ".avifs"),
        Format.JXL: (".jxl",),
        Format.GIF: (".gif",),
        Format.TIFF: (".tif", ".tiff"),
        Format.HEIC: (".heic", ".heif", ".hif"),
        Format.BMP: (".bmp", ".dib"),
        Format.ICO: (".ico",),
        Format.PPM: (".ppm", ".pgm", ".pbm", ".pnm"),
        Format.QOI: (".qoi",),
    }
)
# The same the other way round, for telling a wrong name; and the suffix that a new file gets.
SUFFIXES: Final = MappingProxyType({each: format_ for format_, told in _SUFFIXES.items() for each in told})
USUAL_SUFFIXES: Final = MappingProxyType({format_: told[0] for format_, told in _SUFFIXES.items()})
# As shared-mime-info names them, the usual one first; image/heic is an alias there, and the name elsewhere.
MEDIA_TYPES: Final = MappingProxyType[Format, tuple[str, ...]](
    {
        Format.JPEG: ("image/jpeg",),
        Format.PNG: ("image/png", "image/apng"),
        Format.WEBP: ("image/webp",),
        Format.AVIF: ("image/avif",),
        Format.JXL: ("image/jxl",),
        Format.GIF: ("image/gif",),
        Format.TIFF: ("image/tiff",),
        Format.HEIC: ("image/heif", "image/heic"),
        Format.BMP: ("image/bmp",),
        Format.ICO: ("image/vnd.microsoft.icon",),
        Format.PPM: (
            "image/x-portable-pixmap",
            "image/x-portable-graymap",
            "image/x-portable-bitmap",
            "image/x-portable-anymap",
        ),
        Format.QOI: ("image/qoi",),
    }
)
# Uniform Type Identifiers of macOS, the usual one first. It has none for QOI, which is named after the format's site.
APPLE_TYPES: Final = MappingProxyType[Format, tuple[str, ...]](
    {
        Format.JPEG: ("public.jpeg",),
        Format.PNG: ("public.png",),
        Format.WEBP: ("org.webmproject.webp",),
        Format.AVIF: ("public.avif", "public.avis"),
        Format.JXL: ("public.jpeg-xl",),
        Format.GIF: ("com.compuserve.gif",),
        Format.TIFF: ("public.tiff",),
        Format.HEIC: ("public.heic", "public.heif", "public.heics"),
        Format.BMP: ("com.microsoft.bmp",),
        Format.ICO: ("com.microsoft.ico",),
        Format.PPM: ("public.pbm",),
        Format.QOI: ("org.qoiformat.qoi",),
    }
)
ALL_MEDIA_TYPES: Final = tuple(name for names in MEDIA_TYPES.values() for name in names)
