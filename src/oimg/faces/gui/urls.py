"""Paths as URLs, as programs exchange them: every byte of a name is kept, even if it is not UTF-8."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from PySide6.QtCore import QByteArray, QMimeData, QUrl

_ENCODED = QUrl.ComponentFormattingOption.FullyEncoded


def url_of(path: Path) -> QUrl:
    """The URL of a file; QUrl.fromLocalFile would lose bytes that are not valid text."""
    return QUrl.fromEncoded(QByteArray(path.absolute().as_uri().encode()))


def path_of(url: QUrl) -> Path | None:
    """The file of a URL; None if it is not a local file."""
    if not url.isLocalFile() or not url.toLocalFile():
        return None
    if os.name != "posix":  # names are text there, and drives and shares are Qt's to know
        return Path(url.toLocalFile())
    raw = QByteArray.fromPercentEncoding(QByteArray(url.path(_ENCODED).encode()))
    return Path(os.fsdecode(bytes(raw.data())))


def paths_in(data: QMimeData) -> list[Path]:
    """The local files and folders that are dragged or were copied; others are ignored."""
    return [path for url in data.urls() if (path := path_of(url)) is not None]


def dragged(paths: Iterable[Path]) -> QMimeData:
    """Give files as another program takes them."""
    data = QMimeData()
    data.setUrls([url_of(path) for path in paths])
    return data
