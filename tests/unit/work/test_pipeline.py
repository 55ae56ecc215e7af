"""One picture from the disk to the disk: whatever comes of it, the source stays as it is."""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image, ImageChops

from oimg.engine import child
from oimg.engine.transform import Refusal
from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.images import Format, Limits
from oimg.words.privacy import MetadataPolicy
from oimg.words.recipe import Conflict, Mode, Output, Place, Recipe, Target
from oimg.words.report import Kept, KeptCode, Notice, Optimized
from oimg.words.task import CancelToken, Control, Task
from oimg.work import pipeline, prediction
from oimg.work.pipeline import BatchContext, optimize_file
from work_help import flat, into, photo, state, task_for, temp_files

LOSSLESS = Recipe(mode=Mode.LOSSLESS)


@pytest.fixture(scope="module", autouse=True)
def codec_child(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """One codec process for all tests of this file, as a worker thread has one for all its pictures."""
    run(flat(tmp_path_factory.mktemp("warm") / "a.png"))
    yield
    child.close_all()


def same_pixels(one: Path, other: Path) -> bool:
    with Image.open(one) as first, Image.open(other) as second:
        if first.size != second.size:
            return False
        return ImageChops.difference(first.convert("RGBA"), second.convert("RGBA")).getbbox(alpha_only=False) is None


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = flat(tmp_path / "in" / "a.png")
    path.chmod(0o640)
    os.utime(path, ns=(1_500_000_000_000_000_001, 1_500_000_000_987_654_321))
    return path


def run(path: Path, recipe: Recipe = LOSSLESS, control: Control | None = None, **limits: int) -> Any:
    return optimize_file(task_for(path, recipe), control or Control(), BatchContext(Limits(**limits)))


def test_writes_a_smaller_file_beside_with_the_dates_of_the_source(picture: Path) -> None:
    before = state(picture.parent)
    outcome = run(picture)
    assert isinstance(outcome, Optimized)
    assert outcome.output == picture.with_name("a_optimized.png")
    facts = outcome.output.stat()
    assert outcome.output_bytes == facts.st_size < picture.stat().st_size
    assert (facts.st_mtime_ns, facts.st_mode) == (picture.stat().st_mtime_ns, picture.stat().st_mode)
    assert (outcome.width, outcome.height, outcome.frames, outcome.score) == (40, 30, 1, 100.0)
    assert same_pixels(picture, outcome.output)
    assert {name: facts for name, facts in state(picture.parent).items() if name == "a.png"} == before


def test_progress_only_grows_and_stays_in_range(picture: Path) -> None:
    told: list[float] = []
    run(picture, Recipe(format=Target.WEBP), Control(progress=told.append))
    assert told
    assert told == sorted(told)
    assert all(0 <= each <= 1 for each in told)


def test_a_second_pass_keeps_the_result(picture: Path) -> None:
    first = run(picture)
    second = run(first.output, Recipe(mode=Mode.LOSSLESS, output=Output(suffix="_again")))
    assert isinstance(second, Kept)
    assert second.code is KeptCode.NOT_SMALLER
    assert second.output is None


def test_a_kept_file_is_copied_into_another_folder(picture: Path, tmp_path: Path) -> None:
    small = run(picture).output
    outcome = run(small, Recipe(mode=Mode.LOSSLESS, output=into(tmp_path / "out")))
    assert isinstance(outcome, Kept)
    assert outcome.output == tmp_path / "out" / small.name
    assert outcome.output.read_bytes() == small.read_bytes()
    assert outcome.output.stat().st_mtime_ns == small.stat().st_mtime_ns
    again = run(small, Recipe(mode=Mode.LOSSLESS, output=into(tmp_path / "out")))
    assert again.output == outcome.output
    assert len(list((tmp_path / "out").iterdir())) == 1


@pytest.mark.parametrize(("metadata", "told"), [(MetadataPolicy.PRIVATE, True), (MetadataPolicy.KEEP, False)])
def test_a_copy_that_tells_more_than_asked_is_noted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, metadata: MetadataPolicy, told: bool
) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0)})
    path = photo(tmp_path / "a.jpg", exif=exif)
    monkeypatch.setattr(pipeline, "transform", lambda _: Refusal(KeptCode.NOT_SMALLER))
    outcome = run(path, Recipe(metadata=metadata, output=into(tmp_path / "out")))
    assert (Notice.METADATA_STAYS in outcome.warnings) is told
    assert outcome.output.read_bytes() == path.read_bytes()
    assert Notice.METADATA_STAYS not in run(path, Recipe(metadata=metadata)).warnings  # nothing was copied


