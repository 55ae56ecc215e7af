"""What `inspect`, `compare` and `doctor` print for people."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from PIL import Image

from oimg.faces.cli import tell
from oimg.words.answers import Comparison
from oimg.words.recipe import Recipe
from oimg.work.settings import config_folder
from work_help import flat, photo


def inspected(capsys: pytest.CaptureFixture[str], *paths: Path) -> str:
    assert tell.inspect(list(paths), Recipe(), as_json=False) == 0
    return capsys.readouterr().out


def test_a_picture_that_tells_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = inspected(capsys, flat(tmp_path / "a.png"))
    assert "png, 40 × 30, RGB, 8 bits" in text
    assert "Reveals nothing" in text
    assert "transparency" not in text


def test_a_turned_picture_with_a_story(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Maker\x1b[31m"
    exif[0x8298] = "(c) somebody"
    text = inspected(capsys, photo(tmp_path / "a.jpg", (60, 40), exif=exif))
    assert "40 × 60" in text
    assert "orientation 6" in text
    lines = [line.split() for line in text.splitlines()]
    assert [line[0] for line in lines if line[1:2] == ["Make"]] == ["-"]
    assert [line[0] for line in lines if line[1:2] == ["Copyright"]] == ["+"]
    assert "\x1b" not in text


def test_frames_alpha_and_a_wrong_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    frames = [Image.new("RGBA", (20, 10), (shade, 0, 0, 128)) for shade in (0, 100, 200)]
    frames[0].save(tmp_path / "a.webp", save_all=True, append_images=frames[1:], lossless=True)
    (tmp_path / "a.webp").rename(tmp_path / "a.png")
    text = inspected(capsys, tmp_path / "a.png")
    assert "webp, 20 × 10" in text
    assert "transparency" in text
    assert "frames: 3" in text
    assert "animation" in text
    assert "name claims another format" in text


@pytest.mark.parametrize(
    ("score", "identical", "words"),
    [
        (100, True, "every pixel is equal"),
        (100, False, "looks the same"),
        (90, False, "looks the same"),
        (89.9, False, "very good"),
        (80, False, "very good"),
        (79.9, False, "good"),
        (70, False, "good"),
        (69.9, False, "visible loss"),
        (50, False, "visible loss"),
        (49.9, False, "heavy loss"),
        (-300, False, "heavy loss"),
    ],
)
def test_a_score_in_words(capsys: pytest.CaptureFixture[str], score: float, identical: bool, words: str) -> None:
    tell._print_comparison(Comparison(4, 4, score, score - 5, 1.25, 30, identical, approximate=score == 90))
    first, worst, difference = capsys.readouterr().out.splitlines()
    assert first.startswith(f"score: {score:.2f}  {words}")
    assert ("approximate" in first) == (score == 90)
    assert f"{score - 5:.1f}" in worst
    assert "mean 1.25, largest 30 of 255" in difference


def test_the_doctor_tells_of_settings_that_were_set_aside(capsys: pytest.CaptureFixture[str]) -> None:
    for as_json in (False, True):
        config_folder().mkdir(parents=True, exist_ok=True)
        (config_folder() / "settings.json").write_text("{ broken")
        assert tell.doctor(as_json=as_json) == 0
        text = capsys.readouterr().out
        assert str(config_folder() / "settings.json") in text
    assert len(json.loads(text)["notes"]) == 1
