"""Writing results: whole or not at all, under a free name, and never over what is not ours."""

from __future__ import annotations

import errno
import os
import stat
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import pytest

from file_attributes import dated
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.recipe import Conflict
from oimg.work.files import attributes, exchange, temp
from oimg.work.files.attributes import Carried
from oimg.work.files.commit import Written, write_new
from work_help import state, temp_files

DATA = b"the smaller picture"
FAILURES = {
    errno.ENOSPC: ErrorCode.NO_SPACE,
    errno.EDQUOT: ErrorCode.NO_SPACE,
    errno.EIO: ErrorCode.WRITE,
    errno.EROFS: ErrorCode.WRITE,
    errno.EXDEV: ErrorCode.WRITE,
    errno.EPERM: ErrorCode.WRITE,
    errno.EACCES: ErrorCode.WRITE,
}


@pytest.fixture
def original(tmp_path: Path) -> Path:
    return dated(tmp_path / "a.png", b"the original picture")


def name_in(folder: Path, stem: str = "b") -> Callable[[int], Path]:
    return lambda number: folder / (f"{stem}.png" if number == 1 else f"{stem} ({number}).png")


def write(
    original: Path,
    name: Callable[[int], Path] | None = None,
    conflict: Conflict = Conflict.RENAME,
    data: bytes = DATA,
    *,
    like: bool = False,
) -> Written:
    name = name or name_in(original.parent)
    return write_new(data, name, conflict, source=original, like=attributes.of(original) if like else None)


def failing(number: int) -> Callable[..., Any]:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(number, os.strerror(number))

    return fail


def test_writes_the_bytes_and_nothing_else(original: Path) -> None:
    target = original.with_name("b.png")
    assert write(original) == Written(target, Carried(), exchange.identity_of(target))
    assert write(original) == Written(target, Carried(), None)  # it stands there already
    assert {name: facts[0] for name, facts in state(original.parent).items()} == {
        "a.png": b"the original picture",
        "b.png": DATA,
    }


def test_makes_the_folders_on_the_way(original: Path) -> None:
    target = original.parent / "new" / "deep" / "b.png"
    assert write(original, lambda _: target).path == target
    assert target.read_bytes() == DATA


def test_carries_dates_to_the_nanosecond_and_the_mode(original: Path) -> None:
    written = write(original, like=True)
    facts = written.path.stat()
    assert written.carried.dates
    assert (facts.st_mtime_ns, stat.S_IMODE(facts.st_mode)) == (1_500_000_000_987_654_321, 0o640)
    assert facts.st_atime_ns == 1_600_000_000_123_456_789


def test_never_carries_set_user_bits(original: Path) -> None:
    original.chmod(0o6755)
    assert stat.S_IMODE(write(original, like=True).path.stat().st_mode) == 0o755


def test_a_new_file_has_the_mode_of_any_new_file(original: Path) -> None:
    plain = original.with_name("plain")
    plain.touch()
    assert write(original).path.stat().st_mode == plain.stat().st_mode


def test_says_when_dates_could_not_be_kept(original: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "utime", failing(errno.EPERM))
    written = write(original, like=True)
    assert not written.carried.dates
    assert written.path.read_bytes() == DATA


def test_takes_the_next_free_name(original: Path) -> None:
    name = name_in(original.parent)
    for number in (1, 2):
        name(number).write_bytes(b"somebody's")
    assert write(original).path == name(3)
    assert [name(number).read_bytes() for number in (1, 2)] == [b"somebody's"] * 2


def test_skips_where_the_name_is_taken(original: Path) -> None:
    name_in(original.parent)(1).write_bytes(DATA)
    before = state(original.parent)
    with pytest.raises(FileExistsError):
        write(original, conflict=Conflict.SKIP)
    assert state(original.parent) == before
    assert not temp_files(original.parent)


def test_replaces_where_the_user_said_so(original: Path) -> None:
    target = name_in(original.parent)(1)
    target.write_bytes(b"somebody's")
    assert write(original, conflict=Conflict.OVERWRITE).path == target
    assert target.read_bytes() == DATA


