"""Hostile and odd files, alone and together: one outcome each, no traceback, bounded time and memory."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import time
from pathlib import Path

import pytest

from oimg.words.errors import ErrorCode
from oimg.words.report import KeptCode
from process_help import command, copy_all, environment, fingerprints, run_oimg, shown, unfinished, unmeasured
from work_help import flat, photo

CODES = {*ErrorCode, *KeptCode}


@pytest.fixture(scope="module")
def hostile(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("hostile") / "in"
    copy_all([path for path in sorted((corpus / "hostile").rglob("*")) if path.is_file()], corpus, folder)
    return folder


def expectations(corpus: Path) -> dict[str, str]:
    """Give what the corpus says of its hostile files: FAIL, ROBUST, BOMB, UNSUP, OK."""
    lines = [line.split("\t") for line in (corpus / "MANIFEST.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    return {line[0]: line[9] for line in lines if line[0].startswith("hostile/")}


def test_the_whole_hostile_folder_in_one_run(hostile: Path, corpus: Path, tmp_path: Path) -> None:
    before = fingerprints(hostile)
    began = time.monotonic()
    done = run_oimg("optimize", hostile, "-o", tmp_path / "out", "-v", "--json", seconds=100)
    assert done.code == 1
    assert "Traceback" not in done.err
    assert set(done.files) == {str(hostile / name) for name in before}
    assert len(done.events) == len(before) + 1
    assert fingerprints(hostile) == before
    assert unfinished(hostile, tmp_path) == []
    assert time.monotonic() - began < 90
    slow = {name: event["seconds"] for name, event in done.files.items() if event["seconds"] > 20}
    assert slow == {}
    must_fail = [name for name, expected in expectations(corpus).items() if expected == "FAIL"]
    assert len(must_fail) >= 10
    assert {name: done.files[str(hostile / name)]["outcome"] for name in must_fail} == dict.fromkeys(
        must_fail, "failed"
    )
    for event in done.files.values():
        assert event["outcome"] in {"optimized", "kept", "failed"}
        assert event["code"] is None or event["code"] in CODES
        assert event["code"] != ErrorCode.INTERNAL, event
        assert (event["output"] is None) == (event["outcome"] == "failed" or event["code"] == "not-an-image"), event
        if event["outcome"] == "optimized":
            assert shown(Path(event["output"])).size == (event["width"], event["height"])


def test_files_of_another_kind_are_left_alone(hostile: Path, corpus: Path, tmp_path: Path) -> None:
    done = run_oimg("optimize", hostile, "-n", "--json")
    settled = {Path(name).relative_to(hostile).as_posix(): event for name, event in done.files.items()}
    expected = {name for name, expected in expectations(corpus).items() if expected == "UNSUP"}
    assert len(expected) == 4
    assert {name: settled[name]["code"] for name in expected} == dict.fromkeys(expected, "not-an-image")
    assert list(tmp_path.iterdir()) == []


def test_a_hostile_folder_takes_bounded_memory(hostile: Path, tmp_path: Path) -> None:
    """Asked from the kernel by a process between, so that other children of the tests do not count."""
    asking = (
        "import resource, subprocess, sys;"
        "subprocess.run(sys.argv[1:], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL);"
        "print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)"
    )
    program = command("optimize", hostile, "-o", tmp_path / "out")
    asked = subprocess.run(
        [program[0], "-c", asking, *program],
        env=environment(),
        capture_output=True,
        text=True,
        check=True,
        timeout=100,
    )
    assert 0 < int(asked.stdout) * 1024 < 2 << 30


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("hostile/bombs/lottapixel.jpg", {"limit-exceeded", "truncated-data", "corrupt-data"}),
        ("hostile/bombs/max_size.jpg", {"limit-exceeded", "truncated-data", "corrupt-data"}),
        ("hostile/bombs/x_issue#230.0.png", {"limit-exceeded", "truncated-data", "corrupt-data"}),
        ("hostile/truncated/zero-bytes.jpg", {"empty-file"}),
        ("hostile/truncated/just_header.png", {"truncated-data", "corrupt-data"}),
        ("hostile/mislabelled/text-content.png", {"not-an-image"}),
        ("hostile/mislabelled/fixture-json.webp", {"not-an-image"}),
        ("hostile/unsupported/pdf.pdf", {"not-an-image"}),
    ],
)
def test_a_bad_file_alone_fails_with_its_reason(hostile: Path, name: str, code: set[str], tmp_path: Path) -> None:
    done = run_oimg("optimize", hostile / name, "-o", tmp_path / "out", "--json", seconds=20)
    (event,) = done.files.values()
    assert (done.code, event["outcome"]) == (1, "failed")
    assert event["code"] in code
    assert event["detail"]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


@pytest.mark.parametrize(
    ("name", "format_"),
    [
        ("png-content.jpg", "png"),
        ("jpeg-content.png", "jpeg"),
        ("jpeg-no-extension", "jpeg"),
        ("webp-content.jpg", "webp"),
    ],
)
def test_content_decides_and_the_result_has_the_right_name(
    hostile: Path, tmp_path: Path, name: str, format_: str
) -> None:
    done = run_oimg(hostile / "hostile" / "mislabelled" / name, "-o", tmp_path / "out", "--json")
    (event,) = done.files.values()
    assert done.code == 0
    assert event["source_format"] == format_
    assert ("wrong-suffix" in event["warnings"]) == ("." in name)
    if event["outcome"] == "optimized":
        assert Path(event["output"]).suffix == {"jpeg": ".jpg"}.get(format_, f".{format_}")


def test_what_else_may_lie_in_a_folder(tmp_path: Path) -> None:
    home = tmp_path / "in"
    flat(home / "good.png")
    os.mkfifo(home / "pipe.png")
    (home / "loop").symlink_to(home)
    (home / "self.png").symlink_to(home / "self.png")
    (home / "null.png").symlink_to("/dev/null")
    (home / "link.png").symlink_to(home / "good.png")
    (home / "broken.png").symlink_to(home / "nowhere.png")
    (home / "empty.png").touch()
    (home / "text.png").write_text("dear diary")
    (home / "folder.png").mkdir()
    done = run_oimg(home, "-o", tmp_path / "out", "--json", seconds=20)
    codes = {Path(name).name: event["code"] or event["outcome"] for name, event in done.files.items()}
    assert codes == {
        "good.png": "optimized",
        "pipe.png": "not-a-regular-file",
        "loop": "folder-link-not-followed",
        "self.png": "not-a-regular-file",
        "null.png": "not-a-regular-file",
        "link.png": "optimized",
        "broken.png": "not-found",
        "empty.png": "empty-file",
        "text.png": "not-an-image",
    }
    assert done.code == 1
    assert done.err == ""


def test_a_file_nobody_may_read_fails_alone(tmp_path: Path) -> None:
    if os.geteuid() == 0:
        pytest.skip("NOT TESTED with real permissions: root may read everything (test_probe injects the refusal)")
    secret, good = flat(tmp_path / "secret.png"), flat(tmp_path / "good.png")
    secret.chmod(0)
    done = run_oimg(secret, good, "-o", tmp_path / "out", "--json")
    assert {Path(name).name: event["outcome"] for name, event in done.files.items()} == {
        "secret.png": "failed",
        "good.png": "optimized",
    }


def test_a_file_that_vanishes_meanwhile_fails_alone(tmp_path: Path) -> None:
    """The files are taken away while the program waits for the rest of its list of paths."""
    pictures = [photo(tmp_path / "in" / f"{number}.png", (900, 700), seed=number) for number in range(6)]
    program = subprocess.Popen(
        command("optimize", *pictures, "-o", tmp_path / "out", "-j", "1", "-f", "avif", "--json"),
        env=environment(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert program.stdout is not None
    first = program.stdout.readline()
    left = [path for path in pictures if str(path) not in first][-1]  # the last in the queue: equal sizes
    left.unlink()
    out, err = program.communicate(timeout=60)
    lines = [line for line in out.splitlines() if '"not-found"' in line]
    assert len(lines) == 1
    assert str(left) in lines[0]
    assert program.returncode == 1
    assert err == ""
    assert len(list((tmp_path / "out").iterdir())) == 5


def test_a_full_disk_is_said_once_a_file_and_leaves_nothing(tmp_path: Path) -> None:
    """A limit on the size of files stands for a full disk: the kernel refuses the bytes half way."""
    folder = tmp_path / "in"
    for number in range(3):
        photo(folder / f"{number}.png", (300, 200), seed=number)
    before = fingerprints(folder)

    def small_files_only() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (4096, 4096))

    done = subprocess.run(
        command("optimize", folder, "-o", tmp_path / "out", "--lossless", "--json"),
        env=unmeasured({"PYTHONDONTWRITEBYTECODE": "1"}),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        preexec_fn=small_files_only,
    )
    assert done.returncode == 1
    assert done.stdout.count('"write-failed"') + done.stdout.count('"disk-full"') == 3
    assert "Traceback" not in done.stderr
    assert fingerprints(folder) == before
    assert [path for path in tmp_path.rglob("*") if path.is_file() and folder not in path.parents] == []


def test_300_files_with_64_open_at_once(tmp_path: Path) -> None:
    one = flat(tmp_path / "one.png", (24, 18))
    (tmp_path / "in").mkdir()
    for number in range(300):
        shutil.copyfile(one, tmp_path / "in" / f"{number}.png")

    def few_descriptors() -> None:
        resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))

    done = subprocess.run(
        command("optimize", tmp_path / "in", "-o", tmp_path / "out", "--json"),
        env=environment(),
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        preexec_fn=few_descriptors,
    )
    assert done.returncode == 0, done.stdout[-500:] + done.stderr[-500:]
    assert len({path.name for path in (tmp_path / "out").iterdir()}) == 300
