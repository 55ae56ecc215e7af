"""Looking at files: regular ones only, without waiting, and sure that it is the file that was looked at."""

from __future__ import annotations

import os
import threading
from pathlib import Path
from typing import Any, Self

import pytest
from PIL import Image

from oimg.engine.codecs import CODECS
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format, Limits
from oimg.words.report import Failed, Kept, KeptCode, SourceFile
from oimg.work.files import probe as module
from oimg.work.files.probe import probe, read_source
from oimg.work.files.scan import Found
from work_help import photo, source


def look(path: Path, *, named: bool = True, limits: Limits = Limits()) -> SourceFile | Kept | Failed:
    return probe(Found(path, path.parent, named=named), limits)


def code_of(path: Path) -> ErrorCode:
    result = look(path)
    assert isinstance(result, Failed), result
    return result.code


@pytest.mark.parametrize(
    ("name", "format_"),
    [("a.jpg", Format.JPEG), ("a.png", Format.PNG), ("a.webp", Format.WEBP), ("a.gif", Format.GIF)],
)
def test_reads_a_header(tmp_path: Path, name: str, format_: Format) -> None:
    path = photo(tmp_path / name, (37, 21))
    found = look(path)
    assert isinstance(found, SourceFile)
    assert (found.header.format, found.header.upright_size) == (format_, (37, 21))
    facts = path.stat()
    assert found.byte_size == facts.st_size
    assert found.identity == (facts.st_dev, facts.st_ino, facts.st_size, facts.st_mtime_ns)


