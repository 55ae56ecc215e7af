"""Translation: gettext catalogues shared by the command line and the window. Below the faces only N_ is used."""

from __future__ import annotations

import gettext as _gettext
from pathlib import Path
from typing import Final

DOMAIN: Final = "oimg"


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a text for translation without translating it."""
    return text


def catalogue() -> _gettext.NullTranslations:
    """Load the user's language; English where there is none."""
    folder = Path(__file__).resolve().parent.parent / "locale"
    return _gettext.translation(DOMAIN, folder, fallback=True)