def test_a_folder_that_cannot_be_listed_has_no_neighbours(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    task = task_for(flat(tmp_path / "a_optimized.png"), LOSSLESS)

    def refuse(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(os, "scandir", refuse)
    assert isinstance(optimize_file(task, Control()), Optimized)


def test_a_kept_file_is_not_copied_beside_itself(picture: Path) -> None:
    small = run(picture).output
    before = state(picture.parent)
    assert isinstance(run(small, Recipe(mode=Mode.LOSSLESS, output=Output(suffix="_x"))), Kept)
    assert state(picture.parent) == before


@pytest.mark.parametrize(
    ("name", "neighbour"),
    [
        ("a_optimized.png", "a.png"),
        ("a_optimized.png", "a.JPG"),
        ("a_optimized.webp", "a.odd"),
        ("a_optimized.png", "a"),
        ("a_optimized (2).png", "a.png"),
        ("a (2)_optimized.png", "a (2).png"),
        ("x" * 229 + "_optimized.png", "x" * 240 + ".png"),
    ],
)
def test_knows_its_own_results(tmp_path: Path, name: str, neighbour: str) -> None:
    result = flat(tmp_path / name)
    assert isinstance(run(result), Optimized)  # alone it is a picture as any other
    for each in tmp_path.iterdir():
        if each != result:
            each.unlink()
    (tmp_path / neighbour).write_bytes(b"x")
    outcome = run(result)
    assert isinstance(outcome, Kept)
    assert outcome.code is KeptCode.OWN_RESULT


@pytest.mark.parametrize(
    ("name", "neighbour"),
    [("_optimized.png", "b.png"), ("a_optimized.png", "ab.png"), ("a_optimizedx.png", "a.png"), ("a (2).png", "a.png")],
)
def test_takes_others_for_what_they_are(tmp_path: Path, name: str, neighbour: str) -> None:
    picture = flat(tmp_path / name)
    (tmp_path / neighbour).write_bytes(b"x")
    assert isinstance(run(picture), Optimized)


def test_results_elsewhere_are_pictures_like_any_other(tmp_path: Path) -> None:
    flat(tmp_path / "a.png")
    result = flat(tmp_path / "a_optimized.png")
    assert isinstance(run(result, Recipe(mode=Mode.LOSSLESS, output=into(tmp_path / "out"))), Optimized)


def test_a_long_name_is_not_optimized_again_and_again(tmp_path: Path) -> None:
    path = flat(tmp_path / ("x" * 251 + ".png"))
    first = run(path)
    assert isinstance(first, Optimized)
    assert first.output.stem.endswith("_optimized")
    again = run(first.output)
    assert again.code is KeptCode.OWN_RESULT


def test_a_taken_name_is_left_alone_where_asked(picture: Path) -> None:
    taken = picture.with_name("a_optimized.png")
    taken.write_bytes(b"somebody's")
    before = state(picture.parent)
    outcome = run(picture, Recipe(mode=Mode.LOSSLESS, output=Output(conflict=Conflict.SKIP)))
    assert outcome.code is KeptCode.EXISTS
    assert state(picture.parent) == before


@pytest.mark.parametrize("kept", [False, True])
def test_a_name_that_is_taken_meanwhile_is_left_alone_too(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, kept: bool
) -> None:
    monkeypatch.setattr(prediction, "is_taken", lambda *_: False)
    path = run(picture).output if kept else picture
    out = tmp_path / "out"
    out.mkdir()
    (out / path.name).write_bytes(b"somebody's")
    outcome = run(path, Recipe(mode=Mode.LOSSLESS, output=into(out, conflict=Conflict.SKIP)))
    assert outcome.code is KeptCode.EXISTS
    assert [each.read_bytes() for each in out.iterdir()] == [b"somebody's"]


def test_a_wrong_suffix_is_put_right_and_noted(tmp_path: Path) -> None:
    flat(tmp_path / "a.png").rename(tmp_path / "a.jpg")
    outcome = run(tmp_path / "a.jpg")
    assert outcome.output.name == "a_optimized.png"
    assert Notice.WRONG_SUFFIX in outcome.warnings
    with Image.open(outcome.output) as image:
        assert image.format == "PNG"


def test_one_file_gets_the_name_and_format_it_was_given(picture: Path, tmp_path: Path) -> None:
    target = tmp_path / "new" / "small.webp"
    outcome = run(picture, Recipe(format=Target.WEBP, output=Output(place=Place.FILE, path=str(target))))
    assert (outcome.output, outcome.format) == (target, Format.WEBP)
    with Image.open(target) as image:
        assert (image.format, image.size) == ("WEBP", (40, 30))


def test_dates_that_cannot_be_kept_are_noted(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EPERM, "Operation not permitted")

    monkeypatch.setattr(os, "utime", refuse)
    assert Notice.DATES_NOT_KEPT in run(picture).warnings


def change(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"!")


@pytest.mark.parametrize(("what", "code"), [(change, ErrorCode.CHANGED), (Path.unlink, ErrorCode.NOT_FOUND)])
def test_a_source_that_changed_before_the_work_fails(picture: Path, what: Any, code: ErrorCode) -> None:
    task = task_for(picture, LOSSLESS)
    what(picture)
    with pytest.raises(OimgError) as caught:
        optimize_file(task, Control())
    assert caught.value.code is code
    assert not picture.with_name("a_optimized.png").exists()


@pytest.mark.parametrize("what", [change, Path.unlink])
def test_a_source_that_changes_during_the_work_gets_no_result(
    picture: Path, monkeypatch: pytest.MonkeyPatch, what: Any
) -> None:
    real = pipeline.transform

    def meanwhile(request: Any) -> Any:
        result = real(request)
        what(picture)
        return result

    monkeypatch.setattr(pipeline, "transform", meanwhile)
    with pytest.raises(OimgError) as caught:
        run(picture)
    assert caught.value.code is ErrorCode.CHANGED
    assert not picture.with_name("a_optimized.png").exists()


def full_disk(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object, **__: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)


def broken_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: object) -> None:
        raise OimgError(ErrorCode.VERIFY, "other pixels")

    monkeypatch.setattr(pipeline, "transform", fail)


def cancelled_engine(monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(_: object) -> None:
        raise Cancelled

    monkeypatch.setattr(pipeline, "transform", stop)


def none(_: pytest.MonkeyPatch) -> None: ...


@pytest.mark.parametrize("harm", [none, full_disk, broken_engine, cancelled_engine])
@pytest.mark.parametrize("conflict", Conflict)
@pytest.mark.parametrize("place", ["beside", "folder", "own folder"])
def test_the_source_stays_in_every_outcome(
    picture: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, harm: Any, conflict: Conflict, place: str
) -> None:
    outputs = {
        "beside": Output(conflict=conflict),
        "folder": into(tmp_path / "out", conflict=conflict),
        "own folder": into(picture.parent, conflict=conflict),
    }
    before = state(picture.parent)
    harm(monkeypatch)
    try:
        run(picture, Recipe(mode=Mode.LOSSLESS, output=outputs[place]))
    except (OimgError, Cancelled):
        assert harm is not none or (place, conflict) == ("own folder", Conflict.OVERWRITE)
    after = state(picture.parent)
    assert after["a.png"] == before["a.png"]
    assert not temp_files(tmp_path)


def test_a_stop_before_the_work_reads_nothing(picture: Path) -> None:
    token = CancelToken()
    token.cancel()
    with pytest.raises(Cancelled):
        run(picture, LOSSLESS, Control(token))
    assert [each.name for each in picture.parent.iterdir()] == ["a.png"]


def test_a_stop_after_the_work_writes_nothing(picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    token, real = CancelToken(), pipeline.transform

    def stop_late(request: Any) -> Any:
        result = real(request)
        token.cancel()
        return result

    monkeypatch.setattr(pipeline, "transform", stop_late)
    with pytest.raises(Cancelled):
        run(picture, LOSSLESS, Control(token))
    assert [each.name for each in picture.parent.iterdir()] == ["a.png"]


def test_limits_hold(picture: Path) -> None:
    with pytest.raises(OimgError) as caught:
        run(picture, max_pixels=40 * 30 - 1)
    assert caught.value.code is ErrorCode.TOO_LARGE
    assert isinstance(run(picture, max_pixels=40 * 30), Optimized)


def test_a_photo_is_lossy_unless_told(tmp_path: Path) -> None:
    path = photo(tmp_path / "a.png", (96, 64))
    outcome = run(path, Recipe(format=Target.JPEG, output=into(tmp_path / "out")))
    assert isinstance(outcome, Optimized)
    assert outcome.score is not None
    assert 80 <= outcome.score < 100
    assert not same_pixels(path, outcome.output)


def test_a_task_is_told_by_its_planned_name(picture: Path) -> None:
    task: Task = task_for(picture, LOSSLESS)
    assert (task.destination.folder, task.destination.stem) == (picture.parent, "a_optimized")
