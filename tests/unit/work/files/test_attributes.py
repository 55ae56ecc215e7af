"""Attributes and temp files: everything a file has is carried over, or it is told what was not."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path
from typing import Any

import pytest

from file_attributes import ACCESS, SHARED, dated, give
from oimg.words.errors import ErrorCode, OimgError
from oimg.work.files import attributes, exchange, temp
from oimg.work.files.attributes import Carried
from oimg.work.files.exchange import take_place
from oimg.work.files.identity import identity_of

DATA = b"the result"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return dated(tmp_path / "a.png", b"the original")


def rewritten(path: Path, **options: Any) -> temp.Temp:
    return temp.write(DATA, path.parent, attributes.of(path), **options)


def test_dates_and_mode(path: Path) -> None:
    written = rewritten(path)
    facts = written.path.stat()
    assert written.carried == Carried()
    assert (facts.st_mtime_ns, facts.st_atime_ns) == (1_500_000_000_987_654_321, 1_600_000_000_123_456_789)
    assert stat.S_IMODE(facts.st_mode) == 0o640
    assert written.path.read_bytes() == DATA


def test_dates_of_its_own_where_asked(path: Path) -> None:
    facts = rewritten(path, dates=False).path.stat()
    assert facts.st_mtime_ns > 1_700_000_000_000_000_000
    assert stat.S_IMODE(facts.st_mode) == 0o640


@pytest.mark.parametrize("value", [b"", b"x", bytes(range(256)) * 8])
def test_extended_attributes(path: Path, value: bytes) -> None:
    give(path, "user.comment", value)
    written = rewritten(path)
    assert written.carried == Carried()
    assert os.getxattr(written.path, "user.comment") == value


def test_an_access_list(path: Path) -> None:
    give(path, ACCESS, SHARED)
    written = rewritten(path)
    assert os.getxattr(written.path, ACCESS) == SHARED
    assert written.path.stat().st_mode == path.stat().st_mode


def test_it_is_told_where_an_attribute_cannot_be_had(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    give(path, "user.comment", b"x")

    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "setxattr", fail)
    assert rewritten(path).carried == Carried(dates=True, rest=False)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="NOT TESTED: only root can give files away")
def test_the_owner_and_then_the_bits_that_depend_on_him(path: Path) -> None:
    os.chown(path, 12345, 23456)
    path.chmod(0o6750)
    written = rewritten(path)
    facts = written.path.stat()
    assert (facts.st_uid, facts.st_gid, stat.S_IMODE(facts.st_mode)) == (12345, 23456, 0o6750)
    assert written.carried == Carried()


def test_bits_of_another_owner_are_not_set_on_our_bytes(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise PermissionError(errno.EPERM, os.strerror(errno.EPERM))

    path.chmod(0o6755)
    like = attributes.of(path)
    monkeypatch.setattr(os, "fchown", fail)
    foreign = attributes.Attributes(like.atime_ns, like.mtime_ns, like.mode, like.uid + 1, like.gid, ())
    written = temp.write(DATA, path.parent, foreign)
    assert stat.S_IMODE(written.path.stat().st_mode) == 0o755
    assert not written.carried.rest


def test_nobody_reads_a_temp_file_before_it_has_its_mode(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    real = os.fsync

    def look(descriptor: int) -> None:
        real(descriptor)

    def carry(descriptor: int, *_: object, **__: object) -> Carried:
        seen.append(stat.S_IMODE(os.fstat(descriptor).st_mode))
        return Carried()

    monkeypatch.setattr(os, "fsync", look)
    monkeypatch.setattr(attributes, "carry_over", carry)
    rewritten(path)
    assert seen == [0o600]


def test_a_temp_file_is_announced_before_it_is_there(path: Path) -> None:
    told: list[tuple[Path, bool]] = []
    written = rewritten(path, announce=lambda each: told.append((each, each.exists())))
    assert told == [(written.path, False)]
    assert temp.is_temp(written.path)


@pytest.mark.parametrize("name", [".oimg-.tmp", "oimg-0123456789abcdef.tmp", ".oimg-0123456789abcdef.tmp.png", "a.tmp"])
def test_nobody_elses_name_is_one_of_ours(name: str) -> None:
    assert not temp.is_temp(Path("/pictures") / name)


@pytest.fixture(params=["renameat2", "rename"])
def can_exchange(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> bool:
    if request.param == "rename":
        monkeypatch.setattr(exchange, "_function", lambda: None)
        return False
    one, other = tmp_path / "one", tmp_path / "other"
    one.touch()
    other.touch()
    if not exchange.exchange(one, other):
        pytest.skip("NOT TESTED: system or disk cannot exchange names")
    return True


def test_a_file_takes_the_place_of_another(path: Path, can_exchange: bool) -> None:
    new = rewritten(path).path
    old, fresh = identity_of(path), identity_of(new)
    assert take_place(new, path, old) is can_exchange
    assert identity_of(path) == fresh
    assert (identity_of(new) == old) if can_exchange else not new.exists()


@pytest.mark.usefixtures("can_exchange")
def test_what_is_another_file_by_now_is_left_alone(path: Path) -> None:
    new, old = rewritten(path).path, identity_of(path)
    path.write_bytes(b"edited")
    with pytest.raises(OimgError) as caught:
        take_place(new, path, old)
    assert caught.value.code is ErrorCode.CHANGED
    assert (path.read_bytes(), new.read_bytes()) == (b"edited", DATA)


def test_what_comes_at_the_last_moment_gets_its_name_back(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    new, old, real = rewritten(path).path, identity_of(path), exchange.exchange
    if not real(new, path):
        pytest.skip("NOT TESTED: system or disk cannot exchange names")
    real(new, path)
    calls = 0

    def late(one: Path, other: Path) -> bool:
        nonlocal calls
        calls += 1
        if calls == 1:  # after the look, before the exchange
            other.write_bytes(b"edited at the last moment")
        return real(one, other)

    monkeypatch.setattr(exchange, "exchange", late)
    with pytest.raises(OimgError) as caught:
        take_place(new, path, old)
    assert caught.value.code is ErrorCode.CHANGED
    assert (path.read_bytes(), new.read_bytes()) == (b"edited at the last moment", DATA)


def test_a_name_that_is_taken_is_not_renamed_to(path: Path) -> None:
    new = rewritten(path).path
    try:
        with pytest.raises(FileExistsError):
            assert exchange.rename_new(new, path) is not False
    except AssertionError:
        pytest.skip("NOT TESTED: system or disk cannot rename without replacing")
    assert path.read_bytes() == b"the original"
    assert exchange.rename_new(new, path.with_name("b.png"))
    assert path.with_name("b.png").read_bytes() == DATA
