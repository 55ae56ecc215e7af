"""`--in-place` and `oimg undo` in the real program: what is replaced comes back bit for bit."""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import signal
import subprocess
import time
import zlib
from pathlib import Path

import pytest

from in_place_scenes import KINDS, PAST, Facts, journals, kept_originals, opens, picture, scene, state
from oimg.words.images import Format
from oimg.work.safety.folders import default
from process_help import FILE_KEYS, SUMMARY_KEYS, command, environment, run_oimg, unfinished

UNDO_KEYS = ["event", "file", "replaced", "outcome", "code", "detail", "bytes", "dates_kept"]


def test_sixty_files_in_place_and_back_again(tmp_path: Path) -> None:
    scene(tmp_path, 60)
    before = state(tmp_path)
    done = run_oimg(tmp_path, "--in-place", "--json")
    assert done.code == 0
    assert [list(event) for event in done.events] == [FILE_KEYS] * 60 + [SUMMARY_KEYS]
    optimized = [event for event in done.files.values() if event["outcome"] == "optimized"]
    assert {event["source_format"] for event in optimized} >= {Format.JPEG, Format.PNG, Format.GIF, Format.TIFF}
    assert len(optimized) > 30
    after = state(tmp_path)
    assert after.keys() == before.keys()
    for event in done.files.values():
        name = os.path.relpath(event["source"], tmp_path)
        old, new = before[name], after[name]
        assert isinstance(old, Facts)
        assert isinstance(new, Facts)
        if event["outcome"] == "optimized":
            assert (event["output"], len(new.data)) == (event["source"], event["output_bytes"])
            assert len(new.data) < len(old.data)
            assert (new.mtime_ns, new.atime_ns, new.mode) == (old.mtime_ns, old.atime_ns, old.mode)
            opens(Path(event["source"]))
        else:
            assert new == old
    assert unfinished(tmp_path) == []

    again = run_oimg(tmp_path, "--in-place", "--json")
    assert (again.summary["kept"], again.summary["failed"]) == (60, 0)
    undone = run_oimg("undo", "--json")
    assert undone.code == 0
    *events, summary = undone.events
    assert [list(event) for event in events] == [UNDO_KEYS] * len(optimized)
    assert {(event["outcome"], event["file"], event["bytes"], event["dates_kept"]) for event in events} == {
        ("restored", event["source"], event["source_bytes"], True) for event in optimized
    }
    batch = done.summary["batch"]
    count = len(optimized)
    assert summary == {"event": "summary", "batch": batch, "files": count, "restored": count, "refused": 0}
    assert state(tmp_path) == before
    assert (kept_originals(), journals(), unfinished(tmp_path, default().root)) == ([], [], [])


def test_another_format_takes_another_name_and_undo_the_old_one_again(tmp_path: Path) -> None:
    names = ("a.png", "a.jpg", "b.PNG", "c.jpeg", "c.png", "sub/a.png")
    for seed, name in enumerate(names):
        picture(tmp_path / name, seed=seed, mode=0o600)
    shutil.copy2(picture(tmp_path / "b.webp", seed=9), tmp_path / "c (2).webp")
    (tmp_path / "broken.png").write_bytes(b"\x89PNG\r\n\x1a\n and no more")
    (tmp_path / "notes.txt").write_bytes(b"keep me")
    before = state(tmp_path)
    planned = run_oimg(tmp_path, "--in-place", "-f", "webp", "-n", "--json")
    assert state(tmp_path) == before
    done = run_oimg(tmp_path, "--in-place", "-f", "webp", "--json")
    assert done.code == 1  # of the broken one
    optimized = {event["source"]: event["output"] for event in done.files.values() if event["outcome"] == "optimized"}
    assert {os.path.relpath(source, tmp_path) for source in optimized} >= set(names)
    plans = {event["source"]: event["output"] for event in planned.events if event["event"] == "plan"}
    moved = {source: output for source, output in optimized.items() if source != output}
    # A plan says the name; that it is taken by no file of the batch turns out with the work.
    assert {source: Path(output).parent for source, output in plans.items() if source in moved} == {
        source: Path(output).parent for source, output in moved.items()
    }
    after = state(tmp_path)
    assert len(set(optimized.values())) == len(optimized)
    for source, output in moved.items():
        assert not Path(source).exists()
        with Path(output).open("rb") as stream:
            assert stream.read(16)[8:12] == b"WEBP"
    for name in ("c (2).webp", "broken.png", "notes.txt"):
        assert name in after
    assert after["broken.png"] == before["broken.png"]
    assert after["notes.txt"] == before["notes.txt"]
    assert {"a.webp", "a (2).webp", "sub/a.webp"} <= after.keys()
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before


