"""Translation: gettext catalogues of the command line and the window. Below the faces only the marks are used."""

from __future__ import annotations

import gettext as _gettext
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Final

DOMAIN: Final = "oimg"
FOLDER: Final = Path(__file__).resolve().parent.parent / "locale"


@dataclass(frozen=True, slots=True)
class Language:
    """A language as it calls itself, and how it writes numbers."""

    name: str
    decimal: str = "."
    group: str = ","


LANGUAGES: Final = MappingProxyType(
    {"en": Language("English"), "de": Language("Deutsch", ",", "."), "zh_CN": Language("简体中文")}
)
"""The languages that there are, by the codes that settings have."""


def N_(text: str) -> str:  # noqa: N802 - gettext's own name for "translate later"
    """Mark a text for translation without translating it."""
    return text


def NN_(one: str, many: str) -> tuple[str, str]:  # noqa: N802 - the same for a text that has a plural
    """Mark a text and its plural for translation: `ngettext(*NN_(…, …), count)` translates them later."""
    return one, many


def PN_(context: str, text: str) -> str:  # noqa: N802 - the same for a text that says other things elsewhere
    """Mark a text of a context for translation: gives the key that gettext knows it by."""
    return f"{context}\4{text}"


def catalogue(language: str = "") -> _gettext.NullTranslations:
    """Load a language; by default the user's, as the environment tells. English where there is none."""
    return _gettext.translation(DOMAIN, FOLDER, [language] if language else None, fallback=True)


def language_of(translations: _gettext.NullTranslations) -> str:
    """Tell the language of a catalogue, as `LANGUAGES` names it."""
    code = translations.info().get("language", "en")
    return code if code in LANGUAGES else "en"