@pytest.mark.parametrize("conflict", [Conflict.RENAME, Conflict.OVERWRITE])
def test_the_same_bytes_are_not_written_twice(original: Path, conflict: Conflict) -> None:
    first = write(original, like=True).path
    before = (first.stat().st_ino, first.stat().st_mtime_ns)
    assert write(original, conflict=conflict, like=True).path == first
    assert (first.stat().st_ino, first.stat().st_mtime_ns) == before
    assert len(list(original.parent.iterdir())) == 2


def test_a_link_that_leads_nowhere_takes_the_name_too(original: Path) -> None:
    link = name_in(original.parent)(1)
    link.symlink_to(original.parent / "nowhere")
    assert write(original).path == name_in(original.parent)(2)
    with pytest.raises(OimgError) as caught:
        write(original, conflict=Conflict.OVERWRITE, data=b"other")
    assert caught.value.code is ErrorCode.WRITE
    assert link.is_symlink()
    assert not (original.parent / "nowhere").exists()


def fifo(path: Path) -> None:
    os.mkfifo(path)


def device(path: Path) -> None:
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED on a device node: only root can make one")
    try:
        os.mknod(path, stat.S_IFCHR | 0o666, os.makedev(1, 3))
    except PermissionError:
        pytest.skip("NOT TESTED on a device node: this container may not make one")


@pytest.mark.parametrize("make", [fifo, device, Path.mkdir])
def test_never_replaces_what_is_no_regular_file(original: Path, make: Callable[[Path], None]) -> None:
    odd = name_in(original.parent)(1)
    make(odd)
    before = odd.lstat()
    with pytest.raises(OimgError) as caught:
        write(original, conflict=Conflict.OVERWRITE)
    assert caught.value.code is ErrorCode.WRITE
    assert write(original).path == name_in(original.parent)(2)
    assert (odd.lstat().st_ino, odd.lstat().st_mode) == (before.st_ino, before.st_mode)
    assert not temp_files(original.parent)


@pytest.mark.parametrize("conflict", Conflict)
@pytest.mark.parametrize("spelling", ["itself", "hard link", "symbolic link"])
def test_never_replaces_the_source(original: Path, conflict: Conflict, spelling: str) -> None:
    target = original
    if spelling == "hard link":
        target = original.with_name("b.png")
        os.link(original, target)
    elif spelling == "symbolic link":
        target = original.with_name("b.png")
        target.symlink_to(original)
    before = state(original.parent)
    name = name_in(original.parent, target.stem)
    if conflict is Conflict.RENAME:
        assert write(original, name, conflict).path == name(2)
        name(2).unlink()
    else:
        with pytest.raises((OimgError, FileExistsError)):
            write(original, name, conflict)
    assert state(original.parent) == before
    assert not temp_files(original.parent)


