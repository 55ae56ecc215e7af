"""The key is random, made once, for the user alone, and healed when it is damaged."""

from __future__ import annotations

import threading
from pathlib import Path

from oimg.work.cache import secret


def test_is_made_once_for_the_user_alone(tmp_path: Path) -> None:
    path = tmp_path / "data" / "results.key"
    made = secret.load(path)
    assert made is not None
    assert len(made) == 32
    assert secret.load(path) == made == path.read_bytes()
    assert path.stat().st_mode & 0o777 == 0o600
    assert list(path.parent.iterdir()) == [path]
    assert secret.load(tmp_path / "other" / "results.key") != made


def test_one_that_was_cut_short_is_made_anew(tmp_path: Path) -> None:
    path = tmp_path / "results.key"
    for broken in (b"", b"short", bytes(33)):
        path.write_bytes(broken)
        made = secret.load(path)
        assert made is not None
        assert len(made) == 32
        assert secret.load(path) == made


def test_there_is_none_where_it_cannot_be_kept(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    assert secret.load(tmp_path / "file" / "results.key") is None
    (tmp_path / "results.key").mkdir()
    assert secret.load(tmp_path / "results.key") is None


def test_all_who_make_it_at_once_get_the_same(tmp_path: Path) -> None:
    found: list[bytes | None] = []
    start = threading.Barrier(8)

    def load() -> None:
        start.wait()
        found.append(secret.load(tmp_path / "results.key"))

    threads = [threading.Thread(target=load) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert set(found) == {(tmp_path / "results.key").read_bytes()}
