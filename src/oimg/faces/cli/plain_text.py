"""Signs that a stream has no character for, written with characters that every stream has."""

from __future__ import annotations

import codecs
from types import MappingProxyType
from typing import Final

ERRORS: Final = "oimg.plain"
"""What streams are told to do about them; also with bytes of file names that are no text."""

_SIGNS: Final = MappingProxyType(
    {"′": "'", "″": '"', "°": " deg", "×": "x", "–": "-", "…": "...", "→": "->", "“": '"', "”": '"', "„": '"'}
)


def _written(error: UnicodeError) -> tuple[str | bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    sign = _SIGNS.get(error.object[error.start])
    return codecs.backslashreplace_errors(error) if sign is None else (sign, error.start + 1)


codecs.register_error(ERRORS, _written)
