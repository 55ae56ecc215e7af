"""What is kept on this machine is told with its size, and is gone when it is erased."""

from __future__ import annotations

from pathlib import Path

import pytest

from oimg.words.answers import Stored, StoredKind
from oimg.words.recipe import Mode, Output, Place, Recipe
from oimg.work.session import Session
from oimg.work.settings import PresetStore, Settings, WindowState, config_folder, load, save, save_window
from oimg.work.storage import log_file
from work_help import flat

IN_PLACE = Recipe(mode=Mode.LOSSLESS, output=Output(place=Place.IN_PLACE))


def kept(session: Session) -> dict[StoredKind, Stored]:
    return {each.kind: each for each in session.stored()}


def test_a_first_start_has_stored_nothing() -> None:
    with Session(workers=1) as session:
        found = kept(session)
        assert set(found) == set(StoredKind)
        assert {each.byte_size for each in found.values()} == {0}
        assert {session.erase(kind) for kind in StoredKind} == {0}


def test_files_of_the_user_are_counted_and_erased() -> None:
    save(Settings(jobs=2))
    save_window(WindowState())
    (config_folder() / "window.bad").write_text("bad")
    PresetStore().save("mine", Recipe(target=70))
    PresetStore().save("yours", Recipe(target=75))
    with Session(workers=1) as session:
        found = kept(session)
        assert found[StoredKind.SETTINGS].path == config_folder() / "settings.json"
        assert found[StoredKind.PRESETS].count == 2
        assert found[StoredKind.WINDOW].byte_size == (config_folder() / "window.json").stat().st_size + 3
        for kind in (StoredKind.SETTINGS, StoredKind.PRESETS, StoredKind.WINDOW):
            assert session.erase(kind) == found[kind].byte_size > 0
        assert session.settings == Settings()
    assert [path for path in config_folder().rglob("*") if path.is_file()] == []


def test_the_log_is_emptied_where_it_is_open() -> None:
    log_file().parent.mkdir(parents=True)
    with log_file().open("a") as log, Session(workers=1) as session:
        log.write("error")
        log.flush()
        assert kept(session)[StoredKind.LOG].byte_size == 5
        assert session.erase(StoredKind.LOG) == 5
        assert (kept(session)[StoredKind.LOG].byte_size, kept(session)[StoredKind.LOG].count) == (0, 0)
        log.write("again")
    assert log_file().read_text() == "again"


def test_originals_and_memory_are_counted_and_erased(tmp_path: Path) -> None:
    path = flat(tmp_path / "a.png")
    size = path.stat().st_size
    with Session(workers=1) as session:
        run = session.start(session.prepare([path], IN_PLACE), lambda _: None)
        assert run.wait(60)
        found = kept(session)
        originals = found[StoredKind.ORIGINALS]
        assert (originals.byte_size, originals.count) == (size, 1)
        assert originals.oldest is not None
        assert found[StoredKind.MEMORY].byte_size > 0
        assert session.erase(StoredKind.ORIGINALS) == size
        assert session.erase(StoredKind.MEMORY) >= found[StoredKind.MEMORY].byte_size
        assert {kept(session)[kind].byte_size for kind in (StoredKind.ORIGINALS, StoredKind.MEMORY)} == {0}


@pytest.mark.parametrize("limit", [0, 1_000_000])
def test_other_settings_are_saved_and_gone_by(tmp_path: Path, limit: int) -> None:
    path = flat(tmp_path / "a.png")
    save(Settings(cache_limit=1_000_000 - limit))
    with Session(workers=1) as session:
        session.prepare([path], Recipe())  # opens the memory, where there is to be one
        session.change_settings(Settings(cache_limit=limit, backup_days=3))
        assert load()[0] == session.settings == Settings(cache_limit=limit, backup_days=3)
        run = session.start(session.prepare([path], Recipe(mode=Mode.LOSSLESS)), lambda _: None)
        assert run.wait(60)
        assert (kept(session)[StoredKind.MEMORY].byte_size > 0) == (limit > 0)
