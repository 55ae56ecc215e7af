"""The grammar: flags make a recipe, what cannot be is refused with the flag's name."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.faces.cli.args import COMMANDS, parser, with_default_command
from oimg.faces.cli.recipe_flags import bytes_from, number_from, recipe_from
from oimg.faces.path_lists import expanded, paths_from
from oimg.words.privacy import MetadataGroup, MetadataPolicy
from oimg.words.recipe import (
    ColorPolicy,
    Conflict,
    Fitting,
    Gravity,
    Mode,
    Output,
    Place,
    Recipe,
    RecipeError,
    Resize,
    Target,
)


def recipe(*flags: str, base: Recipe | None = None) -> Recipe:
    given_flags = parser().parse_args(["optimize", *flags, "a.png"])
    return recipe_from(given_flags, base or Recipe())


@pytest.mark.parametrize(
    ("flags", "changes"),
    [
        ([], {}),
        (["-f", "webp"], {"format": Target.WEBP}),
        (["--format", "auto"], {"format": Target.AUTO}),
        (["--target", "92.5"], {"target": 92.5}),
        (["-q", "70"], {"mode": Mode.QUALITY, "quality": 70}),
        (["--max-size", "200KB"], {"mode": Mode.SIZE, "max_bytes": 200_000}),
        (["--lossless"], {"mode": Mode.LOSSLESS}),
        (["--effort", "0"], {"effort": 0}),
        (["--fit", "1600x1200"], {"resize": Resize(fitting=Fitting.FIT, width=1600, height=1200)}),
        (["--fill", "10X20"], {"resize": Resize(fitting=Fitting.FILL, width=10, height=20)}),
        (["--exact", "10×20"], {"resize": Resize(fitting=Fitting.EXACT, width=10, height=20)}),
        (["--long-edge", "2560"], {"resize": Resize(fitting=Fitting.LONG_EDGE, amount=2560)}),
        (["--short-edge", "9"], {"resize": Resize(fitting=Fitting.SHORT_EDGE, amount=9)}),
        (["--scale", "50%"], {"resize": Resize(fitting=Fitting.SCALE, amount=50)}),
        (["--scale", "12,5"], {"resize": Resize(fitting=Fitting.SCALE, amount=12.5)}),
        (["--megapixels", "2.5"], {"resize": Resize(fitting=Fitting.MEGAPIXELS, amount=2.5)}),
        (
            ["--fill", "1x2", "--gravity", "top", "--enlarge", "--linear"],
            {"resize": Resize(fitting=Fitting.FILL, width=1, height=2, gravity=Gravity.TOP, enlarge=True, linear=True)},
        ),
        (["--metadata", "strip"], {"metadata": MetadataPolicy.STRIP}),
        (
            ["--keep", "location, device,"],
            {"keep": frozenset({MetadataGroup.LOCATION, MetadataGroup.DEVICE})},
        ),
        (["--color", "srgb"], {"color": ColorPolicy.SRGB}),
        (["--background", "#102030"], {"background": "#102030"}),
        (["--min-savings", "5%"], {"min_savings": 5.0}),
        (["--min-savings", "10KB"], {"min_saved_bytes": 10_000}),
        (["-o", "out"], {"output": Output(place=Place.FOLDER, path="out")}),
        (["--suffix", ""], {"output": Output(suffix="")}),
        (["--on-conflict", "skip"], {"output": Output(conflict=Conflict.SKIP)}),
        (["--no-keep-dates"], {"output": Output(keep_dates=False)}),
    ],
)
def test_flags_make_a_recipe(flags: list[str], changes: dict[str, object]) -> None:
    assert recipe(*flags) == replace(Recipe(), **changes)  # type: ignore[arg-type]


def test_flags_lie_over_a_preset_and_leave_the_rest() -> None:
    base = Recipe(
        format=Target.AUTO,
        mode=Mode.SIZE,
        max_bytes=500,
        min_savings=9.0,
        resize=Resize(fitting=Fitting.FIT, width=5, height=5, linear=True),
    )
    assert recipe(base=base) == base
    made = recipe("-q", "50", "--scale", "50", "--min-savings", "1KB", base=base)
    assert made == replace(
        base,
        mode=Mode.QUALITY,
        quality=50,
        min_savings=0.0,
        min_saved_bytes=1000,
        resize=Resize(fitting=Fitting.SCALE, amount=50.0),
    )
    assert recipe("--gravity", "left", base=base).resize == replace(base.resize, gravity=Gravity.LEFT)


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("300000", 300_000),
        ("200KB", 200_000),
        ("200kb", 200_000),
        ("200 k", 200_000),
        ("1,5 MiB", 1_572_864),
        ("1.5MB", 1_500_000),
        ("2GiB", 2 << 30),
        ("7b", 7),
        (" 1 MB ", 1_000_000),
    ],
)
def test_reads_sizes(text: str, count: int) -> None:
    assert bytes_from(text, "--max-size") == count


@pytest.mark.parametrize(
    "text", ["", "KB", "-5KB", "5 apples", "1.KB", "1e9", "0x10", "1,2,3", "9" * 400, "٣KB", "1\n2"]
)
def test_refuses_what_is_no_size(text: str) -> None:
    with pytest.raises(RecipeError) as caught:
        bytes_from(text, "--max-size")
    assert caught.value.name == "--max-size"


@given(st.text(max_size=12))
def test_any_text_is_a_size_or_refused(text: str) -> None:
    for read in (bytes_from, number_from):
        try:
            value = read(text, "--flag")
        except RecipeError:
            continue
        assert isinstance(value, int | float)


@pytest.mark.parametrize(("text", "value"), [("50%", 50), ("12.5", 12.5), ("12,5 %", 12.5), (" 7 ", 7)])
def test_reads_percentages(text: str, value: float) -> None:
    assert number_from(text, "--scale") == value


@pytest.mark.parametrize(
    ("flags", "name"),
    [
        (["-q", "0"], "--quality"),
        (["-q", "101"], "--quality"),
        (["--target", "5"], "--target"),
        (["--target", "nan"], "--target"),
        (["--effort", "11"], "--effort"),
        (["--max-size", "0"], "--max-size"),
        (["--max-size", "9999 GB"], "--max-size"),
        (["--max-size", "soon"], "--max-size"),
        (["--fit", "100"], "--fit"),
        (["--fit", "0x100"], "--fit"),
        (["--fill", "2000000x1"], "--fill"),
        (["--exact", "1x"], "--exact"),
        (["--long-edge", "0"], "--long-edge"),
        (["--long-edge=-5"], "--long-edge"),
        (["--short-edge", "9999999"], "--short-edge"),
        (["--scale", "half"], "--scale"),
        (["--scale", "0%"], "--scale"),
        (["--scale", "inf"], "--scale"),
        (["--megapixels", "nan"], "--megapixels"),
        (["--keep", "location,weather"], "--keep"),
        (["--background", "pink"], "--background"),
        (["--min-savings", "101%"], "--min-savings"),
        (["--min-savings=-5%"], "--min-savings"),
        (["--min-savings", "lots"], "--min-savings"),
        (["-o", ""], "--output"),
        (["--suffix", "a/b"], "--suffix"),
        (["--suffix", "x" * 200], "--suffix"),
    ],
)
def test_what_cannot_be_is_refused_with_its_flag(flags: list[str], name: str) -> None:
    with pytest.raises(RecipeError) as caught:
        recipe(*flags)
    assert caught.value.name == name
    assert str(caught.value).startswith(f"{name}: ")


@pytest.mark.parametrize(
    ("flags", "named"),
    [
        (["-f", "bmp"], "--format"),
        (["-q", "high"], "--quality"),
        (["-q", "5", "--lossless"], "--lossless"),
        (["--fit", "1x1", "--scale", "50%"], "--scale"),
        (["--metadata", "all"], "--metadata"),
        (["--on-conflict", "ask"], "--on-conflict"),
        (["--jobs", "many"], "--jobs"),
        (["--no-such-flag"], "--no-such-flag"),
    ],
)
def test_usage_errors_exit_2_and_name_the_flag(
    flags: list[str], named: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args(["optimize", *flags])
    assert caught.value.code == 2
    assert named in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "expected"),
    [
        ([], []),
        (["a.png"], ["optimize", "a.png"]),
        (["-q", "5", "a.png"], ["optimize", "-q", "5", "a.png"]),
        (["--", "-a.png"], ["optimize", "--", "-a.png"]),
        (["--help"], ["--help"]),
        (["--version"], ["--version"]),
        *[([command], [command]) for command in COMMANDS],
    ],
)
def test_optimize_is_the_default_command(arguments: list[str], expected: list[str]) -> None:
    assert with_default_command(arguments) == expected


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parser().parse_args([command, "--help"])
    assert caught.value.code == 0
    assert f"oimg {command}" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("data", "null", "names"),
    [
        (b"a.png\nb c.png\n", False, ["a.png", "b c.png"]),
        (b"a.png\r\n\r\nb.png", False, ["a.png", "b.png"]),
        (b"a\nb.png\0c.png\0", True, ["a\nb.png", "c.png"]),
        (b"not\xfftext.png\n", False, ["not\udcfftext.png"]),
        (b"", False, []),
        (b"\0\0", True, []),
    ],
)
def test_reads_lists_of_paths(data: bytes, null: bool, names: list[str]) -> None:
    assert list(paths_from(data, null=null)) == names


def test_patterns_are_left_to_the_shell_or_matched_where_it_does_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("b.png", "a.png", "c [1].png", "d.jpg"):
        (tmp_path / name).touch()
    monkeypatch.chdir(tmp_path)
    given = ["*.png", "d.jp?", "none*.gif", "c [1].png"]
    assert expanded(given, by_shell=True) == given
    assert expanded(given, by_shell=False) == ["a.png", "b.png", "c [1].png", "d.jpg", "none*.gif", "c [1].png"]
    assert expanded(["? [1].*"], by_shell=False) == ["c [1].png"]


@pytest.mark.parametrize("command", COMMANDS)
def test_help_tells_of_each_command_on_the_line_of_its_name(command: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "100")
    lines = [line.split(maxsplit=1) for line in parser().format_help().partition("examples:")[0].splitlines()]
    assert [len(words) for words in lines if words[:1] == [command]] == [2]