def test_what_was_changed_since_is_left_alone_with_the_reason(tmp_path: Path) -> None:
    edited, gone, fine = (picture(tmp_path / name, seed=seed) for seed, name in enumerate(("e.png", "g.png", "f.png")))
    before = state(tmp_path)
    assert run_oimg(tmp_path, "--in-place", "--quiet").code == 0
    edited.write_bytes(b"what somebody wrote later")
    gone.unlink()
    foreseen = run_oimg("undo", "-n", "--json")
    undone = run_oimg("undo", "--json")
    assert (foreseen.code, undone.code) == (1, 1)
    codes = {event["file"]: event["code"] for event in undone.events[:-1]}
    assert codes == {str(edited): "changed-since", str(gone): "missing-since", str(fine): None}
    # The dry run foretold just this.
    assert [{**event, "event": "undo"} for event in foreseen.events] == undone.events[:-1]
    assert edited.read_bytes() == b"what somebody wrote later"
    assert state(tmp_path)["f.png"] == before["f.png"]
    assert run_oimg("undo", "--file", gone).code == 0
    assert state(tmp_path)["g.png"] == before["g.png"]
    left = run_oimg("undo", "--list", "--json").events
    assert [(each["files"], each["left"], each["folder"]) for each in left] == [(3, 1, str(tmp_path))]
    text = run_oimg("undo")
    assert text.code == 1
    assert "changed after it was optimized" in text.out
    assert "0 originals are back; 1 file was left alone" in text.out


def test_undo_puts_nothing_over_another_file(tmp_path: Path) -> None:
    original = picture(tmp_path / "a.png")
    run_oimg(tmp_path, "--in-place", "-f", "webp", "--quiet")
    original.write_bytes(b"a new file of the old name")
    done = run_oimg("undo", "--json")
    assert [event["code"] for event in done.events[:-1]] == ["name-taken"]
    assert original.read_bytes() == b"a new file of the old name"
    opens(tmp_path / "a.webp")


def test_batches_are_taken_back_one_by_one(tmp_path: Path) -> None:
    one, two = picture(tmp_path / "1" / "a.png", seed=1), picture(tmp_path / "2" / "b.png", seed=2)
    before = state(tmp_path)
    first = run_oimg(one, "--in-place", "--json").summary["batch"]
    time.sleep(0.01)
    second = run_oimg(two, "--in-place", "--json").summary["batch"]
    assert [each["batch"] for each in run_oimg("undo", "--list", "--json").events] == [second, first]
    assert run_oimg("undo", "--batch", first).code == 0
    assert state(tmp_path)["1/a.png"] == before["1/a.png"]
    assert state(tmp_path)["2/b.png"] != before["2/b.png"]
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before


def test_a_file_that_was_replaced_twice_comes_back_step_by_step(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg", (64, 64))
    before = state(tmp_path)
    run_oimg(path, "--in-place", "--quiet", "-q", "90")
    between = state(tmp_path)
    run_oimg(path, "--in-place", "--quiet", "-q", "20", "--min-savings", "0%")
    assert len({json.dumps(str(each)) for each in (before, between, state(tmp_path))}) == 3
    assert run_oimg("undo", "--file", path).code == 0
    assert state(tmp_path) == between
    assert run_oimg("undo", "--file", path).code == 0
    assert state(tmp_path) == before


def test_nothing_to_undo_is_no_error_but_a_wrong_name_is(tmp_path: Path) -> None:
    for arguments in (["undo"], ["undo", "-n"], ["undo", "--list"], ["undo", "--clear", "--yes"]):
        done = run_oimg(*arguments)
        assert done.code == 0, arguments
        assert "Traceback" not in done.err
    assert "nothing to undo" in run_oimg("undo").err
    summary = {"event": "summary", "batch": None, "files": 0, "restored": 0, "refused": 0}
    assert run_oimg("undo", "--json").events == [summary]
    assert run_oimg("undo", "--list", "--json").out == ""
    for arguments in (["--batch", "20200101-000000-0000"], ["--file", str(tmp_path / "never.png")]):
        done = run_oimg("undo", *arguments)
        assert (done.code, done.out) == (1, "")
        assert arguments[1] in done.err
    assert run_oimg("undo", "--list", "-n").code == 2
    assert run_oimg("undo", "--list", "--clear").code == 2
    assert list(default().root.glob("journal/*")) == []


def test_cleared_originals_are_gone_for_good(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.png")
    size = path.stat().st_size
    run_oimg(path, "--in-place", "--quiet")
    result = path.read_bytes()
    listed = run_oimg("undo", "--list").out
    assert str(default().root) in listed
    assert "oimg undo --clear" in listed
    assert run_oimg("undo", "--clear", "--yes", "--json").events == [{"event": "clear", "freed_bytes": size}]
    assert kept_originals() == []
    assert run_oimg("undo").code == 0
    assert path.read_bytes() == result


def test_what_is_too_old_goes_with_the_next_run_that_replaces_nothing(tmp_path: Path) -> None:
    settings = Path(os.environ["XDG_CONFIG_HOME"]) / "oimg" / "settings.json"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"schema": 1, "backup_days": 2}))
    old, other = picture(tmp_path / "a.png"), picture(tmp_path / "b.png", seed=1)
    run_oimg(old, "--in-place", "--quiet")
    run_oimg(other, "-o", tmp_path / "out", "--quiet")
    assert len(kept_originals()) == 1  # it is young
    (journal,) = journals()
    head, *rest = journal.read_bytes().splitlines()
    facts = json.loads(head[9:])
    facts["at"] -= 3 * 86_400
    text = json.dumps(facts).encode()
    journal.write_bytes(b"\n".join((b"%08x %s" % (zlib.crc32(text), text), *rest, b"")))
    os.utime(journal, (facts["at"], facts["at"]))
    run_oimg(other, "-o", tmp_path / "out2", "--quiet")
    assert (kept_originals(), journals()) == ([], [])


