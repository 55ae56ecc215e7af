"""A file is never taken for what it was before it changed, and what is remembered tells nothing by itself."""

from __future__ import annotations

import hashlib
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from oimg.engine.request import Made, Refusal
from oimg.words.images import Format, Header, Limits
from oimg.words.privacy import MetadataGroup, MetadataPolicy
from oimg.words.recipe import ColorPolicy, Fitting, Mode, Output, Place, Recipe, Resize, Target
from oimg.words.report import KeptCode, Notice, SourceFile
from oimg.work.cache import program
from oimg.work.cache.results import PastRefusal, PastResult, ResultCache
from oimg.work.cache.store import Store
from oimg.work.files.identity import identity_in

POSIX = pytest.mark.skipif(os.name != "posix", reason="NOT TESTED: only POSIX has a time of change that cannot be set")
LONG_AGO = (1_600_000_000_000_000_000, 1_600_000_000_123_456_789)
LIMITS = Limits()
RECIPE = Recipe()
REFUSED = PastRefusal(Refusal(KeptCode.NOT_SMALLER, "12345 bytes", 71.25, (Notice.APPROXIMATE_SCORE,)), stays=True)


@pytest.fixture
def cache(tmp_path: Path) -> Iterator[ResultCache]:
    cache = ResultCache(Store(tmp_path / "cache" / "results.sqlite", 1 << 22), bytes(range(32)))
    yield cache
    cache.close()


