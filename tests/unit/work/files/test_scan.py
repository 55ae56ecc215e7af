"""Finding files: order, each once, nothing opened, and whatever a folder may hold."""

from __future__ import annotations

import os
import stat
import unicodedata
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest

from oimg.words.errors import ErrorCode
from oimg.words.report import Failed, Kept, KeptCode
from oimg.work.files import scan as scan_module
from oimg.work.files.scan import Found, Selection, scan


def touch(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"x")
    return path


def found(*paths: Path, **selection: Any) -> list[Path]:
    items = list(scan(paths, Selection(**selection)))
    assert all(isinstance(item, Found) for item in items), items
    return [item.path for item in items]


def test_gives_files_of_a_folder_in_the_order_of_their_names(tmp_path: Path) -> None:
    for name in ("b.png", "a.png", "sub/z.png", "sub/deep/k.png", "also/c.png"):
        touch(tmp_path / name)
    names = [path.relative_to(tmp_path).as_posix() for path in found(tmp_path)]
    assert names == ["a.png", "b.png", "also/c.png", "sub/z.png", "sub/deep/k.png"]


def test_gives_each_file_once_however_it_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = touch(tmp_path / "a.png")
    monkeypatch.chdir(tmp_path)
    assert found(file, tmp_path, Path("a.png"), Path("x/../a.png"), tmp_path / ".", Path()) == [file]


def test_tells_named_files_from_found_ones_and_their_roots(tmp_path: Path) -> None:
    named, below = touch(tmp_path / "a.png"), touch(tmp_path / "sub" / "deep" / "b.png")
    one, two = scan([named, tmp_path / "sub"])
    assert one == Found(named, tmp_path, named=True)
    assert two == Found(below, tmp_path / "sub", named=False)


def test_leaves_hidden_files_litter_and_libraries_alone(tmp_path: Path) -> None:
    for name in (".hidden.png", ".git/a.png", "Thumbs.db", "desktop.ini", "My.photoslibrary/originals/a.jpg", "a.png"):
        touch(tmp_path / name)
    assert found(tmp_path) == [tmp_path / "a.png"]


def test_takes_hidden_files_and_folders_that_are_named(tmp_path: Path) -> None:
    file, below = touch(tmp_path / ".a.png"), touch(tmp_path / ".stash" / "b.png")
    assert found(file, tmp_path / ".stash") == [file, below]


def test_does_not_follow_links_to_folders_not_even_in_a_circle(tmp_path: Path) -> None:
    touch(tmp_path / "a" / "x.png")
    (tmp_path / "a" / "up").symlink_to(tmp_path)
    (tmp_path / "a" / "self").symlink_to(tmp_path / "a" / "self")
    items = {item.path.name: item for item in scan([tmp_path])}
    assert set(items) == {"x.png", "up", "self"}
    assert items["up"] == Kept(tmp_path / "a" / "up", None, KeptCode.FOLDER_LINK)
    assert isinstance(items["self"], Found)  # reading it says what is wrong


def test_walks_a_link_to_a_folder_that_is_named(tmp_path: Path) -> None:
    touch(tmp_path / "real" / "a.png")
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "real")
    assert found(link) == [link / "a.png"]


def test_a_link_to_a_file_is_a_file(tmp_path: Path) -> None:
    target = touch(tmp_path / "real.png")
    (tmp_path / "link.png").symlink_to(target)
    (tmp_path / "broken.png").symlink_to(tmp_path / "nowhere")
    assert [path.name for path in found(tmp_path)] == ["broken.png", "link.png", "real.png"]


def test_says_which_folder_cannot_be_walked_and_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    touch(tmp_path / "bad" / "a.png")
    good = touch(tmp_path / "good" / "b.png")
    real = os.scandir

    def refuse(path: Any) -> Any:
        if Path(path).name == "bad":
            raise PermissionError(13, "Permission denied")
        return real(path)

    monkeypatch.setattr(os, "scandir", refuse)
    failed, item = scan([tmp_path])
    assert failed == Failed(tmp_path / "bad", ErrorCode.UNREADABLE, "Permission denied")
    assert isinstance(item, Found)
    assert item.path == good


def test_a_folder_that_breaks_off_is_reported_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Broken:
        def __enter__(self) -> Iterator[Any]:
            raise OSError(5, "Input/output error")

        def __exit__(self, *_: object) -> None: ...

    monkeypatch.setattr(os, "scandir", lambda _: Broken())
    assert list(scan([tmp_path])) == [Failed(tmp_path, ErrorCode.UNREADABLE, "Input/output error")]


def test_what_is_not_there_fails(tmp_path: Path) -> None:
    missing = tmp_path / "missing.png"
    assert list(scan([missing])) == [Failed(missing, ErrorCode.NOT_FOUND)]
    assert [type(item) for item in scan([Path("a\0b")])] == [Failed]


