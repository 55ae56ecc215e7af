"""How a picture came about, and what was done to it, in the codes of IPTC and C2PA.

Source: IPTC NewsCodes, Digital Source Type; C2PA technical specification 2.1, the actions that it names.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Final

from oimg.words.i18n import N_, PN_
from oimg.words.sayings import Coded, Phrase, Saying, joined

SOURCE_TYPES: Final = MappingProxyType(
    {
        "digitalCapture": N_("taken with a digital camera"),
        "computationalCapture": N_("computed by the camera from several exposures"),
        "negativeFilm": N_("scanned from a film negative"),
        "positiveFilm": N_("scanned from a slide"),
        "print": N_("scanned from a print"),
        "screenCapture": N_("a picture of a screen"),
        "humanEdits": N_("edited by a person"),
        "minorHumanEdits": N_("slightly edited by a person"),
        "compositeCapture": N_("put together from photos"),
        "composite": N_("put together from several pictures"),
        "compositeSynthetic": N_("put together, with synthetic parts"),
        "digitalCreation": N_("created by a person with a program"),
        "digitalArt": N_("created by a person with a program"),
        "softwareImage": N_("created by a program"),
        "algorithmicMedia": N_("created by an algorithm"),
        "dataDrivenMedia": N_("drawn from data"),
        "algorithmicallyEnhanced": N_("enhanced by an algorithm"),
        "trainedAlgorithmicMedia": N_("created by generative AI"),
        "compositeWithTrainedAlgorithmicMedia": N_("edited with generative AI"),
    }
)
ACTIONS: Final = MappingProxyType(
    {
        "c2pa.color_adjustments": PN_("history", "colours adjusted"),
        "c2pa.converted": PN_("history", "converted"),
        "c2pa.created": PN_("history", "created"),
        "c2pa.cropped": PN_("history", "cropped"),
        "c2pa.drawing": PN_("history", "drawn on"),
        "c2pa.edited": PN_("history", "edited"),
        "c2pa.filtered": PN_("history", "filtered"),
        "c2pa.opened": PN_("history", "opened"),
        "c2pa.orientation": PN_("history", "turned"),
        "c2pa.placed": PN_("history", "another picture placed in it"),
        "c2pa.published": PN_("history", "published"),
        "c2pa.redacted": PN_("history", "redacted"),
        "c2pa.removed": PN_("history", "a part removed"),
        "c2pa.resized": PN_("history", "resized"),
        "c2pa.transcoded": PN_("history", "transcoded"),
        "c2pa.watermarked": PN_("history", "watermarked"),
    }
)


def in_words(codes: Iterable[str], words: Mapping[str, str]) -> Saying:
    """Say codes; programs read them as they are, and one that is not known stays as it is."""
    return joined([Coded(code, Phrase(word)) if (word := words.get(_last(code))) else code for code in codes])


def _last(code: str) -> str:
    """The code itself, where XMP has it as an address."""
    return code.rpartition("/")[2]