@pytest.fixture(autouse=True)
def settled(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let files count as left alone that were written just now: what is tried here has to hold without the wait."""
    monkeypatch.setattr("oimg.work.cache.files._SETTLED_NS", -(1 << 62))


def source_of(path: Path) -> SourceFile:
    identity = identity_in(path.stat())
    return SourceFile(path, path.parent, identity[2], identity, Header(Format.PNG, 4, 4))


def written(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, ns=LONG_AGO)
    return path


def made(size: tuple[int, int] = (40, 30), **options: object) -> Made:
    stream = BytesIO()
    Image.new("RGB", size, (9, 99, 199)).save(stream, "PNG", **options)
    plain = {"format": Format.PNG, "width": size[0], "height": size[1], "frames": 1}
    facts = {"score": 81.062501, "quality": 77.5, "notices": (Notice.CMYK_GUESSED,)}
    return Made(data=stream.getvalue(), removed=(MetadataGroup.LOCATION,), **plain, **facts)  # type: ignore[arg-type]


@POSIX
def test_a_file_that_was_read_is_known_without_reading(cache: ResultCache, tmp_path: Path) -> None:
    path = written(tmp_path / "a.png", b"first")
    assert cache.files.content_of(source_of(path)) is None
    untrusted, content = cache.files.read(source_of(path))
    assert untrusted == b"first"
    assert cache.files.content_of(source_of(path)) == content
    other = written(tmp_path / "b.png", b"first")
    assert cache.files.content_of(source_of(other)) is None
    assert cache.files.read(source_of(other))[1] == content
    assert cache.files.read(source_of(written(tmp_path / "c.png", b"other")))[1] != content


def _rewritten(path: Path, data: bytes) -> None:
    with path.open("r+b") as stream:  # the same inode
        stream.write(data)
        stream.truncate()


def _replaced(path: Path, data: bytes) -> None:
    other = path.with_name("other")
    other.write_bytes(data)
    other.replace(path)


def _swapped_inode(path: Path, data: bytes) -> None:
    """Remove the file and write it anew: many disks give the inode that is free again."""
    path.unlink()
    path.write_bytes(data)


def _mapped(path: Path, data: bytes) -> None:
    import mmap

    with path.open("r+b") as stream:
        stream.truncate(len(data))
        with mmap.mmap(stream.fileno(), len(data)) as memory:
            memory[:] = data
            memory.flush()


CHANGES = [_rewritten, _replaced, _swapped_inode, _mapped]


@POSIX
@settings(max_examples=150, deadline=None)
@given(
    steps=st.lists(
        st.tuples(st.sampled_from(CHANGES), st.binary(min_size=6, max_size=7), st.booleans()), min_size=1, max_size=8
    ),
    data=st.binary(min_size=6, max_size=7),
)
def test_no_change_goes_unseen(steps: list[tuple[Callable[[Path, bytes], None], bytes, bool]], data: bytes) -> None:
    """Same length, times set back, an inode that comes again: the digest is that of the bytes, or there is none."""
    with TemporaryDirectory() as folder:
        cache = ResultCache(Store(Path(folder) / "results.sqlite", 1 << 22), bytes(32))
        path = written(Path(folder) / "a.png", data)
        cache.files.read(source_of(path))
        for number, (change, after, read) in enumerate(steps):
            change(path, after)
            os.utime(path, ns=LONG_AGO)
            copy = written(Path(folder) / f"copy{number}", after)
            content = cache.files.read(source_of(copy))[1]
            assert cache.files.content_of(source_of(path)) in (None, content)
            assert cache.files.holds(path, content, len(after))
            if after != data:
                assert not cache.files.holds(path, cache.files.read(source_of(written(copy, data)))[1], len(data))
            if read:
                assert cache.files.read(source_of(path)) == (after, content)
        cache.close()


@POSIX
def test_a_file_that_was_written_just_now_is_read_again(
    cache: ResultCache, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("oimg.work.cache.files._SETTLED_NS", 3_000_000_000)
    path = written(tmp_path / "a.png", b"first")  # its time of change is now, whatever the other says
    cache.files.read(source_of(path))
    assert cache.files.content_of(source_of(path)) is None
    assert cache.files.holds(path, cache.files.read(source_of(path))[1], 5)
    assert cache.files.content_of(source_of(path)) is None


@POSIX
def test_a_probed_file_that_changed_since_is_not_known(cache: ResultCache, tmp_path: Path) -> None:
    path = written(tmp_path / "a.png", b"first")
    probed = source_of(path)
    cache.files.read(probed)
    _replaced(path, b"other")
    cache.files.read(source_of(path))
    assert cache.files.content_of(probed) is None
    path.unlink()
    assert cache.files.content_of(probed) is None


def test_only_the_very_file_holds(cache: ResultCache, tmp_path: Path) -> None:
    path = written(tmp_path / "a.png", b"first")
    content = cache.files.read(source_of(path))[1]
    (tmp_path / "link").symlink_to(path)
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    assert cache.files.holds(path, content, 5)
    assert not cache.files.holds(path, content, 6)
    assert not cache.files.holds(path, bytes(32), 5)
    for name in ("link", "folder", "pipe", "missing"):
        assert not cache.files.holds(tmp_path / name, content, 5)


def test_what_came_of_a_picture_comes_back_whole(cache: ResultCache) -> None:
    content, other = b"c" * 32, b"d" * 32
    result = made()
    cache.keep_result(content, RECIPE, LIMITS, result)
    cache.keep_refusal(other, RECIPE, LIMITS, REFUSED)
    cache.close()
    assert cache.recall(other, RECIPE, LIMITS) == REFUSED
    past = cache.recall(content, RECIPE, LIMITS)
    assert isinstance(past, PastResult)
    assert past.byte_size == len(result.data)
    names = ("format", "width", "height", "frames", "score", "quality", "notices", "removed")
    assert [getattr(past, name) for name in names] == [getattr(result, name) for name in names]
    assert cache.recall(b"e" * 32, RECIPE, LIMITS) is None


OTHER_RECIPES = [
    Recipe(format=Target.WEBP),
    Recipe(mode=Mode.LOSSLESS),
    Recipe(mode=Mode.QUALITY),
    Recipe(target=79.9),
    Recipe(target=80.1),
    Recipe(effort=6),
    Recipe(resize=Resize(fitting=Fitting.SCALE, amount=50)),
    Recipe(metadata=MetadataPolicy.STRIP),
    Recipe(keep=frozenset({MetadataGroup.LOCATION})),
    Recipe(color=ColorPolicy.SRGB),
    Recipe(background="#000000"),
    Recipe(flatten_special=True),
    Recipe(min_savings=5),
    Recipe(min_saved_bytes=5),
]


def test_every_other_recipe_is_another_question(cache: ResultCache) -> None:
    content = b"c" * 32
    cache.keep_result(content, RECIPE, LIMITS, made())
    assert [each for each in OTHER_RECIPES if cache.recall(content, each, LIMITS) is not None] == []
    cache.keep_refusal(b"d" * 32, RECIPE, LIMITS, REFUSED)
    assert [each for each in OTHER_RECIPES if cache.recall(b"d" * 32, each, LIMITS) is not None] == []
    assert cache.recall(content, RECIPE, replace(LIMITS, max_pixels=10)) is None


def test_where_results_go_is_no_part_of_the_question(cache: ResultCache) -> None:
    cache.keep_result(b"c" * 32, RECIPE, LIMITS, made())
    elsewhere = replace(RECIPE, output=Output(place=Place.FOLDER, path="/elsewhere"))
    assert cache.recall(b"c" * 32, elsewhere, LIMITS) is not None


def test_another_program_is_another_question(cache: ResultCache, monkeypatch: pytest.MonkeyPatch) -> None:
    cache.keep_result(b"c" * 32, Recipe(effort=7), LIMITS, made())
    monkeypatch.setattr("oimg.work.cache.results.fingerprint", lambda: b"another version")
    assert cache.recall(b"c" * 32, Recipe(effort=7, background="#fff"), LIMITS) is None


@pytest.mark.parametrize(
    ("recipe", "known", "unknown"),
    [
        (Recipe(target=80), [Recipe(target=80), Recipe(target=90)], [Recipe(target=79), Recipe(effort=9)]),
        (
            Recipe(mode=Mode.QUALITY, quality=70),
            [Recipe(mode=Mode.QUALITY, quality=70), Recipe(mode=Mode.QUALITY, quality=85)],
            [Recipe(mode=Mode.QUALITY, quality=69), Recipe(target=90)],
        ),
        (
            Recipe(mode=Mode.SIZE, max_bytes=5000),
            [Recipe(mode=Mode.SIZE, max_bytes=5000), Recipe(mode=Mode.SIZE, max_bytes=6000)],
            [Recipe(mode=Mode.SIZE, max_bytes=4999)],
        ),
        (Recipe(mode=Mode.LOSSLESS), [Recipe(mode=Mode.LOSSLESS)], [Recipe(target=100)]),
    ],
)
def test_a_result_of_ours_is_known_to_the_same_and_to_weaker_recipes(
    cache: ResultCache, recipe: Recipe, known: list[Recipe], unknown: list[Recipe]
) -> None:
    result = made()
    cache.keep_result(b"c" * 32, recipe, LIMITS, result)
    past = cache.recall(b"c" * 32, recipe, LIMITS)
    assert isinstance(past, PastResult)
    for each in known:
        assert isinstance(cache.recall(past.content, each, LIMITS), PastRefusal), each
    for each in unknown:
        assert cache.recall(past.content, each, LIMITS) is None, each


def test_a_recipe_that_would_change_its_own_result_again_finds_it_new(cache: ResultCache) -> None:
    for number, (resize, final) in enumerate(
        [
            (Resize(fitting=Fitting.SCALE, amount=50), False),
            (Resize(fitting=Fitting.LONG_EDGE, amount=40), True),
            (Resize(fitting=Fitting.LONG_EDGE, amount=39), False),
            (Resize(fitting=Fitting.FIT, width=100, height=100), True),
        ]
    ):
        recipe = Recipe(resize=resize)
        cache.keep_result(bytes([number]) * 32, recipe, LIMITS, made())
        past = cache.recall(bytes([number]) * 32, recipe, LIMITS)
        assert isinstance(past, PastResult)
        assert (cache.recall(past.content, recipe, LIMITS) is not None) is final, resize


def test_nothing_can_be_read_without_the_key_or_without_the_picture(cache: ResultCache, tmp_path: Path) -> None:
    path = written(tmp_path / "Ada at the lake.png", b"a picture that somebody else may have, too")
    untrusted, content = cache.files.read(source_of(path))
    result = made()
    cache.keep_result(content, RECIPE, LIMITS, result)
    cache.keep_refusal(content, Recipe(effort=1), LIMITS, REFUSED)
    cache.close()
    stored = (tmp_path / "cache" / "results.sqlite").read_bytes()
    for told in (b"Ada", b"lake", str(tmp_path).encode(), b"12345", b"not-smaller", b"81.06", b"png", b"location"):
        assert told not in stored, told
    for data in (untrusted, result.data):
        for name in ("md5", "sha1", "sha256", "sha512", "blake2b", "blake2s"):
            digest = hashlib.new(name, data)
            assert digest.digest()[:12] not in stored
            assert digest.hexdigest()[:24].encode() not in stored
    stranger = ResultCache(Store(tmp_path / "cache" / "results.sqlite", 1 << 22), bytes(32))
    assert stranger.files.content_of(source_of(path)) is None
    assert stranger.recall(stranger.files.read(source_of(path))[1], RECIPE, LIMITS) is None
    assert stranger.recall(content, RECIPE, LIMITS) is None
    stranger.close()


def test_a_value_that_was_changed_is_not_there(cache: ResultCache, tmp_path: Path) -> None:
    content = b"c" * 32
    cache.keep_refusal(content, RECIPE, LIMITS, REFUSED)
    cache.close()
    database = sqlite3.connect(tmp_path / "cache" / "results.sqlite", isolation_level=None)
    ((key, value),) = database.execute("SELECT key, value FROM rows").fetchall()
    for at in range(0, len(value), 5):
        changed = value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
        database.execute("UPDATE rows SET value = ? WHERE key = ?", (changed, key))
        assert cache.recall(content, RECIPE, LIMITS) is None, at
    for other in (b"", value[:8], value[:-1], value + b" "):
        database.execute("UPDATE rows SET value = ? WHERE key = ?", (other, key))
        assert cache.recall(content, RECIPE, LIMITS) is None
    database.execute("UPDATE rows SET value = ? WHERE key = ?", (value, key))
    assert cache.recall(content, RECIPE, LIMITS) == REFUSED
    database.close()


def test_the_program_is_told_by_its_engine_and_its_libraries(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def told() -> bytes:
        program.fingerprint.cache_clear()
        return program.fingerprint()

    package, installed = tmp_path / "engine", tmp_path / "site-packages"
    (package / "codecs").mkdir(parents=True)
    (package / "codecs" / "png.py").write_text("one")
    (installed / "pillow-12.0.0.dist-info").mkdir(parents=True)
    monkeypatch.setattr(program.engine, "__path__", [str(package)])
    monkeypatch.setattr("sys.path", [str(installed), str(tmp_path / "missing")])
    seen = [told()]
    assert told() == seen[0]
    (installed / "unrelated-1.0.dist-info").mkdir()
    (package / "__pycache__").mkdir()
    assert told() == seen[0]
    (installed / "pillow-12.0.0.dist-info").rename(installed / "pillow-12.0.1.dist-info")
    seen.append(told())
    (package / "codecs" / "png.py").write_text("two!")
    seen.append(told())
    (package / "kernel.so").write_bytes(b"")
    seen.append(told())
    monkeypatch.setattr(program, "__version__", "9.9")
    seen.append(told())
    assert len(set(seen)) == 5
    program.fingerprint.cache_clear()


def test_every_library_that_is_counted_is_installed() -> None:
    found = {each.partition("-")[0].lower() for each in program._libraries()}
    assert {"pillow", "numpy", "imagequant", "pyjpegli", "mozjpeg_lossless_optimization", "brotli", "piexif"} <= found
    assert {"pillow_avif_plugin", "pillow_heif", "pillow_jxl_plugin"} <= found
