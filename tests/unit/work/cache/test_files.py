"""Headers that are remembered are those that probing would find, of the very file that is there."""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from oimg.words.errors import ErrorCode
from oimg.words.images import Limits
from oimg.words.report import Failed, SourceFile
from oimg.work.cache import files as module
from oimg.work.cache.files import FileCache
from oimg.work.cache.sealed import SealedStore
from oimg.work.cache.store import Store
from oimg.work.files.probe import probe
from oimg.work.files.scan import Found
from process_help import small_files
from work_help import flat, photo, source

LIMITS = Limits()
pytestmark = pytest.mark.skipif(os.name != "posix", reason="NOT TESTED: without a time of change all is read")


@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FileCache]:
    monkeypatch.setattr(module, "_SETTLED_NS", -(1 << 62))
    sealed = SealedStore(Store(tmp_path / "cache" / "results.sqlite", 1 << 22), bytes(range(32)))
    yield FileCache(sealed)
    sealed.close()


@pytest.fixture
def probed(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Collect the files that are really opened."""
    opened: list[Path] = []

    def counted(found: Found, limits: Limits) -> object:
        opened.append(found.path)
        return probe(found, limits)

    monkeypatch.setattr(module, "probe", counted)
    return opened


def found(path: Path) -> Found:
    return Found(path, path.parent, named=True)


def test_every_header_of_the_corpus_comes_back_whole(corpus: Path, files: FileCache, probed: list[Path]) -> None:
    chosen = small_files(corpus, most=2)
    for path in chosen:
        first = files.probe(found(path), LIMITS)
        count = len(probed)
        second = files.probe(found(path), LIMITS)
        assert first == second == probe(found(path), LIMITS), path.name
        assert len(probed) == count + (not isinstance(first, SourceFile))
    assert sum(isinstance(probe(found(path), LIMITS), SourceFile) for path in chosen) > 30


def test_a_file_that_was_exchanged_is_opened(tmp_path: Path, files: FileCache, probed: list[Path]) -> None:
    path, other = flat(tmp_path / "a.png"), photo(tmp_path / "b.png", (50, 60))
    data = other.read_bytes()
    path.write_bytes(path.read_bytes().ljust(len(data), b"\0"))
    size, facts = len(path.read_bytes()), path.stat()
    files.probe(found(path), LIMITS)
    files.probe(found(path), LIMITS)
    assert len(probed) == 1
    path.write_bytes(data.ljust(size, b"\0"))
    os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
    second = files.probe(found(path), LIMITS)
    assert isinstance(second, SourceFile)
    assert (second.header.width, second.header.height) == (50, 60)
    assert len(probed) == 2
    path.unlink()
    third = files.probe(found(path), LIMITS)
    assert isinstance(third, Failed)
    assert third.code is ErrorCode.NOT_FOUND


def test_a_file_of_another_name_with_more_links_is_told_as_it_is(
    tmp_path: Path, files: FileCache, probed: list[Path]
) -> None:
    path = flat(tmp_path / "a.png")
    files.probe(found(path), LIMITS)
    os.link(path, tmp_path / "b.png")
    (tmp_path / "c.png").symlink_to(path)
    for name in ("a.png", "b.png", "c.png"):
        told = files.probe(Found(tmp_path / name, tmp_path.parent, named=False), LIMITS)
        assert told == probe(Found(tmp_path / name, tmp_path.parent, named=False), LIMITS)
        assert isinstance(told, SourceFile)
        assert told.links == 2
    assert len(probed) == 2  # a link more is another state, which all names share


def test_limits_are_asked_each_time(tmp_path: Path, files: FileCache) -> None:
    path = flat(tmp_path / "a.png")
    assert isinstance(files.probe(found(path), LIMITS), SourceFile)
    refused = files.probe(found(path), Limits(max_file_bytes=10))
    assert isinstance(refused, Failed)
    assert refused.code is ErrorCode.TOO_LARGE


def test_what_is_no_picture_is_never_remembered(tmp_path: Path, files: FileCache, probed: list[Path]) -> None:
    (tmp_path / "a.png").write_bytes(b"no picture")
    (tmp_path / "empty.png").touch()
    os.mkfifo(tmp_path / "pipe.png")
    (tmp_path / "folder.png").mkdir()
    names = ("a.png", "empty.png", "pipe.png", "folder.png", "missing.png")
    for name in (*names, *names):
        assert isinstance(files.probe(found(tmp_path / name), LIMITS), Failed)
    assert len(probed) == 2 * len(names)


def test_a_file_that_was_written_just_now_is_opened_again(
    tmp_path: Path, files: FileCache, probed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SETTLED_NS", 3_000_000_000)
    path = flat(tmp_path / "a.png")
    copy = Path(shutil.copy2(path, tmp_path / "b.png"))
    os.utime(copy, ns=(1, 1))  # an old date does not make it old
    for each in (path, copy, path, copy):
        files.probe(found(each), LIMITS)
    assert len(probed) == 4


def test_what_was_written_is_looked_at_once_it_has_settled(
    tmp_path: Path, files: FileCache, probed: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SETTLED_NS", 3_000_000_000)
    path = flat(tmp_path / "a.png")
    size = path.stat().st_size
    now, read = time.time_ns(), count_reads(monkeypatch)
    files.note_written(path, size, LIMITS)
    assert (read, probed) == ([], [])
    monkeypatch.setattr(module.time, "time_ns", lambda: now + 4_000_000_000)
    files.note_written(flat(tmp_path / "b.png"), size)
    assert (read, probed) == ([path], [path])
    content = files.read(source(flat(tmp_path / "same.png")))[1]
    assert files.holds(path, content, size)
    assert isinstance(files.probe(found(path), LIMITS), SourceFile)
    assert (read, probed) == ([path], [path])  # nothing was opened again


def test_a_change_before_or_after_that_look_is_seen(
    tmp_path: Path, files: FileCache, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SETTLED_NS", 3_000_000_000)
    path, other = flat(tmp_path / "a.png"), flat(tmp_path / "b.png", color=(1, 2, 3))
    size, now, facts = path.stat().st_size, time.time_ns(), path.stat()
    assert other.stat().st_size == size
    first, second = (files.read(source(each))[1] for each in (path, other))
    files.note_written(path, size)
    for data, known in ((other.read_bytes(), second), (path.read_bytes(), first)):
        path.write_bytes(data)
        os.utime(path, ns=(facts.st_atime_ns, facts.st_mtime_ns))
        now += 4_000_000_000
        monkeypatch.setattr(module.time, "time_ns", lambda at=now: at)
        files.settle()
        assert files.holds(path, known, size)
        assert not files.holds(path, first if known == second else second, size)


def count_reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Collect the files whose content is read for its digest."""
    read: list[Path] = []
    real = module.FileCache._read

    def counted(self: FileCache, path: Path, byte_size: int) -> bytes:
        read.append(path)
        return real(self, path, byte_size)

    monkeypatch.setattr(module.FileCache, "_read", counted)
    return read
