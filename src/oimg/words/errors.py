"""The exceptions that OIMG raises: a code and facts, never a sentence (sentences are made in `faces.messages`)."""

from __future__ import annotations

from enum import StrEnum


class ErrorCode(StrEnum):
    """Why one file failed. The values are part of the JSON contract and never change meaning."""

    NOT_FOUND = "not-found"
    UNREADABLE = "unreadable"
    NOT_REGULAR = "not-a-regular-file"
    CHANGED = "source-changed"
    EMPTY = "empty-file"
    NOT_AN_IMAGE = "not-an-image"
    UNSUPPORTED = "unsupported-variant"
    CORRUPT = "corrupt-data"
    TRUNCATED = "truncated-data"
    TOO_LARGE = "limit-exceeded"
    SIZES_DIFFER = "sizes-differ"
    CODEC_MISSING = "codec-missing"
    CODEC_CRASHED = "codec-crashed"
    ENCODE = "encode-failed"
    VERIFY = "verification-failed"
    WRITE = "write-failed"
    ORIGINAL = "name-of-original"
    NO_SPACE = "disk-full"
    BACKUP = "backup-failed"
    IN_USE = "folder-in-use"
    INTERNAL = "internal-error"


class OimgError(Exception):
    """An expected failure of one file.

    `detail` holds facts (a library's own words, a size, a limit), not a sentence for the user.
    """

    def __init__(self, code: ErrorCode, detail: str = "") -> None:
        super().__init__(code, detail)
        self.code = code
        self.detail = detail


class Cancelled(Exception):  # noqa: N818 - the user asked to stop; this is not an error
    """The user asked to stop."""
