"""The store remembers, is bounded, and whatever happens to its file costs memory alone."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from oimg.work.cache import store as module
from oimg.work.cache.store import Store
from ordinary_user import as_ordinary_user
from process_help import environment, unmeasured

MIB = 1 << 20


def key(number: int) -> bytes:
    return number.to_bytes(16, "big")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "cache" / "results.sqlite"


@pytest.fixture
def day(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """What day it is: the one number, to be changed."""
    days = [1]
    monkeypatch.setattr(module, "_today", lambda: days[0])
    return days


def filled(path: Path, count: int = 300) -> None:
    store = Store(path, MIB)
    for each in range(count):
        store.put(key(each), b"value %d" % each)
    store.close()


def test_remembers_over_a_restart(path: Path) -> None:
    filled(path)
    store = Store(path, MIB)
    assert [store.get(key(each)) for each in (0, 150, 299)] == [b"value 0", b"value 150", b"value 299"]
    assert store.get(key(300)) is None
    store.put(key(0), b"newer")
    assert store.get(key(0)) == b"newer"  # before it is written
    store.close()
    assert store.get(key(0)) == b"newer"
    store.close()


def test_is_for_the_user_alone(path: Path) -> None:
    filled(path)
    assert path.parent.stat().st_mode & 0o777 == 0o700
    assert path.stat().st_mode & 0o777 == 0o600


def test_a_limit_drops_what_was_not_asked_for_longest(path: Path, day: list[int]) -> None:
    store = Store(path, 256 << 10)
    for each in range(500):
        store.put(key(each), bytes(200))
    store.flush()
    day[0] = 2
    assert store.get(key(7)) is not None  # asked for on a later day
    store.flush()
    for each in range(1_000, 6_000):
        store.put(key(each), bytes(200))
        day[0] = 2 + each // 100
    store.close()
    assert path.stat().st_size <= 256 << 10
    kept = [each for each in range(500) if store.get(key(each)) is not None]
    assert kept == []
    assert store.get(key(5_999)) == bytes(200)
    assert sum(store.get(key(each)) is not None for each in range(1_000, 6_000)) > 400
    store.close()


def test_what_was_asked_for_lately_outlives_what_was_not(path: Path, day: list[int]) -> None:
    store = Store(path, 256 << 10)
    for each in range(700):
        store.put(key(each), bytes(200))
    store.close()
    day[0] = 2
    for each in range(0, 700, 7):
        assert store.get(key(each)) is not None
    store.close()
    day[0] = 3
    for each in range(1_000, 1_256):
        store.put(key(each), bytes(200))
    store.close()
    left = {each for each in range(700) if store.get(key(each)) is not None}
    store.close()
    assert set(range(0, 700, 7)) <= left
    assert len(left) < 700


@pytest.mark.parametrize("damage", ["junk", "cut", "empty", "foreign", "newer", "no table", "text for bytes"])
def test_a_damaged_file_is_begun_anew(path: Path, damage: str) -> None:
    filled(path)
    whole = path.read_bytes()
    if damage == "junk":
        path.write_bytes(b"no database at all" * 1000)
    elif damage == "cut":
        path.write_bytes(whole[: len(whole) // 2])
    elif damage == "empty":
        path.write_bytes(b"")
    else:
        path.unlink()
        made = {
            "foreign": "CREATE TABLE rows (id TEXT); PRAGMA user_version = 1",
            "newer": "CREATE TABLE rows (key BLOB, value BLOB, day INTEGER); PRAGMA user_version = 9",
            "no table": "PRAGMA user_version = 1",
            "text for bytes": "CREATE TABLE rows (key BLOB PRIMARY KEY, value BLOB, day INTEGER); "
            "PRAGMA user_version = 1; INSERT INTO rows VALUES (zeroblob(16), 'text', 'never')",
        }
        database = sqlite3.connect(path)
        database.executescript(made[damage])
        database.close()
    store = Store(path, MIB)
    assert store.get(key(0)) in (None, b"value 0")
    store.put(key(1), b"again")
    store.close()
    store.put(key(2), b"and again")
    store.close()
    fresh = Store(path, MIB)
    assert fresh.get(key(2)) == b"and again"
    fresh.close()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(places=st.lists(st.tuples(st.integers(0, 40_000), st.integers(0, 255)), min_size=1, max_size=40))
def test_no_damage_raises(path: Path, places: list[tuple[int, int]]) -> None:
    path.unlink(missing_ok=True)
    filled(path, 100)
    data = bytearray(path.read_bytes())
    for place, value in places:
        data[place % len(data)] = value
    path.write_bytes(data)
    store = Store(path, MIB)
    for each in range(100):
        found = store.get(key(each))
        assert found is None or isinstance(found, bytes)
        store.put(key(each), b"new")
    store.close()
    store.get(key(3))
    store.close()


def test_a_folder_in_its_place_is_left_alone(path: Path) -> None:
    (path / "mine").mkdir(parents=True)
    store = Store(path, MIB)
    store.put(key(1), b"1")
    store.close()
    assert store.get(key(1)) is None
    store.close()
    assert (path / "mine").is_dir()


def test_two_stores_of_one_file_see_each_other(path: Path) -> None:
    one, other = Store(path, MIB), Store(path, MIB)
    for each in range(100):
        (one if each % 2 else other).put(key(each), b"%d" % each)
        if each % 10 == 9:
            one.flush()
            other.flush()
    assert [one.get(key(each)) for each in range(100)] == [b"%d" % each for each in range(100)]
    assert [other.get(key(each)) for each in range(100)] == [b"%d" % each for each in range(100)]
    one.close()
    other.close()


_WRITER = """
import sys
from pathlib import Path
from oimg.work.cache.store import Store
store, first = Store(Path(sys.argv[1]), 1 << 22), int(sys.argv[2])
for each in range(first, first + 1500):
    store.put(each.to_bytes(16, "big"), b"%d" % each)
    store.get((each // 2).to_bytes(16, "big"))
store.close()
"""


def test_two_processes_write_at_once(path: Path) -> None:
    running = [
        subprocess.Popen([sys.executable, "-c", _WRITER, path, str(first)], env=environment()) for first in (0, 10_000)
    ]
    assert [each.wait(60) for each in running] == [0, 0]
    store = Store(path, 1 << 22)
    missing = [each for first in (0, 10_000) for each in range(first, first + 1500) if store.get(key(each)) is None]
    store.close()
    assert missing == []


def test_a_lock_that_is_not_given_up_costs_seconds_once(path: Path) -> None:
    filled(path, 5)
    other = sqlite3.connect(path, isolation_level=None)
    other.execute("BEGIN EXCLUSIVE")
    store = Store(path, MIB)
    began = time.monotonic()
    assert [store.get(key(each % 5)) for each in range(500)] == [None] * 500
    store.put(key(9), b"9")
    store.flush()
    assert time.monotonic() - began < 8
    other.execute("ROLLBACK")
    other.close()
    store.close()
    assert store.get(key(1)) == b"value 1"  # the next batch tries again
    store.close()


def test_threads_share_one(path: Path) -> None:
    store = Store(path, 1 << 22)
    wrong: list[int] = []

    def work(first: int) -> None:
        for each in range(first, first + 400):
            store.put(key(each), b"%d" % each)
            if store.get(key(each)) != b"%d" % each:
                wrong.append(each)

    threads = [threading.Thread(target=work, args=(1000 * number,)) for number in range(4)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    store.close()
    assert wrong == []
    assert sum(store.get(key(1000 * number + each)) is not None for number in range(4) for each in range(400)) == 1600
    store.close()


def test_it_can_be_erased_while_it_is_open(path: Path) -> None:
    filled(path)
    working = Store(path, MIB)
    assert working.get(key(1)) is not None
    Store(path, 0).clear()
    assert not path.exists()
    working.put(key(2), b"2")
    working.close()  # into a file that is gone, or a new one; nothing raises
    working.put(key(3), b"3")
    working.close()
    fresh = Store(path, MIB)
    assert fresh.get(key(3)) == b"3"
    assert fresh.get(key(1)) is None
    fresh.close()


_FULL = """
import resource, signal, sys
from pathlib import Path
from oimg.work.cache.store import Store
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
store = Store(Path(sys.argv[1]), 1 << 24)
store.put(b"first", b"1")
store.flush()
resource.setrlimit(resource.RLIMIT_FSIZE, (32768, 32768))
for each in range(2000):
    store.put(each.to_bytes(16, "big"), bytes(500))
store.close()
print(store.get(b"first"))
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="NOT TESTED on a full disk: Windows has no setrlimit")
def test_a_full_disk_only_costs_memory(path: Path) -> None:
    done = subprocess.run([sys.executable, "-c", _FULL, path], env=unmeasured(), capture_output=True, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"b'1'\n", b"")
    assert path.stat().st_size <= 32_768


_READ_ONLY = """
import sys
from pathlib import Path
from oimg.work.cache.store import Store
store = Store(Path(sys.argv[1]), 1 << 20)
store.put(b"k", b"v")
store.close()
print(store.get(b"k"))
store.close()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="NOT TESTED without rights: modes are POSIX's")
def test_a_home_that_cannot_be_written_to_does_no_harm(path: Path) -> None:
    path.parent.mkdir()
    path.parent.chmod(0o500)
    done = subprocess.run(
        [sys.executable, "-c", _READ_ONLY, path],
        env=environment(),
        capture_output=True,
        check=False,
        **as_ordinary_user(),
    )
    path.parent.chmod(0o700)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"None\n", b"")
    assert list(path.parent.iterdir()) == []
