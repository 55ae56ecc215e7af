"""A second pass over results changes nothing, whatever the recipe."""

from __future__ import annotations

from pathlib import Path

import pytest

from process_help import contents, copy_all, run_oimg, small_files


@pytest.fixture(scope="module")
def pictures(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pictures")
    classes = ("pixelart", "icons-alpha", "screenshots", "lineart-charts", "orientation", "jpeg", "gif", "webp", "exif")
    chosen = [path for path in small_files(corpus, most=2, largest=60_000) if path.parent.name in classes]
    assert len(chosen) >= 10
    copy_all(chosen, corpus, folder)
    return folder


@pytest.mark.parametrize(
    "flags",
    [
        [],
        ["-f", "webp"],
        ["-f", "avif"],
        ["-f", "jxl"],
        ["-q", "80"],
        ["--max-size", "6KB"],
        ["--lossless"],
        ["-f", "auto"],
    ],
    ids=" ".join,
)
def test_keeps_every_byte(pictures: Path, tmp_path: Path, flags: list[str]) -> None:
    folder = pictures / "graphics" / "pixelart" if "auto" in flags else pictures  # auto tries every format
    first = run_oimg(folder, "-o", tmp_path / "one", *flags, "--json")
    assert first.code == 0
    assert first.summary["optimized"] > 0
    second = run_oimg(tmp_path / "one", "-o", tmp_path / "two", *flags, "--json")
    assert second.code == 0
    again = {Path(name).name: event for name, event in second.files.items() if event["outcome"] != "kept"}
    assert {name: (event["source_bytes"], event["output_bytes"]) for name, event in again.items()} == {}
    assert contents(tmp_path / "two") == contents(tmp_path / "one")
