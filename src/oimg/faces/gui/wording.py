"""The sentences that all faces share, as the window says them: it calls switches by their names in the options."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from oimg.faces import messages
from oimg.faces.gui.actions import SPECS, Act, plain
from oimg.faces.messages import Switches, _
from oimg.words.errors import ErrorCode
from oimg.words.i18n import N_
from oimg.words.report import Failed, Kept, KeptCode, Outcome
from oimg.words.undo import RefusalCode


def _named(label: str) -> str:
    return _("“{name}”").format(name=label)


# By the very texts that the controls bear: tests/gui/test_wording.py finds each on its control.
SWITCHES: Final = Switches(
    flatten=_named(_("Take the plain picture of special files")),
    srgb=_named(_("Convert to sRGB")),
    format=_named(_("Format")),
    undo_file=_named(plain(SPECS[Act.UNDO_FILES].text)),
)
# Reasons that the command line words with its flags or more technically.
_KEPT: Final = MappingProxyType(
    {
        KeptCode.NOT_SMALLER: N_("it is already as small as it gets"),
        KeptCode.BELOW_GATE: N_("a new file would save less than you asked for"),
        KeptCode.ALREADY_OPTIMIZED: N_("it is already optimized"),
        KeptCode.WITHIN_SIZE: N_("it is already within the size you asked for"),
        KeptCode.TARGET_UNREACHABLE: N_("this format cannot reach the quality you asked for"),
        KeptCode.SIZE_UNREACHABLE: N_("it cannot be made that small and still look good"),
        KeptCode.MULTI_PICTURE: N_("it holds several pictures, and a new file would keep only the first"),
        KeptCode.GAIN_MAP: N_("it is an HDR photo, and a new file would lose its extra brightness"),
        KeptCode.MOTION_PHOTO: N_("it is a motion photo, and a new file would lose its video"),
        KeptCode.DEPTH_MAP: N_("it has a depth map, which a new file would lose"),
        KeptCode.C2PA: N_("it is signed with content credentials, and any change would break the signature"),
        KeptCode.COLOR: N_("this format cannot carry its colours; converting to sRGB would help"),
        KeptCode.READ_ONLY_FORMAT: N_("this format can be read but not written; choose another format"),
        KeptCode.LOSSLESS: N_("it cannot be made smaller without loss in this format"),
    }
)
FLATTENED: Final = frozenset(
    {KeptCode.MULTI_PICTURE, KeptCode.GAIN_MAP, KeptCode.MOTION_PHOTO, KeptCode.DEPTH_MAP, KeptCode.C2PA}
)
"""What is kept only until the user wants its plain picture."""
# What a library says of a broken picture tells a person nothing; it is in the report.
_OF_LIBRARIES: Final = frozenset(
    {ErrorCode.NOT_AN_IMAGE, ErrorCode.UNSUPPORTED, ErrorCode.CORRUPT, ErrorCode.TRUNCATED, ErrorCode.VERIFY}
)


def reason(outcome: Outcome) -> str:
    """Say why a file is kept, failed or stopped."""
    match outcome:
        case Kept(code=code, detail=detail):
            return why_kept(code, detail)
        case Failed(code=failure, detail=detail):
            return sentence(error(failure, detail))
        case _:
            return sentence(messages.reason(outcome, SWITCHES))


def kept(code: KeptCode, detail: str = "") -> str:
    """Say why a file is kept as it is, as a part of a sentence."""
    return _(_KEPT[code]) if code in _KEPT else messages.why_kept(code, detail, SWITCHES)


def why_kept(code: KeptCode, detail: str = "") -> str:
    """Say why a file is kept as it is."""
    return sentence(kept(code, detail))


def error(code: ErrorCode, detail: str = "") -> str:
    """Say why a file failed, as a part of a sentence."""
    return messages.error(code, "" if code in _OF_LIBRARIES else detail)


def not_restored(code: RefusalCode, detail: str = "") -> str:
    """Say why an original was not put back."""
    return sentence(messages.not_restored(code, detail, SWITCHES))


def sentence(text: str) -> str:
    """Begin with a capital, as a line of its own does."""
    return text[:1].upper() + text[1:]