def test_content_decides_not_the_name(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png")
    path = path.rename(tmp_path / "a.jpg")
    assert source(path).header.format is Format.PNG


def test_what_is_no_picture_fails_only_where_it_claims_to_be_one(tmp_path: Path) -> None:
    text, claims = tmp_path / "notes.txt", tmp_path / "notes.PNG"
    for path in (text, claims):
        path.write_bytes(b"dear diary")
    assert look(text, named=False) == Kept(text, None, KeptCode.NOT_AN_IMAGE)
    assert look(text, named=True) == Failed(text, ErrorCode.NOT_AN_IMAGE)
    assert look(claims, named=False) == Failed(claims, ErrorCode.NOT_AN_IMAGE)


def test_odd_files_fail_with_their_reason(tmp_path: Path) -> None:
    (tmp_path / "empty.png").touch()
    (tmp_path / "loop.png").symlink_to(tmp_path / "loop.png")
    (tmp_path / "null.png").symlink_to("/dev/null")
    assert code_of(tmp_path / "gone.png") is ErrorCode.NOT_FOUND
    assert code_of(tmp_path / "empty.png") is ErrorCode.EMPTY
    assert code_of(tmp_path / "loop.png") is ErrorCode.NOT_REGULAR
    assert code_of(tmp_path / "null.png") is ErrorCode.NOT_REGULAR
    assert code_of(tmp_path) is ErrorCode.NOT_REGULAR


def test_a_fifo_is_refused_at_once(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.png")
    results: list[object] = []
    worker = threading.Thread(target=lambda: results.append(code_of(tmp_path / "a.png")), daemon=True)
    worker.start()
    worker.join(10)
    assert results == [ErrorCode.NOT_REGULAR]


def test_a_fifo_that_takes_the_place_in_between_is_refused_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = photo(tmp_path / "a.png")
    real = os.open

    def swap(name: Any, *rest: Any, **options: Any) -> int:
        path.unlink()
        os.mkfifo(path)
        return real(name, *rest, **options)

    monkeypatch.setattr(os, "open", swap)
    assert code_of(path) is ErrorCode.NOT_REGULAR


@pytest.mark.parametrize(("number", "words"), [(13, "Permission denied"), (5, "Input/output error")])
def test_an_unreadable_file_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, words: str) -> None:
    path = photo(tmp_path / "a.png")

    def refuse(*_: Any, **__: Any) -> int:
        raise OSError(number, words)

    monkeypatch.setattr(os, "open", refuse)
    assert look(path) == Failed(path, ErrorCode.UNREADABLE, words)


def test_a_disk_that_fails_while_reading_says_why(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = photo(tmp_path / "a.png")
    found = source(path)

    def fail(_: object) -> object:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(module, "identify", fail)
    assert look(path) == Failed(path, ErrorCode.UNREADABLE, "Input/output error")
    with pytest.raises(OimgError) as caught:
        read_source(found)
    assert caught.value.code is ErrorCode.UNREADABLE


def test_a_reader_that_breaks_down_fails_its_own_file_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    path = photo(tmp_path / "a.png")

    def fall(_: object) -> object:
        raise IndexError("list index out of range")

    monkeypatch.setattr(type(CODECS[Format.PNG]), "probe", lambda *_: fall(None))
    result = look(path)
    assert isinstance(result, Failed)
    assert (result.code, result.detail) == (ErrorCode.INTERNAL, "IndexError: list index out of range")
    assert "a.png" in caplog.text


def test_too_large_a_file_is_refused_by_its_size_alone(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png")
    size = path.stat().st_size
    assert isinstance(look(path, limits=Limits(max_file_bytes=size)), SourceFile)
    assert look(path, limits=Limits(max_file_bytes=size - 1)) == Failed(path, ErrorCode.TOO_LARGE, f"{size} bytes")


def test_reads_a_file_whole(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png")
    assert read_source(source(path)) == path.read_bytes()


def appended(path: Path) -> None:
    with path.open("ab") as stream:
        stream.write(b"x")


def replaced(path: Path) -> None:
    times = path.stat()
    Image.open(path).save(path.with_name("new.png"))
    path.with_name("new.png").replace(path)
    os.utime(path, ns=(times.st_atime_ns, times.st_mtime_ns))


def edited_in_place(path: Path) -> None:
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)
    os.utime(path, ns=(1, 1))


@pytest.mark.parametrize("change", [appended, replaced, edited_in_place])
def test_a_file_that_changed_since_is_not_read(tmp_path: Path, change: Any) -> None:
    found = source(photo(tmp_path / "a.png"))
    change(found.path)
    with pytest.raises(OimgError) as caught:
        read_source(found)
    assert caught.value.code is ErrorCode.CHANGED


def test_a_file_that_grows_while_it_is_read_is_not_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = source(photo(tmp_path / "a.png"))
    real, calls = module.identify, []

    def grow(stream: Any) -> Any:
        if calls:
            appended(found.path)
        calls.append(stream)
        return real(stream)

    monkeypatch.setattr(module, "identify", grow)
    with pytest.raises(OimgError) as caught:
        read_source(found)
    assert caught.value.code is ErrorCode.CHANGED


@pytest.mark.parametrize(
    ("change", "code"), [(Path.unlink, ErrorCode.NOT_FOUND), (lambda p: p.write_bytes(b""), ErrorCode.EMPTY)]
)
def test_a_file_that_went_is_not_read(tmp_path: Path, change: Any, code: ErrorCode) -> None:
    found = source(photo(tmp_path / "a.png"))
    change(found.path)
    with pytest.raises(OimgError) as caught:
        read_source(found)
    assert caught.value.code is code


def test_tells_how_many_names_a_file_has(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png")
    assert source(path).links == 1
    (tmp_path / "b.png").hardlink_to(path)
    (tmp_path / "c.png").symlink_to(path)
    assert source(tmp_path / "c.png").links == 2


@pytest.mark.skipif(not hasattr(os, "O_NOATIME"), reason="NOT TESTED: this system always notes the last access")
def test_looking_at_a_file_and_reading_it_leave_its_date_of_last_access(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png")
    os.utime(path, ns=(1_000_000_000_000_000_001, 2_000_000_000_000_000_002))  # access before change: relatime notes it
    read_source(source(path))
    assert path.stat().st_atime_ns == 1_000_000_000_000_000_001


def test_a_file_that_grows_for_ever_is_read_no_further_than_it_was_long(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = source(photo(tmp_path / "a.png"))
    asked: list[int] = []

    class Endless:
        def __enter__(self) -> Self:
            return self

        def __exit__(self, *_: object) -> None:
            pass

        def read(self, count: int = -1) -> bytes:
            asked.append(count)
            return bytes(count)

    monkeypatch.setattr(module, "open_regular", lambda _: Endless())
    monkeypatch.setattr(module, "identify", lambda _: found.identity)
    with pytest.raises(OimgError) as caught:
        read_source(found)
    assert caught.value.code is ErrorCode.CHANGED
    assert asked == [found.byte_size + 1]
