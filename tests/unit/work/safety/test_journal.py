"""The journal: what is written is read again, what is torn or rotten is left out, and never more than that."""

from __future__ import annotations

import json
import os
import threading
import zlib
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.work.safety import journal, journal_reader
from oimg.work.safety.folders import Folders
from oimg.work.safety.journal import Journal
from oimg.work.safety.journal_reader import Original, Replacement, State

DIGEST, OTHER = "a" * 64, "b" * 64
FOLDER = frozenset({"/pictures"})


@pytest.fixture
def folders(tmp_path: Path) -> Folders:
    return Folders(tmp_path / "oimg")


def item(number: int = 0, names: tuple[str, ...] = ("/pictures/a.png",)) -> Replacement:
    old = Original(DIGEST, 1000, 1_500_000_000_987_654_321, 1_600_000_000_123_456_789, 0o640)
    temps = tuple(Path(f"/pictures/.oimg-{each:016x}.tmp") for each in range(len(names)))
    return Replacement(number, tuple(map(Path, names)), None, temps, old, OTHER, 500)


def line(record: object) -> bytes:
    """Make a line by the description in the docstring of the module, not by its code."""
    text = json.dumps(record).encode()
    return f"{zlib.crc32(text):08x} ".encode() + text + b"\n"


def written(folders: Folders, *items: Replacement) -> Path:
    """Give a closed journal in which some replacements are done."""
    log = Journal(folders, "20260101-000000-abcd")
    log.start(FOLDER)
    for each in items:
        log.begin(each)
        log.mark(each.number, State.DONE)
    log.close()
    return log.path.with_suffix(".log")


def test_what_is_written_is_read_again(folders: Folders) -> None:
    first = item()
    trashed = replace(item(1), old=replace(first.old, trash=Path("/trash/files/x")), output=Path("/pictures/a.webp"))
    told = journal_reader.read(written(folders, first, trashed))
    assert told.standing == (replace(first, state=State.DONE), replace(trashed, state=State.DONE))
    assert (told.folders, told.process, told.damaged, told.foreign) == (FOLDER, os.getpid(), False, False)
    assert told.digests == {DIGEST}  # what is in the trash needs no backup


def is_name(name: bytes) -> bool:
    return name != b"." and not {0, 47} & set(name)  # pathlib takes "." for nothing


@given(st.lists(st.binary(min_size=1).filter(is_name), min_size=1, max_size=4, unique=True))
def test_names_of_any_bytes(tmp_path_factory: pytest.TempPathFactory, names: list[bytes]) -> None:
    folders = Folders(tmp_path_factory.mktemp("journal"))
    paths = tuple(os.fsdecode(b"/pictures/" + name) for name in names)
    (standing,) = journal_reader.read(written(folders, item(names=paths))).standing
    assert [os.fsencode(path) for path in standing.names] == [b"/pictures/" + name for name in names]


