"""`inspect`, `compare`, `presets`, `doctor` and what is still to come, each the real process."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import pytest
from PIL import Image

from oimg import __version__
from oimg.engine.metrics import back_end
from oimg.words.images import Format
from oimg.work.settings import BUILT_IN
from process_help import fingerprints, run_oimg
from work_help import flat, photo


def test_inspect_tells_what_a_picture_reveals(corpus: Path) -> None:
    path = min((corpus / "photos" / "gps").glob("*.jp*g"))
    done = run_oimg("inspect", path, "--json")
    assert done.code == 0
    (found,) = done.events
    with Image.open(path) as image:
        size, turned = image.size, image.getexif().get(0x0112, 1)
    assert {found["width"], found["height"]} == set(size)
    assert (found["format"], found["bytes"], found["orientation"]) == ("jpeg", path.stat().st_size, turned)
    location = [each for each in found["reveals"] if each["group"] == "location"]
    assert location
    assert all(each["removed"] for each in location)
    assert "location" in found["removed"]
    text = run_oimg("inspect", path).out
    assert "jpeg" in text
    assert "  Place" in text


def test_inspect_goes_on_after_a_bad_file(tmp_path: Path) -> None:
    good = photo(tmp_path / "good.png")
    done = run_oimg("inspect", tmp_path / "gone\x1b.png", good, "--json")
    assert done.code == 1
    bad, found = done.events
    assert (bad["file"], bad["error"]) == (str(tmp_path / "gone\x1b.png"), "not-found")
    assert found["file"] == str(good)
    assert "\x1b" not in done.err


def test_equal_pictures_compare_as_100(tmp_path: Path) -> None:
    one = photo(tmp_path / "a.png")
    with Image.open(one) as image:
        image.save(tmp_path / "b.webp", lossless=True)
    done = run_oimg("compare", one, tmp_path / "b.webp", "--json")
    (found,) = done.events
    assert (done.code, found["score"], found["identical"]) == (0, 100.0, True)
    assert (found["width"], found["height"], found["max_difference"]) == (48, 32, 0)


def test_compare_writes_a_heat_map(tmp_path: Path) -> None:
    one = photo(tmp_path / "a.png", (150, 100))
    with Image.open(one) as image:
        image.save(tmp_path / "b.jpg", quality=20)
    before = fingerprints(tmp_path)
    target = tmp_path / "map.png"
    done = run_oimg("compare", one, tmp_path / "b.jpg", "--heatmap", target)
    assert done.code == 0
    assert str(target) in done.out
    with Image.open(target) as image:
        image.load()
        assert image.format == "PNG"
        width, height = image.size
    assert width == 150
    assert 100 <= height <= 150  # the map and its legend
    assert {name: facts for name, facts in fingerprints(tmp_path).items() if name != "map.png"} == before


def test_pictures_of_two_sizes_are_refused(tmp_path: Path) -> None:
    one, other = photo(tmp_path / "a.png", (40, 30)), photo(tmp_path / "b.png", (30, 40))
    done = run_oimg("compare", one, other, "--heatmap", tmp_path / "map.png")
    assert (done.code, done.out) == (1, "")
    assert "40x30" in done.err
    assert "30x40" in done.err
    assert not (tmp_path / "map.png").exists()
    assert run_oimg("compare", one, tmp_path / "gone.png").code == 1


@pytest.mark.parametrize("name", ["a.png", "b.png"])
def test_a_heat_map_does_not_replace_a_picture(tmp_path: Path, name: str) -> None:
    one, other = photo(tmp_path / "a.png"), photo(tmp_path / "b.png", seed=1)
    before = fingerprints(tmp_path)
    done = run_oimg("compare", one, other, "--heatmap", tmp_path / name)
    assert done.code == 1
    assert name in done.err
    assert fingerprints(tmp_path) == before


def test_presets_make_the_round(tmp_path: Path) -> None:
    assert run_oimg("presets", "save", "mine", "-f", "webp", "--target", "70").code == 0
    listed = json.loads(run_oimg("presets", "list", "--json").out)
    assert [each["name"] for each in listed if each["built_in"]] == list(BUILT_IN)
    assert [each["name"] for each in listed if not each["built_in"]] == ["mine"]
    assert json.loads(run_oimg("presets", "show", "mine").out)["recipe"] == {"format": "webp", "target": 70.0}
    assert run_oimg("presets", "export", "mine", tmp_path / "mine.json").code == 0
    assert run_oimg("presets", "delete", "mine").code == 0
    assert run_oimg("presets", "show", "mine").code == 1
    assert run_oimg("presets", "import", tmp_path / "mine.json").code == 0
    picture = flat(tmp_path / "a.png")
    (plan,) = run_oimg(picture, "--preset", "mine", "-n", "--json").events
    assert plan["output"] == str(tmp_path / "a_optimized.webp")


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["save", "../evil"], 1, "../evil"),
        (["save", "balanced", "-q", "5"], 1, "built-in"),
        (["delete", "web"], 1, "built-in"),
        (["show", "nobody"], 1, "nobody"),
        (["import", "missing.json"], 1, "missing"),
        (["export", "web", "/proc/none/x.json"], 1, "/proc/none"),
        (["save", "mine", "-q", "500"], 2, "--quality"),
        ([], 2, "ACTION"),
        (["burn"], 2, "burn"),
    ],
)
def test_presets_that_cannot_be(tmp_path: Path, arguments: list[str], code: int, words: str) -> None:
    done = run_oimg("presets", *arguments, cwd=tmp_path)
    assert (done.code, done.out) == (code, "")
    assert words in done.err
    assert "Traceback" not in done.err
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("asked", ["numpy", "native"])
def test_doctor_says_what_computes_the_score(asked: str) -> None:
    if asked == "native" and not back_end.is_native_there():
        pytest.skip("NOT TESTED: the metric's C kernel was not built")
    done = run_oimg("doctor", "--json", env={back_end.VARIABLE: asked})
    assert json.loads(done.out)["metric"] == asked


def test_doctor_shows_codecs_the_guard_and_folders() -> None:
    done = run_oimg("doctor", "--json")
    assert done.code == 0
    found = json.loads(done.out)
    assert found["version"] == __version__
    assert {each["format"] for each in found["codecs"]} == set(Format)
    assert all(each["reads"] and each["library"] for each in found["codecs"])
    assert len(found["guard"]) >= 2
    if sys.platform == "linux":
        assert [each["name"] for each in found["guard"] if not each["armed"]] == []
    assert os.environ["XDG_CONFIG_HOME"] in json.dumps(found["folders"])
    text = run_oimg("doctor").out
    assert ("OFF" in text) == any(not each["armed"] for each in found["guard"])
    assert __version__ in text


def test_without_arguments_there_is_help() -> None:
    done = run_oimg()
    assert done.code == 2
    assert "usage: oimg" in done.out
    assert run_oimg("--help").code == 0
