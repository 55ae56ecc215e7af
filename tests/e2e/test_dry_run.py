"""A dry run says of every file what the run says that follows it, as far as headers tell, and reads no more."""

from __future__ import annotations

import os
import struct
from pathlib import Path

import pytest
from PIL import Image

from oimg.words.images import Limits
from oimg.words.recipe import Output, Place, Recipe, Target
from oimg.words.report import Kept, KeptCode
from oimg.work import prediction
from oimg.work.prediction import predicted_outcome
from process_help import contents, run_oimg
from special_pictures import apple_gain_map, motion_photo, pages, png_chunk, signed_png, stereo, ultra_hdr
from work_help import flat, photo, task_for


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Files that are kept for what they hold, by their names, and plain ones."""
    folder = tmp_path / "in"
    photo(folder / "plain.jpg", (160, 120), quality=97)
    flat(folder / "plain.png")
    (folder / "linear.png").write_bytes(linear(folder / "plain.png"))
    made = {"hdr.jpg": ultra_hdr(), "iphone.jpg": apple_gain_map(), "motion.jpg": motion_photo(), "two.mpo": stereo()}
    for name, data in {**made, "signed.png": signed_png(), "pages.tif": pages(40, 90)}.items():
        (folder / name).write_bytes(data)
    frames = [Image.new("RGB", (40, 30), color) for color in ("red", "blue")]
    frames[0].save(folder / "moves.gif", save_all=True, append_images=frames[1:])
    Image.new("I;16", (40, 30), 40_000).save(folder / "deep.tif")
    return folder


def linear(path: Path) -> bytes:
    """A PNG whose gAMA chunk (PNG, 11.3.2.2) says that its samples are linear light."""
    data = path.read_bytes()
    return data[:33] + png_chunk(b"gAMA", struct.pack(">I", 100_000)) + data[33:]


@pytest.mark.parametrize(
    "flags", [("--in-place",), ("-f", "webp"), ("-f", "webp", "-o", "out"), ("--flatten-special",)]
)
def test_says_what_the_run_will_say(folder: Path, flags: tuple[str, ...]) -> None:
    before = contents(folder)
    dry = run_oimg(folder, *flags, "-n", "--json", cwd=folder)
    assert contents(folder) == before
    told = {event["source"]: event["code"] for event in dry.events if event["event"] == "file"}
    planned = {event["source"]: event["output"] for event in dry.events if event["event"] == "plan"}
    real = run_oimg(folder, *flags, "--json", cwd=folder).files
    assert told.keys() | planned.keys() == real.keys()
    assert {source: real[source]["code"] for source in told} == told
    special = {source for source, event in real.items() if str(event["code"]).endswith("-not-carried")}
    assert special == told.keys()
    made = {source: event["output"] for source, event in real.items() if event["outcome"] == "optimized"}
    assert {source: planned[source] for source in made} == made


def test_tells_people_why_a_file_will_stay(folder: Path) -> None:
    lines = run_oimg(folder, "--in-place", "-n").out.splitlines()
    (told,) = (line for line in lines if "hdr.jpg" in line)
    assert "gain map" in told
    assert "would be replaced" not in told
    (plain,) = (line for line in lines if "plain.jpg" in line)
    assert "would be replaced" in plain


def test_of_a_png_only_what_stands_before_its_picture_is_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.png"
    path.write_bytes(linear(flat(tmp_path / "b.png", (400, 300))))
    task = task_for(path, Recipe(format=Target.WEBP))
    monkeypatch.setattr(prediction, "read_source", lambda _: pytest.fail("read whole"))
    assert len(prediction._before_picture(task.source)) == 33 + 16 + 8
    outcome = predicted_outcome(task, Limits())
    assert isinstance(outcome, Kept)
    assert outcome.code is KeptCode.GAMMA


def test_what_the_header_tells_is_told_without_opening_the_file(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    in_place = Recipe(output=Output(place=Place.IN_PLACE))
    tasks = {path.name: task_for(path, in_place) for path in folder.iterdir()}
    monkeypatch.setattr(os, "open", lambda *_: pytest.fail("opened"))
    outcomes = {name: predicted_outcome(task, Limits()) for name, task in tasks.items()}
    codes = {name: outcome.code for name, outcome in outcomes.items() if outcome is not None}
    assert codes == {
        "hdr.jpg": KeptCode.GAIN_MAP,
        "iphone.jpg": KeptCode.GAIN_MAP,
        "motion.jpg": KeptCode.MOTION_PHOTO,
        "two.mpo": KeptCode.MULTI_PICTURE,
        "signed.png": KeptCode.C2PA,
        "deep.tif": KeptCode.BIT_DEPTH,
    }
