"""Sentences: codes and facts of the lower floors in the user's language. The only place where words are made."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from types import MappingProxyType
from typing import Final

from oimg.words.errors import ErrorCode
from oimg.words.i18n import LANGUAGES, N_, catalogue, language_of
from oimg.words.report import Failed, Kept, KeptCode, Notice, Optimized, Outcome, Stopped
from oimg.words.undo import RefusalCode
from oimg.work.settings import language as chosen_language

_translations = catalogue(chosen_language())
LANGUAGE: Final = language_of(_translations)
_: Callable[[str], str] = _translations.gettext
ngettext: Callable[[str, str, int], str] = _translations.ngettext


@dataclass(frozen=True, slots=True)
class Switches:
    """What a face calls the switches that sentences speak of: the sentences are the same for all faces."""

    flatten: str = "--flatten-special"
    srgb: str = "--color srgb"
    format: str = "--format"
    undo_file: str = "`oimg undo --file`"


COMMAND_LINE: Final = Switches()
ERRORS: Final = MappingProxyType(
    {
        ErrorCode.NOT_FOUND: N_("there is no such file"),
        ErrorCode.UNREADABLE: N_("the file cannot be read"),
        ErrorCode.NOT_REGULAR: N_("this is not a regular file"),
        ErrorCode.CHANGED: N_("the file changed while it was being worked on"),
        ErrorCode.EMPTY: N_("the file is empty"),
        ErrorCode.NOT_AN_IMAGE: N_("this is not a picture in a format OIMG knows"),
        ErrorCode.UNSUPPORTED: N_("this variant of the format is not supported"),
        ErrorCode.CORRUPT: N_("the picture is damaged"),
        ErrorCode.TRUNCATED: N_("the file ends too early"),
        ErrorCode.TOO_LARGE: N_("the picture is larger than the limits allow"),
        ErrorCode.SIZES_DIFFER: N_("the two pictures differ in size or in the number of frames"),
        ErrorCode.CODEC_MISSING: N_("the library for this format is missing"),
        ErrorCode.CODEC_CRASHED: N_("the library for this format crashed on this picture"),
        ErrorCode.ENCODE: N_("the picture could not be encoded"),
        ErrorCode.VERIFY: N_("the result did not match the picture, so it was thrown away"),
        ErrorCode.WRITE: N_("the result could not be written"),
        ErrorCode.ORIGINAL: N_("the result would take the name of its original; to replace originals, work in place"),
        ErrorCode.NO_SPACE: N_("the disk is full"),
        ErrorCode.BACKUP: N_("its original could not be put into the backup, so it was left alone"),
        ErrorCode.IN_USE: N_("another OIMG is replacing pictures in this folder; try again when it is done"),
        ErrorCode.INTERNAL: N_("an unexpected error in OIMG itself"),
    }
)

KEPT: Final = MappingProxyType(
    {
        KeptCode.NOT_SMALLER: N_("already as small as it gets"),
        KeptCode.BELOW_GATE: N_("saves less than asked"),
        KeptCode.ALREADY_OPTIMIZED: N_("already optimized: another lossy pass would cost more than it saves"),
        KeptCode.WITHIN_SIZE: N_("already within the size asked for"),
        KeptCode.TARGET_UNREACHABLE: N_("the format cannot reach the quality asked for; the best score was"),
        KeptCode.SIZE_UNREACHABLE: N_("cannot be made that small at an acceptable quality"),
        KeptCode.EXISTS: N_("a file with this name is already there"),
        KeptCode.OWN_RESULT: N_("this is the result for the file beside it"),
        KeptCode.ANIMATION: N_("animated: its frames cannot be carried over"),
        KeptCode.MULTI_PAGE: N_("has several pages, which cannot be carried over"),
        KeptCode.MULTI_PICTURE: N_("holds several pictures; {flatten} would keep the first one only"),
        KeptCode.GAIN_MAP: N_("HDR photo: {flatten} would leave its gain map out"),
        KeptCode.MOTION_PHOTO: N_("motion photo: {flatten} would leave its video out"),
        KeptCode.DEPTH_MAP: N_("has a depth map, which {flatten} would leave out"),
        KeptCode.HDR: N_("HDR picture: its brightness cannot be carried over"),
        KeptCode.C2PA: N_("signed with content credentials, which a change would break ({flatten} drops them)"),
        KeptCode.BIT_DEPTH: N_("has more bits per colour than can be carried over"),
        KeptCode.COLOR: N_("its colours cannot be carried over; convert with {srgb}"),
        KeptCode.GAMMA: N_("its PNG colour correction (gAMA, cHRM or cICP) cannot be carried over"),
        KeptCode.LOSSLESS: N_("cannot be made smaller without loss in this format"),
        KeptCode.READ_ONLY_FORMAT: N_("OIMG reads this format but does not write it; choose another with {format}"),
        KeptCode.DAMAGED: N_("damaged: parts of it are missing or wrong, so it stays as it is"),
        KeptCode.NOT_AN_IMAGE: N_("not a picture"),
        KeptCode.FOLDER_LINK: N_("a link to a folder is not followed"),
        KeptCode.DIMENSIONS: N_("too large for this format"),
        KeptCode.SAME_FILE: N_("another name of a file that is already in this batch"),
        KeptCode.LINKED: N_("has other names (links), which a replacement would leave behind"),
        KeptCode.PROTECTED: N_("write-protected; allow writing to it if you want it replaced"),
    }
)

# Reasons whose detail says something to a person.
_INFORMATIVE: Final = frozenset(
    {
        *(KeptCode.BIT_DEPTH, KeptCode.ANIMATION, KeptCode.DIMENSIONS, KeptCode.COLOR),
        *(KeptCode.SAME_FILE, KeptCode.LINKED),
    }
)

NOTICES: Final = MappingProxyType(
    {
        Notice.WRONG_SUFFIX: N_("its name claims another format than its content has"),
        Notice.CMYK_GUESSED: N_("CMYK without profile: colours are approximate"),
        Notice.BAD_PROFILE: N_("its colour profile cannot be used and was dropped"),
        Notice.NOT_CONVERTED: N_("its colours could not be converted to sRGB and keep their profile"),
        Notice.ALPHA_FLATTENED: N_("transparency was filled with the background colour"),
        Notice.METADATA_DROPPED: N_("some metadata cannot be carried by this format"),
        Notice.APPROXIMATE_SCORE: N_("the score of so small a picture is approximate"),
        Notice.METADATA_STAYS: N_("the copy is unchanged: what it reveals is still in it"),
        Notice.DATES_NOT_KEPT: N_("dates or permissions could not be kept"),
        Notice.ATTRIBUTES_NOT_KEPT: N_("its owner, access list or extended attributes could not be kept"),
        Notice.PREVIEW_DROPPED: N_("a smaller preview picture inside the file was dropped"),
        Notice.TRAILING_DATA: N_("bytes after the end of the picture were dropped"),
        Notice.GAIN_MAP_DROPPED: N_("its gain map was dropped: it is a picture of standard brightness now"),
        Notice.MOTION_DROPPED: N_("the video of the motion photo was dropped"),
        Notice.DEPTH_MAP_DROPPED: N_("its depth map or portrait mask was dropped"),
        Notice.PICTURES_DROPPED: N_("the file held further pictures, which were dropped"),
        Notice.CREDENTIALS_DROPPED: N_("its content credentials were dropped: they were signed for the original"),
        Notice.DONE_BEFORE: N_("nothing has changed since it was last worked on, so it was not worked on again"),
    }
)

UNDO: Final = MappingProxyType(
    {
        RefusalCode.CHANGED: N_("the file was changed after it was optimized"),
        RefusalCode.MISSING: N_("the file is gone; {undo_file} brings its original back"),
        RefusalCode.TAKEN: N_("there is another file now where the original was"),
        RefusalCode.NO_BACKUP: N_("the original is neither in the backup nor in the trash any more"),
        RefusalCode.BAD_BACKUP: N_("the kept original is damaged"),
        RefusalCode.WRITE: N_("the original could not be written"),
        RefusalCode.NO_SPACE: N_("the disk is full"),
        RefusalCode.IN_USE: N_("the batch is still at work"),
        RefusalCode.ORIGINAL: N_("its original is gone or was changed, so the result stays"),
        RefusalCode.REMOVE: N_("the result could not be removed"),
    }
)

SETTINGS: Final = MappingProxyType(
    {
        "unknown-preset": N_("there is no preset with this name"),
        "unreadable-preset": N_("the preset cannot be read"),
        "built-in-preset": N_("a built-in preset cannot be changed"),
        "preset-exists": N_("there is a preset with this name already"),
        "bad-preset-name": N_("a preset name is made of letters, digits, spaces, dots and dashes"),
    }
)


def error(code: ErrorCode, detail: str = "") -> str:
    """Say why a file failed."""
    return _with_detail(_(ERRORS[code]), detail)


def why_kept(code: KeptCode, detail: str = "", switches: Switches = COMMAND_LINE) -> str:
    """Say why a file is kept as it is."""
    sentence = _named(_(KEPT[code]), switches)
    if code is KeptCode.TARGET_UNREACHABLE and detail:
        return f"{sentence} {printable(detail)}"
    return _with_detail(sentence, detail if code in _INFORMATIVE else "")


def reason(outcome: Outcome, switches: Switches = COMMAND_LINE) -> str:
    """Say in a few words why a file is kept, failed or stopped; empty for one that was optimized."""
    match outcome:
        case Kept(code=code, detail=detail):
            return why_kept(code, detail, switches)
        case Failed(code=code, detail=detail):
            return error(code, detail)
        case Stopped():
            return _("stopped")
        case Optimized():
            return ""


def not_restored(code: RefusalCode, detail: str = "", switches: Switches = COMMAND_LINE) -> str:
    """Say why an original was not put back."""
    return _with_detail(_named(_(UNDO[code]), switches), detail)


def notice(code: Notice) -> str:
    """Say what is worth knowing about a result."""
    return _(NOTICES[code])


def settings_error(code: str, detail: str) -> str:
    """Say what is wrong with a preset or the settings."""
    return _with_detail(_(SETTINGS.get(code, code)), detail)


def number(value: float, digits: int = 0, *, signed: bool = False, grouped: bool = True) -> str:
    """Write a number as the language does: 12,345.6 in English, 12.345,6 in German."""
    kind = LANGUAGES[LANGUAGE]
    text = f"{value:{'+' if signed else ''}{',' if grouped else ''}.{digits}f}"
    return text.translate({ord(","): kind.group, ord("."): kind.decimal})


def size(count: int) -> str:
    """Write a number of bytes in units of 1000, as file managers do: 950 B, 12.3 kB, 4.56 MB."""
    if abs(count) < 1000:
        return f"{count} B"
    value = float(count)
    for unit in ("kB", "MB", "GB", "TB"):
        value /= 1000
        if abs(value) < 999.5 or unit == "TB":
            break
    digits = 2 if abs(value) < 9.995 else 1 if abs(value) < 99.95 else 0
    return f"{number(value, digits)} {unit}"


def share(before: int, after: int) -> str:
    """Write a change as a percentage of the first number: -63 %, +4 %, 0 %; -100 % only where nothing is left."""
    if before <= 0:
        return ""
    percent = 100 * (after - before) / before
    digits = 1 if abs(percent) < 9.95 else 0
    if after > 0 and round(percent) == -100:
        percent, digits = max(percent, -99.9), 1
    if not round(percent, digits):
        return "0 %"
    return f"{number(percent, digits, signed=True)} %"


def seconds(value: float) -> str:
    """Write a time: 4.2 s, 1:05, 2:03:09."""
    if value < 59.95:
        return f"{number(value, 1)} s"
    minutes, rest = divmod(round(value), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


def labelled(name: str, value: str) -> str:
    """Write a name and its value."""
    return _("{name}: {value}").format(name=name, value=value)


def listed(texts: Iterable[str]) -> str:
    """Write several in a row."""
    return _(", ").join(texts)


def in_a_sentence(heading: str) -> str:
    """Write a heading as it is written inside of a sentence: small, but where nouns are written large."""
    return heading if LANGUAGE == "de" else heading.lower()


def printable(text: str) -> str:
    """Make a file name safe for a terminal: control characters and undecodable bytes are shown, not sent."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode() for c in text)


def _named(sentence: str, switches: Switches) -> str:
    """Put the names of switches into a sentence."""
    return sentence.format(**{each.name: getattr(switches, each.name) for each in fields(switches)})


def _with_detail(sentence: str, detail: str) -> str:
    return f"{sentence} ({printable(detail)})" if detail else sentence