@pytest.mark.parametrize(
    ("include", "exclude", "names"),
    [
        ((), (), ["a.PNG", "b.jpg", "sub/c.png"]),
        (("*.png",), (), ["a.PNG", "sub/c.png"]),
        (("sub/*",), (), ["sub/c.png"]),
        ((), ("*.png",), ["b.jpg"]),
        (("*.png", "*.jpg"), ("sub/*",), ["a.PNG", "b.jpg"]),
        (("[ab].*",), ("a*",), ["b.jpg"]),
        (("nothing",), (), []),
    ],
)
def test_patterns_match_names_and_paths_in_folders(
    tmp_path: Path, include: tuple[str, ...], exclude: tuple[str, ...], names: list[str]
) -> None:
    for name in ("a.PNG", "b.jpg", "sub/c.png"):
        touch(tmp_path / name)
    given = [path.relative_to(tmp_path).as_posix() for path in found(tmp_path, include=include, exclude=exclude)]
    assert given == names


def test_patterns_do_not_touch_what_was_named(tmp_path: Path) -> None:
    file = touch(tmp_path / "a.png")
    assert found(file, exclude=("*",)) == [file]


def test_skips_a_folder_inside_also_through_a_link(tmp_path: Path) -> None:
    file = touch(tmp_path / "a.png")
    touch(tmp_path / "out" / "a.png")
    (tmp_path.parent / f"{tmp_path.name}-link").symlink_to(tmp_path)
    assert found(tmp_path, skip=(tmp_path / "out",)) == [file]
    assert found(tmp_path, skip=(tmp_path.parent / f"{tmp_path.name}-link" / "out",)) == [file]


def test_opens_nothing_odd(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.fifo")
    (tmp_path / "null.png").symlink_to("/dev/null")
    if hasattr(os, "mknod") and os.geteuid() == 0:
        os.mknod(tmp_path / "z.socket", stat.S_IFSOCK | 0o644)
    assert found(tmp_path) == sorted(tmp_path.iterdir())


@pytest.mark.parametrize(
    "name",
    [
        b"new\nline.png",
        b"-dash.png",
        b"-- --.png",
        b"not\xff\xfeutf8.png",
        b"n" * 251 + b".png",
        b"tab\t and \x1b[31m escape.png",
        b"quote'\"$`&%s.png",
        " \u202etxt.png".encode(),
        unicodedata.normalize("NFC", "é.png").encode(),
        unicodedata.normalize("NFD", "é.png").encode(),
        "😀.png".encode(),
    ],
)
def test_any_name_comes_back_byte_for_byte(tmp_path: Path, name: bytes) -> None:
    path = os.path.join(os.fsencode(tmp_path), name)  # noqa: PTH118 - bytes
    with open(path, "wb"):  # noqa: PTH123
        pass
    in_folder, named = found(tmp_path), found(Path(os.fsdecode(path)))
    assert [os.fsencode(each) for each in (*in_folder, *named)] == [path, path]


def test_composed_and_decomposed_names_are_two_files(tmp_path: Path) -> None:
    for form in ("NFC", "NFD"):
        touch(tmp_path / unicodedata.normalize(form, "é.png"))  # type: ignore[arg-type]
    assert len(found(tmp_path)) == len(list(tmp_path.iterdir()))


def test_a_link_nobody_may_look_behind_is_still_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = tmp_path / "secret.png"
    link.symlink_to(touch(tmp_path / "real.png"))
    monkeypatch.setattr(Path, "stat", lambda *_, **__: (_ for _ in ()).throw(PermissionError(13, "no")))
    assert list(scan([link])) == [Found(link, tmp_path, named=True)]


def test_does_not_follow_a_junction_of_windows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file, beyond = touch(tmp_path / "a.png"), touch(tmp_path / "junction" / "b.png")
    real = os.scandir
    monkeypatch.setattr(scan_module, "_IS_WINDOWS", True)
    monkeypatch.setattr(os, "scandir", lambda folder: Entries(real(folder), {beyond.parent}))
    assert list(scan([tmp_path])) == [
        Found(file, tmp_path, named=False),
        Kept(beyond.parent, None, KeptCode.FOLDER_LINK),
    ]


class Entries:
    """What os.scandir gives on Windows, where some folders are junctions."""

    def __init__(self, found: Any, junctions: set[Path]) -> None:
        self._found = found
        self._junctions = junctions

    def __enter__(self) -> list[Any]:
        return [self._as_there(entry) for entry in self._found.__enter__()]

    def __exit__(self, *error: object) -> None:
        self._found.__exit__(*error)

    def _as_there(self, entry: os.DirEntry[str]) -> Any:
        tag = 0xA0000003 if Path(entry.path) in self._junctions else 0
        there = Mock(wraps=entry, path=entry.path)
        there.name = entry.name
        there.stat = Mock(return_value=Mock(st_reparse_tag=tag))
        return there
