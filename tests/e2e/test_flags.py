"""What the flags of `oimg optimize` promise, tried on the real process."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest
from PIL import Image

import special_pictures
from process_help import Done, contents, fingerprints, looks_like, run_oimg, shown, unfinished
from work_help import flat, photo


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    home = tmp_path / "in"
    photo(home / "b.jpg", (120, 90), quality=97)
    flat(home / "a.png")
    flat(home / "sub" / "c.png", (33, 20))
    return home


def names(folder: Path) -> list[str]:
    return sorted(contents(folder))


def sources(done: Done) -> list[str]:
    return sorted(Path(source).name for source in done.files)


def test_beside_twice_in_a_row_makes_no_duplicates(folder: Path) -> None:
    before = fingerprints(folder)
    first = run_oimg(folder, "--json")
    assert (first.code, first.summary["optimized"]) == (0, 3)
    whole = fingerprints(folder)
    assert set(whole) - set(before) == {"a_optimized.png", "b_optimized.jpg", "sub/c_optimized.png"}
    second = run_oimg(folder, "--json")
    assert second.code == 0
    assert fingerprints(folder) == whole
    own = [Path(event["source"]).name for event in second.files.values() if event["code"] == "own-result"]
    assert sorted(own) == ["a_optimized.png", "b_optimized.jpg", "c_optimized.png"]
    outputs = {event["output"] for event in second.files.values() if event["outcome"] == "optimized"}
    assert outputs == {str(folder / name) for name in set(whole) - set(before)}  # the same bytes, not written again


def test_special_pictures_are_kept_and_flattened_when_asked(tmp_path: Path) -> None:
    (tmp_path / "hdr.jpg").write_bytes(special_pictures.ultra_hdr())
    (tmp_path / "pair.jpg").write_bytes(special_pictures.stereo())
    (tmp_path / "scan.tif").write_bytes(special_pictures.pages(10, 200))
    kept = run_oimg(tmp_path, "-f", "jpeg", "--json")
    codes = {Path(event["source"]).name: event["code"] for event in kept.files.values() if event["code"]}
    assert codes == {
        "hdr.jpg": "gain-map-not-carried",
        "pair.jpg": "pictures-not-carried",
        "scan.tif": "pages-not-carried",
    }
    again = run_oimg(tmp_path, "-f", "jpeg")
    assert "--flatten-special" in again.err + again.out
    flat_ones = run_oimg(tmp_path, "-f", "jpeg", "--flatten-special", "--metadata", "keep", "--json")
    told = {Path(event["source"]).name: event["warnings"] for event in flat_ones.files.values() if event["output"]}
    assert told == {"hdr.jpg": ["gain-map-dropped"], "pair.jpg": ["second-picture-dropped"]}
    for name in told:
        data = (tmp_path / name.replace(".", "_optimized.")).read_bytes()
        assert b"MPF\0" not in data
        assert b"hdr-gain-map" not in data


def test_names_that_would_be_one_stay_two_also_in_the_second_run(tmp_path: Path) -> None:
    flat(tmp_path / "a.png")
    photo(tmp_path / "a.jpg")
    arguments = (tmp_path, "-f", "webp", "--json")
    assert run_oimg(*arguments).summary["optimized"] == 2
    whole = fingerprints(tmp_path)
    assert set(whole) == {"a.jpg", "a.png", "a_optimized.webp", "a_optimized (2).webp"}
    run_oimg(*arguments)
    assert fingerprints(tmp_path) == whole


def test_dry_run_writes_nothing_and_tells_the_plan(folder: Path, tmp_path: Path) -> None:
    before = fingerprints(folder)
    done = run_oimg(folder, "-o", tmp_path / "out", "-n", "-f", "webp")
    assert done.code == 0
    assert len(done.out.splitlines()) == 3
    assert str(tmp_path / "out" / "sub" / "c.webp") in done.out
    as_json = run_oimg(folder, "-o", tmp_path / "out", "--dry-run", "--json").events
    assert {event["event"] for event in as_json} == {"plan"}
    assert {event["output"] for event in as_json} == {
        str(tmp_path / "out" / name) for name in ("a.png", "b.jpg", "sub/c.png")
    }
    assert fingerprints(folder) == before
    assert not (tmp_path / "out").exists()


def test_quiet_says_nothing_but_errors(folder: Path, tmp_path: Path) -> None:
    done = run_oimg(folder, "-o", tmp_path / "out", "--quiet")
    assert (done.code, done.out, done.err) == (0, "", "")
    assert names(tmp_path / "out") == names(folder)
    failing = run_oimg(folder / "gone.png", "--quiet")
    assert (failing.code, failing.out) == (1, "")
    assert failing.err == f"{folder / 'gone.png'}: there is no such file\n"


def test_the_table_has_a_line_a_file_and_a_sum(folder: Path, tmp_path: Path) -> None:
    done = run_oimg(folder, "-o", tmp_path / "out")
    lines = done.out.splitlines()
    assert len(lines) == 4
    assert sorted(line.split()[1] for line in lines[:3]) == ["a.png", "b.jpg", "c.png"]
    assert lines[3].startswith("3 optimized: ")
    assert "\033" not in done.out
    assert done.err == ""


def test_verbose_tells_where_and_what(folder: Path, tmp_path: Path) -> None:
    exif = Image.Exif()
    exif.get_ifd(0x8825).update({1: "N", 2: (48.0, 8.0, 0.0), 3: "E", 4: (11.0, 34.0, 0.0)})
    photo(folder / "b.jpg", (120, 90), quality=97, exif=exif)
    done = run_oimg(folder / "b.jpg", "-o", tmp_path / "out", "-v")
    assert str(tmp_path / "out" / "b.jpg") in done.out
    assert "removed: place" in done.out


@pytest.mark.parametrize(("flags", "separator"), [([], b"\n"), (["-0"], b"\0")])
def test_paths_come_from_standard_input_or_a_file(
    folder: Path, tmp_path: Path, flags: list[str], separator: bytes
) -> None:
    paths = [folder / "a.png", folder / "sub"]
    if separator == b"\0":
        paths.append(flat(folder / "new\nline.png"))
    data = separator.join(os.fsencode(path) for path in paths) + separator
    done = run_oimg("optimize", "--files-from", "-", *flags, "-o", tmp_path / "out", "--json", data=data)
    expected = ["a.png", "c.png", *(["new\nline.png"] if separator == b"\0" else [])]
    assert sources(done) == expected
    (tmp_path / "list").write_bytes(data)
    again = run_oimg("optimize", "--files-from", tmp_path / "list", *flags, "-n", "--json")
    assert sorted(Path(event["source"]).name for event in again.events) == expected


def test_include_and_exclude(folder: Path) -> None:
    for flags, expected in (
        (["--include", "*.png"], ["a.png", "c.png"]),
        (["--exclude", "sub/*", "--exclude", "*.jpg"], ["a.png"]),
        (["--include", "*.png", "--exclude", "a*"], ["c.png"]),
    ):
        events = run_oimg("optimize", folder, *flags, "-n", "--json").events
        assert sorted(Path(event["source"]).name for event in events) == expected


@pytest.mark.parametrize("suffix", ["webp", "jpg", "avif", "jxl", "png"])
def test_one_file_to_a_name_gets_the_format_of_the_name(folder: Path, tmp_path: Path, suffix: str) -> None:
    target = tmp_path / "new" / f"small.{suffix}"
    done = run_oimg(folder / "a.png", "-o", target, "--json")
    assert done.code == 0
    (event,) = done.files.values()
    assert event["output"] == str(target)
    assert names(target.parent) == [target.name]
    with Image.open(target) as image:
        assert image.format == {"jpg": "JPEG"}.get(suffix, suffix.upper())
    assert shown(target).size == (40, 30)
    assert looks_like(shown(target), shown(folder / "a.png"))


def test_the_name_decides_over_the_format_of_a_preset(folder: Path, tmp_path: Path) -> None:
    run_oimg(folder / "b.jpg", "-o", tmp_path / "b.webp", "--preset", "smallest")
    with Image.open(tmp_path / "b.webp") as image:
        assert image.format == "WEBP"


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["a.png", "-o", "x.webp", "-f", "avif"], "--output"),
        (["a.png", "-o", "x.heic"], "--output"),
        (["a.png", "sub", "-o", "b.jpg"], "--output"),
        (["a.png", "--preset", "nobody"], "--preset"),
        (["a.png", "--fit", "0x5"], "--fit"),
        (["a.png", "-j", "-1"], "--jobs"),
        (["a.png", "--memory-limit", "lots"], "--memory-limit"),
        (["--files-from", "missing.txt"], "--files-from"),
        (["a.png", "--nonsense"], "--nonsense"),
        (["a.png", ""], "PATH"),
        (["a.png", "--in-place", "-o", "out"], "--in-place"),
        (["a.png", "--in-place", "--suffix", "_s"], "--in-place"),
        (["a.png", "--in-place", "--on-conflict", "overwrite"], "--on-conflict"),
        (["a.png", "--trash"], "--trash"),
        (["--quiet"], "optimize"),
    ],
)
def test_usage_errors_exit_2_name_the_flag_and_write_nothing(folder: Path, arguments: list[str], named: str) -> None:
    before = fingerprints(folder)
    done = run_oimg("optimize", *arguments, cwd=folder)
    assert done.code == 2
    assert named in done.err
    assert "Traceback" not in done.err
    assert done.out == ""
    assert fingerprints(folder) == before


def test_any_number_of_jobs_gives_the_same_files(folder: Path, tmp_path: Path) -> None:
    for jobs in ("1", "4"):
        assert run_oimg(folder, "-o", tmp_path / jobs, "-j", jobs, "--memory-limit", "300MB").code == 0
    assert contents(tmp_path / "1") == contents(tmp_path / "4")
    assert names(tmp_path / "1") == names(folder)


def test_a_preset_is_a_recipe(folder: Path, tmp_path: Path) -> None:
    done = run_oimg(folder / "a.png", "-o", tmp_path / "out", "--preset", "archive", "--json")
    (event,) = done.files.values()
    assert (event["output_format"], event["score"]) == ("jxl", 100.0)
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "oimg" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"schema": 1, "preset": "archive"}))
    (plan,) = run_oimg(folder / "a.png", "-n", "--json").events
    assert plan["output"].endswith("a_optimized.jxl")


def test_settings_that_cannot_be_read_are_noted_and_kept(folder: Path) -> None:
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "oimg" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text("{ broken")
    done = run_oimg(folder / "a.png", "-n", "--json")
    assert done.code == 0
    assert settings.with_suffix(".bad").read_text() == "{ broken"


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("rename", {"a.png": b"somebody's", "a (2).png": None}),
        ("skip", {"a.png": b"somebody's"}),
        ("overwrite", {"a.png": None}),
    ],
)
def test_conflicts(folder: Path, tmp_path: Path, rule: str, expected: dict[str, bytes | None]) -> None:
    out = tmp_path / "out"
    out.mkdir()
    (out / "a.png").write_bytes(b"somebody's")
    done = run_oimg(folder / "a.png", "-o", out, "--on-conflict", rule, "--json")
    assert done.code == 0
    found = contents(out)
    assert set(found) == set(expected)
    for name, data in expected.items():
        assert (found[name] == b"somebody's") is (data is not None)
    (event,) = done.files.values()
    assert event["code"] == ("destination-exists" if rule == "skip" else None)


def test_the_other_pictures_of_a_batch_are_never_overwritten(tmp_path: Path) -> None:
    flat(tmp_path / "a.png")
    photo(tmp_path / "a.webp")
    before = fingerprints(tmp_path)
    done = run_oimg(tmp_path, "-o", tmp_path, "-f", "webp", "--on-conflict", "overwrite", "--json")
    after = fingerprints(tmp_path)
    assert {name: after[name] for name in before} == before
    assert unfinished(tmp_path) == []
    (event,) = (each for name, each in done.files.items() if name.endswith("a.png"))
    assert Path(event["output"]).name == "a (2).webp"


def test_a_table_that_cannot_be_written_is_an_error(folder: Path, tmp_path: Path) -> None:
    done = run_oimg(folder / "a.png", "-o", tmp_path / "out", "--csv", tmp_path / "missing" / "a.csv")
    assert done.code == 1
    assert "--csv" in done.err
    assert names(tmp_path / "out") == ["a.png"]


def test_an_output_folder_inside_the_source_is_not_walked(folder: Path) -> None:
    for _ in range(2):
        done = run_oimg(folder, "-o", folder / "small", "--json")
        assert sources(done) == ["a.png", "b.jpg", "c.png"]
    assert names(folder / "small") == ["a.png", "b.jpg", "sub/c.png"]


@pytest.mark.parametrize(
    ("flags", "most"), [(["-q", "60"], 10**9), (["--max-size", "3KB"], 3000), (["--scale", "50%"], 10**9)]
)
def test_modes_and_sizes(folder: Path, tmp_path: Path, flags: list[str], most: int) -> None:
    done = run_oimg(folder / "b.jpg", "-o", tmp_path / "out", *flags, "--json")
    (event,) = done.files.values()
    assert event["outcome"] == "optimized"
    assert event["output_bytes"] <= most
    expected = (60, 45) if "--scale" in flags else (120, 90)
    if "--max-size" not in flags:
        assert shown(tmp_path / "out" / "b.jpg").size == expected == (event["width"], event["height"])
