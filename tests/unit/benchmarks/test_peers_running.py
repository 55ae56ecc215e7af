"""Peers of the benchmark as processes, and the pictures that it draws."""

import sys
from dataclasses import replace
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from benchmarks.peers import drawn, pictures
from benchmarks.peers.measure import Aimed, Bench, curves, encode
from benchmarks.peers.ruler import Ruler, Rulers, plain_score
from benchmarks.peers.running import convert, measured
from benchmarks.peers.searching import searched
from benchmarks.peers.store import Key, Store
from benchmarks.peers.tools import Places, Tool, Work, program
from PIL import Image

from oimg.engine import candidates
from oimg.engine.search import MAX_ENCODES

pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="memory is read from /proc")
PLACES = Places(None, Path(sys.executable), 2)
TO_JPEG = "import sys; from PIL import Image; Image.open(sys.argv[1]).save(sys.argv[2], quality=int(sys.argv[3]))"


def pillow() -> Tool:
    """A peer that is always there: Pillow, in a process of its own."""

    def commands(work: Work) -> list[list[str]]:
        return work.each(lambda source, output: [sys.executable, "-c", TO_JPEG, source, output, f"{work.quality:g}"])

    return Tool("Pillow", "jpeg", (50,), "", commands, (sys.executable, "--version"))


def test_a_peer_writes_what_was_asked(tmp_path: Path) -> None:
    source = tmp_path / "photo.png"
    drawn.photo(1, (160, 128)).save(source)
    sizes = []
    for quality in (30, 90):
        (output,), spent = convert(pillow(), [source], quality, tmp_path / "made", PLACES)
        assert spent.failed == 0
        with Image.open(output) as opened:
            assert (opened.format, opened.size) == ("JPEG", (160, 128))
        sizes.append(output.stat().st_size)
    assert sizes[0] < sizes[1]


def test_memory_and_seconds_are_those_of_the_processes() -> None:
    hungry = "import time; block = bytearray(150_000_000); time.sleep(2)"
    spent = measured([[sys.executable, "-c", hungry]] * 2, 2)
    assert 300e6 < spent.peak < 400e6  # both at the same time
    assert 2 < spent.wall < 30
    busy = "import time; began = time.process_time()\nwhile time.process_time() < began + 0.3: pass"
    assert 0.3 <= measured([[sys.executable, "-c", busy]], 1).cpu < 3


def test_failures_are_counted() -> None:
    assert measured([[sys.executable, "-c", "raise SystemExit(3)"], [sys.executable, "-c", ""]], 2).failed == 1


def test_a_program_that_is_not_there_is_not_found() -> None:
    assert program("none", "png", "oimg-no-such-program {in} {out}").found() is None
    assert (pillow().found() or "").startswith("Python 3")


def test_the_ruler_agrees_with_float64(tmp_path: Path) -> None:
    source, made = tmp_path / "a.png", tmp_path / "b.jpg"
    picture = drawn.photo(2, (160, 128))
    picture.save(source)
    picture.save(made, quality=60)
    score = Rulers().score(source, made)
    assert score == pytest.approx(plain_score(source, made), abs=0.01)
    assert 20 < (score or 0) < 95
    assert Ruler(source).score(source) == 100
    (tmp_path / "c.jpg").write_bytes(b"no picture")
    assert Ruler(source).score(tmp_path / "c.jpg") is None


def bench(folder: Path, store: Store, tool: Tool) -> Bench:
    """One peer that writes below the folder."""
    return Bench(((tool, "1"),), (), folder, PLACES, lambda _: None, store)


def test_what_the_store_knows_is_not_made_again(tmp_path: Path) -> None:
    source, runs = tmp_path / "a.png", []
    drawn.photo(3, (96, 64)).save(source)
    tool = pillow()
    counted = replace(tool, commands=lambda work: (runs.append(work.quality), tool.commands(work))[1])

    def encoded(quality: float) -> tuple[int, float | None]:
        return encode(bench(tmp_path, Store(tmp_path / "kept"), counted), counted, quality, [source], Rulers())[0]

    first, again, other = encoded(40), encoded(40), encoded(90)
    Image.open(source).save(tmp_path / "own.jpg", quality=40)
    assert first == again == ((tmp_path / "own.jpg").stat().st_size, Ruler(source).score(tmp_path / "own.jpg"))
    assert other[0] > first[0]
    assert runs == [40, 90]
    drawn.photo(4, (96, 64)).save(source)  # other pixels under the same name
    assert encoded(40) != first
    assert runs == [40, 90, 40]