def test_the_hint_names_the_batch_and_the_metadata(tmp_path: Path) -> None:
    path = picture(tmp_path / "a.jpg")
    shutil.copy2(path, tmp_path / "b.jpg")
    done = run_oimg(tmp_path / "b.jpg", "--in-place")
    (listed,) = run_oimg("undo", "--list", "--json").events
    assert f"`oimg undo --batch {listed['batch']}` brings them back" in done.err
    assert run_oimg(tmp_path / "b.jpg", "--in-place").err == ""  # nothing was replaced
    assert run_oimg(path, "--in-place", "--quiet").err == ""


def test_originals_into_the_trash_and_back(tmp_path: Path, own_home: Path) -> None:
    path = picture(tmp_path / "ä %20\n.png")
    before = state(tmp_path)
    done = run_oimg(path, "--in-place", "--trash")
    assert done.code == 0
    assert "in the trash" in done.err
    assert kept_originals() == []
    trash = Path(os.environ["XDG_DATA_HOME"]) / "Trash"
    (info,) = (trash / "info").iterdir()
    # Trash specification 1.0: the file of the same name, the path percent-encoded.
    copy = trash / "files" / info.name.removesuffix(".trashinfo")
    original = before[path.name]
    assert isinstance(original, Facts)
    assert copy.read_bytes() == original.data
    head, where, when = info.read_text(encoding="ascii").splitlines()
    assert (head, when[:13]) == ("[Trash Info]", "DeletionDate=")
    path_told = re.sub(
        rb"%([0-9A-F]{2})", lambda m: bytes.fromhex(m[1].decode()), where.encode().removeprefix(b"Path=")
    )
    assert path_told == os.fsencode(path)
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before
    assert [*(trash / "info").iterdir(), *(trash / "files").iterdir()] == []
    assert own_home in trash.parents


def test_a_dry_run_tells_what_would_be_replaced_and_what_would_not(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "b.png").hardlink_to(picture(tmp_path / "elsewhere" / "b.png", seed=1))
    before = state(tmp_path)
    done = run_oimg(tmp_path / "a.png", tmp_path / "b.png", "--in-place", "-n", "--json")
    assert [(each["event"], each["source"], each["output"]) for each in done.events] == [
        ("file", str(tmp_path / "b.png"), None),
        ("plan", str(tmp_path / "a.png"), str(tmp_path / "a.png")),
    ]
    assert done.events[0]["code"] == "linked-elsewhere"
    assert "would be replaced" in run_oimg(tmp_path / "a.png", "--in-place", "-n").out
    assert state(tmp_path) == before
    assert not default().root.exists()


@pytest.mark.parametrize("place", ["/proc/none", "/dev/null/x"])
def test_where_the_backup_cannot_be_the_files_stay_as_they_are(tmp_path: Path, place: str) -> None:
    picture(tmp_path / "a.png")
    before = state(tmp_path)
    done = run_oimg(tmp_path, "--in-place", "--json", env={"XDG_DATA_HOME": place})
    assert done.code == 1
    assert [event["code"] for event in done.events[:-1]] == ["backup-failed"]
    assert state(tmp_path) == before
    beside = run_oimg(tmp_path, "--json", env={"XDG_DATA_HOME": place})  # needs no backup
    assert beside.summary["optimized"] == 1