def test_cut_at_any_byte_it_tells_no_more_and_no_less_than_its_whole_lines(folders: Folders) -> None:
    path = written(folders, item(0), item(1))
    whole = path.read_bytes()
    for end in range(len(whole) + 1):
        path.write_bytes(whole[:end])
        told = journal_reader.read(path)
        lines = whole[:end].count(b"\n") + (whole[end : end + 1] == b"\n")  # a last line may be whole without its end
        assert len(told.replacements) == max(0, min((lines + 0) // 2, 2)), end
        assert len(told.standing) == max(0, min((lines - 1) // 2, 2)), end
        assert not told.damaged  # a torn end is no rot


def test_any_flipped_bit_costs_one_line_at_most(folders: Folders) -> None:
    path = written(folders, item(0), item(1))
    whole = path.read_bytes()
    for place in range(0, len(whole), 3):
        rotten = bytearray(whole)
        rotten[place] ^= 1 << place % 8
        path.write_bytes(rotten)
        told = journal_reader.read(path)
        hit = whole[:place].count(b"\n")  # after the first line, two lines a replacement; an end is of two lines
        lost = {(hit - 1) // 2} | ({hit // 2} if whole[place : place + 1] == b"\n" else set())
        assert set(told.replacements) >= {0, 1} - lost
        for each in told.replacements.values():
            assert replace(each, state=State.BEGUN) == item(each.number)  # nothing is ever told wrongly


def test_rot_in_the_first_line_does_not_make_a_batch_old_or_unknown(folders: Folders) -> None:
    path = written(folders, item())
    path.write_bytes(b"0" + path.read_bytes()[1:] if path.read_bytes()[:1] != b"0" else b"1" + path.read_bytes()[1:])
    told = journal_reader.read(path)
    assert told.damaged
    assert told.began == path.stat().st_mtime
    assert len(told.standing) == 1


def test_originals_stay_wanted_where_the_line_that_wants_them_has_rotted(folders: Folders) -> None:
    path = written(folders, item())
    lines = path.read_bytes().split(b"\n")
    lines[1] = b"rotten"
    path.write_bytes(b"\n".join([lines[0], line({"r": "keep", "digest": DIGEST}).strip(), *lines[1:]]))
    assert journal_reader.read(path).digests == {DIGEST}


@pytest.mark.parametrize(
    "record",
    [
        *([], 7, None, {}, {"r": 3}, {"r": "begin"}, {"r": "done", "n": 99}, {"r": "done", "n": []}),
        {"r": "begin", "n": 1, "names": [], "output": None, "temps": [], "old": {}, "digest": "", "size": 0},
        {"r": "temp", "path": 3},
        {"r": "batch", "version": "x"},
        {"r": "of a later version", "n": 0},
    ],
)
def test_lines_that_make_no_sense_are_left_out(folders: Folders, record: object) -> None:
    path = written(folders, item())
    with path.open("ab") as stream:
        stream.write(line(record))
    assert len(journal_reader.read(path).standing) == 1


def test_a_journal_of_a_later_version_is_nobodys_business(folders: Folders) -> None:
    path = written(folders, item())
    head, rest = path.read_bytes().split(b"\n", 1)
    record = json.loads(head[9:]) | {"version": 2}
    path.write_bytes(line(record) + rest)
    assert journal_reader.read(path).foreign
    assert journal_reader.read_all(folders) == []


def test_threads_may_write_at_once(folders: Folders) -> None:
    log = Journal(folders, "x")
    log.start(FOLDER)

    def work(first: int) -> None:
        for number in range(first, first + 50):
            log.announce(Path(f"/pictures/{number}"))
            log.begin(item(number))
            log.mark(number, State.DONE)

    threads = [threading.Thread(target=work, args=(index * 50,)) for index in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    log.close()
    told = journal_reader.read(log.path.with_suffix(".log"))
    assert set(told.replacements) == set(range(200))
    assert len(told.standing) == len(told.temps) == 200
    assert not told.damaged


def test_a_full_disk_tears_one_line_and_no_other(folders: Folders, monkeypatch: pytest.MonkeyPatch) -> None:
    log = Journal(folders, "x")
    log.start(FOLDER)
    log.begin(item(0))
    real = os.write
    monkeypatch.setattr(journal.os, "write", lambda descriptor, data: real(descriptor, data[:20]))
    with pytest.raises(OSError, match="No space"):
        log.begin(item(1))
    with pytest.raises(OSError, match="No space"):
        log.mark(1, State.DROPPED)
    monkeypatch.undo()
    log.mark(0, State.DONE)
    log.close()
    assert log.path.exists()  # what was begun may stand: the next start looks
    assert [each.number for each in journal_reader.read(log.path).standing] == [0]


def test_only_one_takes_up_a_journal(folders: Folders) -> None:
    path = written(folders, item())
    with folders.locked():
        first = Journal.reopened(folders, path)
    assert first is not None
    assert first.path.suffix == ".open"  # should this process die, the next start looks at it
    assert journal_reader.is_running(first.path)
    with folders.locked():
        assert Journal.reopened(folders, first.path) is None
    first.close()
    assert path.exists()
    assert not journal_reader.is_running(path)
    assert (
        journal_reader.read(path).standing == journal_reader.read(written(Folders(folders.root / "2"), item())).standing
    )


def test_a_batch_that_did_nothing_leaves_no_file(folders: Folders) -> None:
    log = Journal(folders, "x")
    log.close()
    log.start(FOLDER)
    log.begin(item())
    log.mark(0, State.DROPPED)
    log.close()
    assert journal_reader.paths(folders) == []


def test_a_temp_file_that_could_not_be_removed_keeps_the_journal_open(folders: Folders, tmp_path: Path) -> None:
    log, temp = Journal(folders, "x"), tmp_path / ".oimg-0123456789abcdef.tmp"
    log.announce(temp)
    temp.touch()
    log.close()
    assert log.path.exists()


def test_no_journal_is_written_over(folders: Folders) -> None:
    path = written(folders, item())
    before = path.read_bytes()
    with pytest.raises(FileExistsError):
        Journal(folders, path.stem).start(FOLDER)
    assert path.read_bytes() == before