def test_a_line_that_was_cut_short_is_left_out(tmp_path: Path) -> None:
    store, key = Store(tmp_path), Key("a" * 64, "tool", "1", "tool {q}", 50.0)
    store.keep(key, 1234, 81.5)
    with (tmp_path / "encodings.jsonl").open("a", encoding="utf-8") as stream:
        stream.write('["bbbb", "tool", "1", "to')
    assert Store(tmp_path).find(key) == (1234, 81.5)
    assert Store(tmp_path).find(replace(key, quality=51.0)) is None
    assert Store(None).find(key) is None


def test_what_fails_is_tried_again(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    drawn.photo(3, (96, 64)).save(source)
    broken = program("broken", "jpeg", f"{sys.executable} -c pass {{in}} {{out}}")
    assert encode(bench(tmp_path, Store(tmp_path), broken), broken, 50, [source], Rulers()) == [(0, None)]
    assert not (tmp_path / "encodings.jsonl").read_text(encoding="utf-8")


def test_peers_run_once_more_where_they_should_score_as_oimg(tmp_path: Path) -> None:
    source = tmp_path / "a.png"
    drawn.photo(6, (256, 192)).save(source)
    picture = pictures.Picture("a", "photo", source, source, "drawn", "", pictures.digest(source), 256 * 192)
    tool = replace(pillow(), qualities=(20.0, 45.0, 80.0, 95.0))
    with_picture = replace(bench(tmp_path, Store(None), tool), pictures=(picture,))
    ((size, score),) = encode(with_picture, tool, 65, [source], Rulers())  # what the peer can do there
    aim = Aimed("jpeg", "photo", "a", 70.0, "optimized", None, 1, score, score, None)
    rows = curves(with_picture, [aim, replace(aim, picture="b"), replace(aim, score=None)])
    assert [row.quality for row in rows if not row.refined] == [20, 45, 80, 95]
    (nearer,) = (row for row in rows if row.refined)
    assert nearer.quality == pytest.approx(65, abs=3)
    assert nearer.bytes == pytest.approx(size, rel=0.1)


def test_encodings_of_a_search_are_counted(tmp_path: Path) -> None:
    path = tmp_path / "a.png"
    drawn.photo(5, (160, 128)).save(path)
    picture = pictures.Picture("a", "photo", path, path, "drawn", "", pictures.digest(path), 160 * 128)
    original = candidates.for_score
    rows = searched([picture], ["jpeg", "webp"], [70.0, 80.0])
    assert {(row.format, row.target) for row in rows} == set(product(("jpeg", "webp"), (70.0, 80.0)))
    assert all(1 <= row.encodes <= MAX_ENCODES for row in rows)
    assert candidates.for_score is original


@pytest.mark.parametrize("kind", pictures.CLASSES)
def test_drawn_pictures_are_the_same_every_time(kind: str) -> None:
    draw, size = drawn.DRAWN[kind]
    first, again, other = draw(1, size), draw(1, size), draw(2, size)
    assert first.size == size
    assert first.tobytes() == again.tobytes()
    assert first.tobytes() != other.tobytes()
    assert (first.mode == "RGBA") is (kind == "icon")


def test_without_a_corpus_all_classes_are_drawn(tmp_path: Path) -> None:
    made = pictures.prepare(None, tmp_path, quick=True)
    assert {picture.kind for picture in made} == set(pictures.CLASSES)
    for picture in made:
        with Image.open(picture.path) as whole, Image.open(picture.flat) as flat:
            assert picture.pixels == whole.width * whole.height
            assert flat.mode == "RGB"
            if whole.mode == "RGBA":
                clear = np.asarray(whole)[..., 3] == 0
                assert clear.any()
                assert (np.asarray(flat)[clear] == 255).all()
            else:
                assert picture.flat == picture.path