@pytest.mark.parametrize("number", FAILURES)
@pytest.mark.parametrize("call", ["open", "fsync", "link", "replace", "mkdir", "write"])
def test_a_failure_leaves_everything_as_it_was(
    original: Path, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    before = state(original.parent)
    if call == "write":
        monkeypatch.setattr(os, "fdopen", _full_disk(os.fdopen, number))
    elif call == "replace":  # only reached where there are no hard links
        monkeypatch.setattr(os, "link", failing(errno.ENOTSUP))
        monkeypatch.setattr(exchange, "_function", lambda: None)
        monkeypatch.setattr(os, "replace", failing(number))
    else:
        monkeypatch.setattr(os, call, failing(number))
    name = name_in(original.parent / "new") if call == "mkdir" else None
    if call == "link" and number == errno.EPERM:  # how a disk says that it has no hard links
        assert write(original, name).path.read_bytes() == DATA
        return
    with pytest.raises(OimgError) as caught:
        write(original, name, like=True)
    assert caught.value.code is FAILURES[number]
    assert os.strerror(number) in caught.value.detail
    monkeypatch.undo()
    assert state(original.parent) == before
    assert not temp_files(original.parent)


def _full_disk(real: Callable[..., Any], number: int) -> Callable[..., Any]:
    """Give streams that take half of the bytes."""

    def opened(descriptor: int, mode: str) -> Any:
        stream = real(descriptor, mode)
        write_half = stream.raw.write

        class Half:
            def __enter__(self) -> Self:
                return self

            def __exit__(self, *_: object) -> None:
                stream.close()

            def __getattr__(self, name: str) -> Any:
                return getattr(stream, name)

            def write(self, data: bytes) -> int:
                write_half(data[: len(data) // 2])
                raise OSError(number, os.strerror(number))

        return Half()

    return opened


def test_replacing_that_fails_leaves_the_old_file(original: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    target = name_in(original.parent)(1)
    target.write_bytes(b"somebody's")
    before = state(original.parent)
    monkeypatch.setattr(os, "replace", failing(errno.EIO))
    with pytest.raises(OimgError):
        write(original, conflict=Conflict.OVERWRITE)
    assert state(original.parent) == before
    assert not temp_files(original.parent)


def test_a_file_in_the_place_of_the_folder(original: Path) -> None:
    with pytest.raises(OimgError) as caught:
        write(original, lambda _: original / "b.png")
    assert caught.value.code is ErrorCode.WRITE
    assert original.read_bytes() == b"the original picture"


@pytest.mark.parametrize("conflict", Conflict)
@pytest.mark.parametrize("renames", [True, False], ids=["renameat2", "placeholder"])
def test_without_hard_links_all_rules_hold(
    original: Path, monkeypatch: pytest.MonkeyPatch, conflict: Conflict, renames: bool
) -> None:
    monkeypatch.setattr(os, "link", failing(errno.EPERM))
    if not renames:
        monkeypatch.setattr(exchange, "_function", lambda: None)
    name = name_in(original.parent)
    assert write(original, conflict=conflict, like=True).path == name(1)
    assert name(1).read_bytes() == DATA
    assert name(1).stat().st_mtime_ns == original.stat().st_mtime_ns
    if conflict is Conflict.SKIP:
        with pytest.raises(FileExistsError):
            write(original, conflict=conflict, data=b"other")
        assert name(1).read_bytes() == DATA
    else:
        expected = name(2) if conflict is Conflict.RENAME else name(1)
        assert write(original, conflict=conflict, data=b"other").path == expected
        assert expected.read_bytes() == b"other"
    assert not temp_files(original.parent)


@pytest.mark.parametrize("disk", ["hard links", "renameat2", "placeholder"])
def test_writers_that_race_for_a_name_all_get_one(original: Path, monkeypatch: pytest.MonkeyPatch, disk: str) -> None:
    if disk != "hard links":
        monkeypatch.setattr(os, "link", failing(errno.ENOTSUP))
    if disk == "placeholder":
        monkeypatch.setattr(exchange, "_function", lambda: None)
    start, paths = threading.Barrier(8), []

    def race(index: int) -> None:
        start.wait()
        paths.extend(write(original, data=b"%d-%d" % (index, each)).path for each in range(5))

    threads = [threading.Thread(target=race, args=(index,)) for index in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(set(paths)) == 40
    contents = {path.read_bytes() for path in paths}
    assert contents == {b"%d-%d" % (index, each) for index in range(8) for each in range(5)}
    assert not temp_files(original.parent)


def test_no_name_left(original: Path) -> None:
    with pytest.raises(OimgError) as caught:
        write(original, lambda _: original)
    assert caught.value.code is ErrorCode.WRITE


def test_a_sweep_takes_unfinished_files_along(original: Path) -> None:
    unfinished = temp._Unfinished()
    half = original.with_name(".oimg-0.tmp")
    half.write_bytes(b"half")
    unfinished.add(half)
    unfinished.add(original.with_name(".oimg-gone.tmp"))
    unfinished.sweep()
    assert [path.name for path in original.parent.iterdir()] == ["a.png"]
    assert not unfinished._lock.acquire(blocking=False)  # nobody begins a file after it
