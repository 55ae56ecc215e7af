"""The one door: find, plan, work, report; and what the program tells about itself."""

from __future__ import annotations

import os
import threading
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import Format
from oimg.words.recipe import Mode, Output, Recipe, Target
from oimg.words.report import Failed, Kept, KeptCode, Optimized, Stopped
from oimg.words.task import CancelToken, Finished, JobEvent
from oimg.work import session as module
from oimg.work.session import Selection, Session, codec_states, planned_path, usable_cores
from oimg.work.settings import config_folder
from work_help import flat, into, photo, state, temp_files

LOSSLESS = Recipe(mode=Mode.LOSSLESS)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "in"
    flat(home / "b.png")
    flat(home / "sub" / "a.png", (50, 20))
    (home / "notes.txt").write_text("dear diary")
    (home / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    return home


def test_prepares_every_file_with_an_id_of_its_own(folder: Path) -> None:
    counts: list[int] = []
    with Session(workers=2) as session:
        prepared = session.prepare([folder, folder / "gone.png"], LOSSLESS, on_probed=counts.append)
    assert prepared.count == 5
    assert counts == [1, 2, 3, 4, 5]
    ids = {task.id: task.source.path.name for task in prepared.tasks}
    ids |= {each: outcome.path.name for each, outcome in prepared.settled}
    assert ids == {0: "b.png", 1: "broken.png", 2: "notes.txt", 3: "a.png", 4: "gone.png"}
    kinds = {outcome.path.name: outcome.code for _, outcome in prepared.settled}
    assert kinds["notes.txt"] is KeptCode.NOT_AN_IMAGE
    assert kinds["gone.png"] is ErrorCode.NOT_FOUND


def test_runs_a_batch_and_reports_in_the_order_given(folder: Path, tmp_path: Path) -> None:
    before, events = state(folder), list[JobEvent]()
    recipe = Recipe(mode=Mode.LOSSLESS, output=into(tmp_path / "out"))
    with Session(workers=2) as session:
        run = session.start(session.prepare([folder], recipe), events.append)
        assert run.wait(60)
        report = run.report()
    assert Counter(event.task_id for event in events if isinstance(event, Finished)) == dict.fromkeys(range(4), 1)
    assert [record.outcome.path.name for record in report.records] == ["b.png", "broken.png", "notes.txt", "a.png"]
    kinds = [type(record.outcome) for record in report.records]
    assert kinds == [Optimized, Failed, Kept, Optimized]
    assert report.exit_code == 1
    assert state(folder) == before
    assert sorted(state(tmp_path / "out")) == ["b.png", os.path.join("sub", "a.png")]  # noqa: PTH118
    assert not temp_files(tmp_path)


def test_an_output_folder_inside_is_no_source(folder: Path) -> None:
    recipe = Recipe(mode=Mode.LOSSLESS, output=into(folder / "out"))
    flat(folder / "out" / "old.png")
    with Session(workers=1) as session:
        prepared = session.prepare([folder], recipe, Selection(include=("*.png",), exclude=("broken*",)))
    assert [task.source.path.name for task in prepared.tasks] == ["b.png", "a.png"]


def test_a_stop_leaves_the_rest_as_stopped(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    began = threading.Event()

    def work(_: Any, control: Any, **__: Any) -> Any:
        began.set()
        control.token.wait(30)
        control.token.check()

    monkeypatch.setattr(module, "optimize_file", work)
    monkeypatch.setattr(module.child, "close_all", lambda **_: None)
    with Session(workers=1) as session:
        run = session.start(session.prepare([folder / "b.png", folder / "sub"], LOSSLESS), lambda _: None)
        assert began.wait(10)
        assert run.report().exit_code == 130  # what is not finished counts as stopped
        run.cancel()
        assert run.wait(10)
    assert [type(record.outcome) for record in run.report().records] == [Stopped, Stopped]


def test_an_error_on_the_way_stops_the_batch(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def work(_: Any, control: Any, **__: Any) -> Any:
        control.token.wait(30)
        control.token.check()

    monkeypatch.setattr(module, "optimize_file", work)
    session = Session(workers=1)
    run = session.start(session.prepare([folder], LOSSLESS), lambda _: None)
    session.__exit__(BrokenPipeError, BrokenPipeError(), None)
    assert run.report().count(Stopped) == 2


def test_a_stop_while_looking_does_not_wait_for_the_rest(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(200):
        (tmp_path / f"{number}.txt").touch()
    looked: list[object] = []
    slow = threading.Event()

    def probe(found: Any, _: Any) -> Any:
        looked.append(found)
        slow.wait(0.02)
        return Kept(found.path, None, KeptCode.NOT_AN_IMAGE)

    def stop(_: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(module, "probe", probe)
    with pytest.raises(KeyboardInterrupt), Session(workers=2) as session:
        session.prepare([tmp_path], LOSSLESS, on_probed=stop)
    assert len(looked) < 100


def test_finds_as_it_goes_and_in_order(folder: Path) -> None:
    with Session(workers=2) as session:
        found = session.find([folder, folder / "gone.png"])
        assert next(found).path.name == "b.png"
        assert [each.path.name for each in found] == ["broken.png", "notes.txt", "a.png", "gone.png"]


def test_finding_does_not_run_ahead_and_ends_when_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(300):
        (tmp_path / f"{number:03}.txt").touch()
    looked: list[object] = []

    def probe(found: Any, _: Any) -> Any:
        looked.append(found)
        return Kept(found.path, None, KeptCode.NOT_AN_IMAGE)

    monkeypatch.setattr(module, "probe", probe)
    token = CancelToken()
    with Session(workers=2, use_cache=False) as session:
        found = session.find([tmp_path], token=token)
        assert next(found).path.name == "000.txt"
        assert len(looked) <= 40
        token.cancel()
        assert list(found) == []
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("oimg-probe")]


def test_kept_originals_are_no_pictures_to_be_found() -> None:
    with Session(workers=1) as session:
        vault, _ = session.backup()
        flat(vault / "x" / "kept.png")
        flat(vault.parent / "seen.png")
        names = [each.path.name for each in session.find([vault.parent])]
    assert "seen.png" in names
    assert "kept.png" not in names


def test_plans_every_file_by_a_recipe_of_its_own(folder: Path, tmp_path: Path) -> None:
    elsewhere = Recipe(format=Target.WEBP, output=into(tmp_path / "out"))
    with Session(workers=1) as session:
        one, other = (each for each in session.find([folder / "b.png", folder / "sub" / "a.png"]))
        assert not isinstance(one, Kept | Failed)
        assert not isinstance(other, Kept | Failed)
        prepared = session.plan([(one, LOSSLESS), (other, elsewhere), (one, LOSSLESS)])
        assert [(task.id, task.recipe) for task in prepared.tasks] == [(0, LOSSLESS), (1, elsewhere)]
        assert planned_path(prepared.tasks[0]) == folder / "b_optimized.png"
        assert planned_path(prepared.tasks[1]) == tmp_path / "out" / "a.webp"
        assert [(each, outcome.code) for each, outcome in prepared.settled] == [(2, KeptCode.SAME_FILE)]


def test_a_paused_batch_begins_nothing_and_goes_on(folder: Path) -> None:
    finished = threading.Event()
    for number in range(6):
        flat(folder / f"more{number}.png")
    with Session(workers=1) as session:
        prepared = session.prepare([folder], LOSSLESS)
        run = session.start(prepared, lambda event: finished.set() if isinstance(event, Finished) else None)
        run.pause()
        assert run.paused
        finished.clear()
        assert not run.wait(0.3)
        run.resume()
        assert not run.paused
        assert run.wait(60)
    assert run.report().count(Optimized) == 8


def test_defaults_come_from_the_settings_and_flags_go_first() -> None:
    folder = config_folder()
    folder.mkdir(parents=True)
    (folder / "settings.json").write_text('{"schema": 1, "jobs": 3, "memory_limit": 300000000}')
    with Session() as session:
        assert (session.workers, session.memory_limit) == (3, 300_000_000)
    with Session(workers=5, memory_limit=1 << 30) as session:
        assert (session.workers, session.memory_limit) == (5, 1 << 30)
    with Session(memory_limit=1) as session:
        assert session.memory_limit == 256 << 20  # less lets no picture in


def test_uses_no_more_cores_than_the_process_may(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 2, 5}, raising=False)
    assert usable_cores() == 3
    monkeypatch.delattr(os, "sched_getaffinity")
    monkeypatch.setattr(os, "cpu_count", lambda: None)
    assert usable_cores() == 1


def test_tells_the_planned_name_before_the_work(folder: Path) -> None:
    with Session(workers=1) as session:
        for target, name in ((Target.KEEP, "b_optimized.png"), (Target.AVIF, "b_optimized.avif")):
            (task,) = session.prepare([folder / "b.png"], Recipe(format=target, output=Output())).tasks
            assert planned_path(task) == folder / name


def test_inspects_and_compares(tmp_path: Path) -> None:
    one, other = photo(tmp_path / "a.png", seed=1), photo(tmp_path / "b.png", seed=2)
    with Session(workers=1) as session:
        assert session.inspect(one, Recipe()).header.format is Format.PNG
        comparison = session.compare(one, other, tmp_path / "map.png")
        assert comparison.score < 100
        assert session.compare(one, one).identical
    with Image.open(tmp_path / "map.png") as image:
        assert image.size[0] == 48


@pytest.mark.parametrize("name", ["a.png", "b.png", "link.png"])
def test_a_heat_map_never_replaces_a_picture(tmp_path: Path, name: str) -> None:
    one, other = photo(tmp_path / "a.png", seed=1), photo(tmp_path / "b.png", seed=2)
    (tmp_path / "link.png").symlink_to(other)
    before = state(tmp_path)
    with Session(workers=1) as session, pytest.raises(OimgError) as caught:
        session.compare(one, other, tmp_path / name)
    assert caught.value.code is ErrorCode.WRITE
    assert state(tmp_path) == before


def test_tells_about_itself() -> None:
    with Session(workers=2) as session:
        diagnosis = session.diagnose()
    assert {each.format for each in diagnosis.codecs} == set(Format)
    assert all(each.library for each in diagnosis.codecs)
    assert diagnosis.guard[0].armed
    assert dict(diagnosis.folders)["settings"] == config_folder()


def test_a_missing_library_is_told_and_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    from oimg.engine.codecs import CODECS

    def missing(_: object) -> str:
        raise OimgError(ErrorCode.CODEC_MISSING, "pillow_jxl")

    monkeypatch.setattr(type(CODECS[Format.JXL]), "library", missing)
    states = {each.format: each for each in codec_states()}
    assert (states["jxl"].library, states["jxl"].reads, states["jxl"].writes) == ("pillow_jxl", False, False)
    assert states["png"].writes
    assert not states["heic"].writes