def test_the_backup_may_be_on_another_disk(tmp_path: Path) -> None:
    memory = Path("/dev/shm")  # noqa: S108 - the other disk that most systems have
    if not memory.is_dir() or memory.stat().st_dev == tmp_path.stat().st_dev:
        pytest.skip("NOT TESTED: there is no second file system to write to")
    picture(tmp_path / "a.png")
    before = state(tmp_path)
    data = memory / f"oimg-test-{os.getpid()}"
    try:
        env = {"XDG_DATA_HOME": str(data)}
        assert run_oimg(tmp_path, "--in-place", "--quiet", env=env).code == 0
        assert state(tmp_path) != before
        assert run_oimg("undo", env=env).code == 0
        assert state(tmp_path) == before
        out = run_oimg(tmp_path, "-o", data / "out", "--json")
        assert out.summary["optimized"] == 1
        assert (data / "out" / "a.png").stat().st_mtime_ns == PAST
    finally:
        shutil.rmtree(data, ignore_errors=True)


def test_the_backup_itself_is_never_replaced(tmp_path: Path) -> None:
    data = tmp_path / "data"  # in sight, as on macOS
    env = {"XDG_DATA_HOME": str(data)}
    picture(tmp_path / "a.png")
    before = state(tmp_path)
    run_oimg(tmp_path / "a.png", "--in-place", "--quiet", env=env)
    whole = run_oimg(tmp_path, "--in-place", "--json", env=env)
    assert [event["source"] for event in whole.events[:-1]] == [str(tmp_path / "a.png")]
    (original,) = (path for path in (data / "oimg" / "backups").rglob("*") if path.is_file())
    named = run_oimg(original, "--in-place", "--json", env=env)
    assert [event["code"] for event in named.events[:-1]] == ["write-failed"]
    assert run_oimg("undo", env=env).code == 0
    assert state(tmp_path)["a.png"] == before["a.png"]


def suspend_at_work(process: subprocess.Popen[bytes]) -> None:
    """Suspend a process that has its journal open, and not at a moment at which it holds the lock over all."""
    until = time.monotonic() + 60
    while True:
        assert process.poll() is None
        assert time.monotonic() < until
        if journals():
            process.send_signal(signal.SIGSTOP)
            with (default().root / "lock").open() as stream:
                try:
                    fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                except BlockingIOError:
                    process.send_signal(signal.SIGCONT)
                else:
                    return
        time.sleep(0.005)


def test_two_processes_in_one_folder(tmp_path: Path) -> None:
    for number in range(6):
        picture(tmp_path / "busy" / f"{number}.png", (300, 300), seed=number)
    picture(tmp_path / "free" / "a.png")
    before = state(tmp_path)
    first = subprocess.Popen(
        command(tmp_path / "busy", "--in-place", "--json"), env=environment(), stdout=subprocess.PIPE
    )
    try:
        suspend_at_work(first)
        held = state(tmp_path)
        second = run_oimg(tmp_path / "busy" / "5.png", tmp_path / "free", "--in-place", "--json")
        assert second.code == 1
        assert {Path(source).name: event["code"] for source, event in second.files.items()} == {
            "5.png": "folder-in-use",
            "a.png": None,
        }
        assert f"process {first.pid}" in second.files[str(tmp_path / "busy" / "5.png")]["detail"]
        assert {name: facts for name, facts in state(tmp_path).items() if name != "free/a.png"} == {
            name: facts for name, facts in held.items() if name != "free/a.png"
        }
        told = run_oimg(tmp_path / "busy", "--in-place")
        assert "another OIMG is replacing pictures in this folder" in told.out
    finally:
        first.send_signal(signal.SIGCONT)
        out, _ = first.communicate(timeout=120)
    assert first.returncode == 0
    assert json.loads(out.splitlines()[-1])["optimized"] == 6
    assert run_oimg("undo").code == 0
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before
    assert unfinished(tmp_path) == []


def test_ctrl_c_ends_an_undo_between_two_files(tmp_path: Path) -> None:
    for number in range(30):
        picture(tmp_path / f"{number:02}.png", (120, 90), seed=number)
    before = state(tmp_path)
    assert run_oimg(tmp_path, "--in-place", "--quiet").code == 0
    process = subprocess.Popen(
        command("undo", "--json"), env=environment(), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    )
    assert process.stdout is not None
    process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest = [json.loads(line) for line in process.stdout]
    process.stdout.close()
    assert process.wait(60) in (0, 130)  # 0 where it was quicker than the signal
    assert rest[-1]["event"] == "summary"
    now = state(tmp_path)
    assert now.keys() == before.keys()
    assert sum(now[name] == before[name] for name in before) == rest[-1]["restored"] >= 1
    assert unfinished(tmp_path) == []
    assert run_oimg("undo").code == 0
    assert state(tmp_path) == before


def test_all_kinds_of_the_scene_are_what_they_say(tmp_path: Path) -> None:
    for path in scene(tmp_path, len(KINDS)):
        opens(path)
