"""Files with several names, in the real program: each is worked on once, and no name is left behind."""

from __future__ import annotations

from pathlib import Path

import pytest

from in_place_scenes import facts, picture, state
from process_help import Done, run_oimg, unfinished


def outcomes(done: Done) -> dict[str, str]:
    """Give what became of each source, by its name."""
    return {Path(source).name: event["code"] or event["outcome"] for source, event in done.files.items()}


def test_a_link_stays_a_link_and_its_target_is_replaced_once(tmp_path: Path) -> None:
    real = picture(tmp_path / "away" / "real.png")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "one.png").symlink_to("../away/real.png")
    (folder / "two.png").symlink_to(real)
    (folder / "three.png").symlink_to("two.png")
    before = state(tmp_path)
    size = real.stat().st_size
    done = run_oimg(folder, "--in-place", "--json")
    assert sorted(outcomes(done).values()) == ["optimized", "same-file", "same-file"]
    assert done.code == 0
    after = state(tmp_path)
    assert {name: each for name, each in after.items() if name.startswith("folder")} == {
        name: each for name, each in before.items() if name.startswith("folder")
    }
    assert real.stat().st_size < size
    assert [event["output"] for event in done.files.values() if event["outcome"] == "optimized"] == [str(real)]
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before


def test_a_link_and_its_target_in_one_folder(tmp_path: Path) -> None:
    picture(tmp_path / "b.png")
    (tmp_path / "a.png").symlink_to("b.png")
    before = state(tmp_path)
    assert outcomes(run_oimg(tmp_path, "--in-place", "--json")) == {"b.png": "optimized", "a.png": "same-file"}
    assert (tmp_path / "a.png").read_bytes() == (tmp_path / "b.png").read_bytes()
    assert run_oimg("undo", "--file", tmp_path / "a.png").code == 0  # by its other name
    assert state(tmp_path) == before


def test_a_new_format_would_leave_links_behind(tmp_path: Path) -> None:
    picture(tmp_path / "b.png")
    (tmp_path / "a.png").symlink_to("b.png")
    one = picture(tmp_path / "c.png", seed=1)
    (tmp_path / "d.png").hardlink_to(one)
    before = state(tmp_path)
    done = run_oimg(tmp_path, "--in-place", "-f", "webp", "--json")
    assert outcomes(done) == {
        "b.png": "linked-elsewhere",
        "a.png": "same-file",
        "c.png": "linked-elsewhere",
        "d.png": "same-file",
    }
    assert state(tmp_path) == before
    alone = run_oimg(tmp_path / "a.png", "--in-place", "-f", "webp", "--json")
    assert outcomes(alone) == {"a.png": "linked-elsewhere"}
    assert "has other names (links)" in run_oimg(tmp_path / "a.png", "--in-place", "-f", "webp").out
    assert state(tmp_path) == before


def test_files_below_a_link_to_a_folder_that_was_named(tmp_path: Path) -> None:
    picture(tmp_path / "real" / "a.png")
    picture(tmp_path / "real" / "b.png", seed=1)
    (tmp_path / "folder").symlink_to("real")
    before = state(tmp_path)
    # By two spellings and through the link: each file is worked on once.
    paths = [tmp_path / "folder", tmp_path / "real" / "a.png", f"{tmp_path}/./real//..//real/b.png"]
    done = run_oimg(*paths, "--in-place", "-f", "webp", "--json")
    assert sorted(event["code"] or event["outcome"] for event in done.files.values()) == [
        *("optimized", "optimized", "same-file", "same-file")
    ]
    assert sorted(path.name for path in (tmp_path / "real").iterdir()) == ["a.webp", "b.webp"]
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before


def test_a_link_to_a_folder_within_is_not_followed(tmp_path: Path) -> None:
    picture(tmp_path / "away" / "a.png")
    (tmp_path / "folder").mkdir()
    (tmp_path / "folder" / "link").symlink_to("../away")
    (tmp_path / "folder" / "round").symlink_to(".")
    before = state(tmp_path)
    done = run_oimg(tmp_path / "folder", "--in-place", "--json")
    assert outcomes(done) == {"link": "folder-link-not-followed", "round": "folder-link-not-followed"}
    assert state(tmp_path) == before


def test_links_that_lead_nowhere_fail_alone(tmp_path: Path) -> None:
    picture(tmp_path / "fine.png")
    (tmp_path / "nowhere.png").symlink_to("gone.png")
    (tmp_path / "round.png").symlink_to("round.png")
    (tmp_path / "null.png").symlink_to("/dev/null")
    before = state(tmp_path)
    done = run_oimg(tmp_path, "--in-place", "--json")
    assert done.code == 1
    assert outcomes(done) == {
        "fine.png": "optimized",
        "nowhere.png": "not-found",
        "round.png": "not-a-regular-file",
        "null.png": "not-a-regular-file",
    }
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before


def test_all_names_of_a_file_in_the_batch_keep_one_inode(tmp_path: Path) -> None:
    first = picture(tmp_path / "a.png")
    names = [first, tmp_path / "sub" / "b.png", tmp_path / "sub" / "c.png"]
    (tmp_path / "sub").mkdir()
    for name in names[1:]:
        name.hardlink_to(first)
    before = state(tmp_path)
    done = run_oimg(tmp_path, "--in-place", "--json")
    assert sorted(outcomes(done).values()) == ["optimized", "same-file", "same-file"]
    assert len({name.stat().st_ino for name in names}) == 1
    assert first.stat().st_nlink == 3
    assert first.stat().st_size < len(before["a.png"].data)  # type: ignore[union-attr]
    assert unfinished(tmp_path) == []
    assert run_oimg("undo", "--file", names[2]).code == 0
    assert len({name.stat().st_ino for name in names}) == 1
    assert first.stat().st_nlink == 3
    assert state(tmp_path) == before


@pytest.mark.parametrize("how", [[], ["-f", "webp"]])
def test_a_file_with_a_name_elsewhere_is_kept(tmp_path: Path, how: list[str]) -> None:
    path = picture(tmp_path / "in" / "a.png")
    (tmp_path / "out.png").hardlink_to(path)
    before = state(tmp_path)
    done = run_oimg(tmp_path / "in", "--in-place", *how, "--json")
    assert (done.code, outcomes(done)) == (0, {"a.png": "linked-elsewhere"})
    assert done.files[str(path)]["detail"] == "1 of 2 names"
    assert state(tmp_path) == before


def test_names_that_were_parted_since_are_left_alone(tmp_path: Path) -> None:
    first = picture(tmp_path / "a.png")
    second = tmp_path / "b.png"
    second.hardlink_to(first)
    run_oimg(tmp_path, "--in-place", "--quiet")
    data = second.read_bytes()
    second.unlink()
    second.write_bytes(data)
    before = state(tmp_path)
    done = run_oimg("undo", "--json")
    assert [event["code"] for event in done.events[:-1]] == ["changed-since"]
    assert state(tmp_path) == before


def test_beside_the_original_a_file_with_two_names_has_one_result(tmp_path: Path) -> None:
    first = picture(tmp_path / "a.png")
    (tmp_path / "b.png").hardlink_to(first)
    (tmp_path / "c.png").symlink_to("a.png")
    before = facts(first)
    done = run_oimg(tmp_path, "--json")
    assert sorted(outcomes(done).values()) == ["optimized", "same-file", "same-file"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.png", "a_optimized.png", "b.png", "c.png"]
    assert facts(first) == before
    whole = run_oimg(tmp_path, "-o", tmp_path / "out", "--include", "[abc].png", "--json")
    assert set(outcomes(whole).values()) == {"optimized"}  # another folder is to be complete
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == ["a.png", "b.png", "c.png"]
