"""Which encodings are tried, and which of them may win."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageFilter

from engine_pictures import drawing, image, photo
from oimg.engine import candidates, prepared
from oimg.engine.candidates import propose
from oimg.engine.codecs import ENCODERS
from oimg.engine.prepared import Prepared
from oimg.engine.search import MAX_ENCODES, for_score
from oimg.engine.verify import prove
from oimg.words.images import ColorModel, DecodedImage, EncodeOptions, Format, Frame, Limits
from oimg.words.recipe import Mode, Recipe

LOSSY = [Format.JPEG, Format.WEBP, Format.AVIF, Format.JXL]


@dataclass(frozen=True)
class Counting:
    """A codec that notes what is asked of it."""

    codec: Any
    asked: list[EncodeOptions]

    def __getattr__(self, name: str) -> Any:
        return getattr(self.codec, name)

    def encode(self, picture: DecodedImage, options: EncodeOptions) -> bytes:
        self.asked.append(options)
        return self.codec.encode(picture, options)


def counted(monkeypatch: pytest.MonkeyPatch) -> dict[Format, list[EncodeOptions]]:
    asked: dict[Format, list[EncodeOptions]] = {target: [] for target in ENCODERS}
    counting = {t: Counting(c, asked[t]) for t, c in ENCODERS.items()}
    for module in (candidates, prepared):
        monkeypatch.setattr(module, "ENCODERS", counting)
    return asked


def still(array: np.ndarray) -> DecodedImage:
    return DecodedImage((Frame(array),), ColorModel.RGB, loop=1)


def work(target: Format, picture: DecodedImage, recipe: Recipe) -> Prepared:
    return Prepared(picture, target, recipe, Limits(), lambda: None, lambda _: None)


def run(given: Prepared, **facts: Any) -> tuple[Any, float | None]:
    return propose(given, **{"lossy_source": False, "untouched": False, "most_bytes": 1e9, **facts})


@pytest.mark.parametrize("target", LOSSY)
@pytest.mark.parametrize("wanted", [30.0, 60.0, 80.0, 90.0, 99.0])
@pytest.mark.parametrize("picture", [photo, drawing])
def test_never_many_encodes(monkeypatch: pytest.MonkeyPatch, target: Format, wanted: float, picture: Any) -> None:
    asked = counted(monkeypatch)
    proposals, highest = run(work(target, still(picture()), Recipe(target=wanted, effort=1)))
    assert len(asked[target]) <= MAX_ENCODES
    # Palette tries of a drawing are PNG encodes; with them it is eight at most (design, section 4).
    assert sum(map(len, asked.values())) <= MAX_ENCODES + 2
    qualities = [(o.quality, o.full_chroma) for o in asked[target]]
    assert len(qualities) == len(set(qualities))
    # The best score is told where no lossy encoding reached the target, and only there.
    lossy = [proposal for proposal in proposals if proposal.quality is not None]
    assert highest is None if lossy else highest < wanted
    for proposal in proposals:
        assert proposal.score is not None
        assert proposal.score >= wanted


@pytest.mark.parametrize(("radius", "wanted", "is_full"), [(1, 70.0, False), (0, 88.0, True)])
def test_jpeg_takes_the_chroma_that_needs_fewer_bytes(
    monkeypatch: pytest.MonkeyPatch, radius: int, wanted: float, *, is_full: bool
) -> None:
    soft = np.asarray(Image.fromarray(photo()).filter(ImageFilter.GaussianBlur(radius)))
    prepared = work(Format.JPEG, still(soft), Recipe(target=wanted))
    assert not prepared.needs_full_chroma
    half, full = (for_score(prepared.trial(full_chroma=each), wanted).best for each in (False, True))
    assert half is not None
    assert full is not None
    assert (len(full.data) < len(half.data)) is is_full
    asked = counted(monkeypatch)
    run(prepared)
    assert {options.full_chroma for options in asked[Format.JPEG]} == {is_full}


def test_jpeg_goes_to_full_chroma_when_halved_is_not_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counted(monkeypatch)
    expected = {"jpeg": 0.0, "jpeg-444": 1.0}
    monkeypatch.setattr(candidates, "_expected_density", lambda trial, _: expected[trial.coding])
    lines = still(photo(seed=5)[..., ::-1].copy())
    proposals, _ = run(work(Format.JPEG, lines, Recipe(target=94, effort=1)))
    tried = [options.full_chroma for options in asked[Format.JPEG]]
    assert tried == sorted(tried)
    assert set(tried) == {False, True}
    assert proposals


def test_a_jpeg_without_any_color_has_one_component() -> None:
    gray = np.repeat(np.asarray(Image.fromarray(photo(320, 256)).convert("L"))[..., np.newaxis], 3, axis=2)
    prepared = work(Format.JPEG, still(gray), Recipe(target=80))
    (best,), _ = run(prepared)
    three = for_score(prepared.trial(), 80).best
    assert three is not None
    assert len(best.data) < len(prepared.finish(three.data))
    with Image.open(BytesIO(best.data)) as picture:
        assert picture.mode == "L"
    prove(best, Limits())


def test_a_profile_of_three_colors_keeps_three_components() -> None:
    """It would not fit one component."""
    gray = np.full((64, 64, 3), 90, np.uint8)
    profiled = replace(still(gray), icc=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    (best,), _ = run(work(Format.JPEG, profiled, Recipe(target=60)))
    with Image.open(BytesIO(best.data)) as picture:
        assert picture.mode == "RGB"
        assert picture.info["icc_profile"] == profiled.icc


def test_drawings_get_a_lossless_try(monkeypatch: pytest.MonkeyPatch) -> None:
    flat = np.zeros((128, 128, 3), np.uint8)
    flat[32:96, 20:100] = (200, 40, 40)
    asked = counted(monkeypatch)
    proposals, _ = run(work(Format.WEBP, still(flat), Recipe(target=80, effort=1)))
    assert any(options.quality is None for options in asked[Format.WEBP])
    assert min(proposals, key=lambda p: len(p.data)).score == 100


def test_photos_get_none(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counted(monkeypatch)
    run(work(Format.WEBP, still(photo()), Recipe(target=70, effort=1)))
    assert all(options.quality is not None for options in asked[Format.WEBP])


def test_a_lossy_source_must_save_enough() -> None:
    prepared = work(Format.WEBP, still(photo()), Recipe(target=70, effort=1))
    proposals, _ = run(prepared, lossy_source=True)
    size = min(len(proposal.data) for proposal in proposals)
    assert run(prepared, lossy_source=True, most_bytes=size)[0]
    assert not run(prepared, lossy_source=True, most_bytes=size - 1)[0]


def test_lossless_mode_of_a_lossy_source_is_never_a_copy() -> None:
    prepared = work(Format.WEBP, still(photo()), Recipe(mode=Mode.LOSSLESS, effort=1))
    assert run(prepared, lossy_source=True)[0] == ()
    assert len(run(prepared)[0]) == 1


def test_fixed_quality_is_one_encode(monkeypatch: pytest.MonkeyPatch) -> None:
    for target in LOSSY:
        asked = counted(monkeypatch)
        proposals, _ = run(work(target, still(photo()), Recipe(mode=Mode.QUALITY, quality=55, effort=1)))
        assert [options.quality for options in asked[target]] == [55]
        assert [proposal.quality for proposal in proposals] == [55]


def test_palette_is_not_tried_on_gray_depth_or_few_colors(monkeypatch: pytest.MonkeyPatch) -> None:
    for picture in (image("gray", 64, 64), image("rgb16", 32, 32), still(np.zeros((40, 40, 3), np.uint8))):
        asked = counted(monkeypatch)
        run(work(Format.PNG, picture, Recipe(target=30, effort=1)))
        assert not any(options.palette for options in asked[Format.PNG])


def test_palette_candidates_that_move_colors_lose(monkeypatch: pytest.MonkeyPatch) -> None:
    """A rare colour that the palette takes for another, in a picture that scores well all the same."""
    prepared = work(Format.PNG, still(photo()), Recipe(target=20, effort=1))
    monkeypatch.setattr(candidates, "PALETTE_FLOOR", -100.0)
    monkeypatch.setattr(candidates, "PALETTE_SHIFT", 1e9)
    free, _ = run(prepared)
    monkeypatch.setattr(candidates, "PALETTE_SHIFT", -1.0)
    strict, _ = run(prepared)
    assert len(free) == 2
    assert len(strict) == 1
    assert strict[0].score == 100


def lettering() -> np.ndarray:
    """Flat discs with soft edges: hundreds of colours, most of them rare."""
    y, x = np.mgrid[0:1024, 0:1280]
    fine = np.full((1024, 1280, 3), 250, np.uint8)
    for index in range(40):
        center_x, center_y, radius = index * 397 % 1280, index * 211 % 1024, 30 + index * 13 % 50
        inside = (x - center_x) ** 2 + (y - center_y) ** 2 < radius**2
        fine[inside] = (index * 67 % 256, index * 131 % 256, index * 29 % 256)
    return fine.reshape(256, 4, 320, 4, 3).mean(axis=(1, 3)).astype(np.uint8)


def test_drawings_are_reduced_without_dithering_and_photos_with(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = counted(monkeypatch)
    run(work(Format.PNG, still(photo(320, 256)), Recipe(target=80, effort=1)))
    assert {options.dithering for options in asked[Format.PNG] if options.palette} == {True}
    asked = counted(monkeypatch)
    proposals, _ = run(work(Format.PNG, still(lettering()), Recipe(target=80, effort=1)))
    tries = [options for options in asked[Format.PNG] if options.palette]
    assert not tries[0].dithering
    assert len(tries) <= 4
    best = min(proposals, key=lambda proposal: len(proposal.data))
    assert best.decoded is not None
    assert len(proposals) == 2
    # Without dithering, equal pixels stay equal, so no colour is drawn in two ways.
    both = np.concatenate([lettering(), best.decoded.pixels[..., :3]], axis=2).reshape(-1, 6)
    assert len(np.unique(both, axis=0)) == len(np.unique(both[:, :3], axis=0))
    assert len(np.unique(both[:, 3:], axis=0)) <= 128


@pytest.mark.parametrize("seen", [[(10_000, 9000)], [(10_000, 9000), (4000, 4200)], [(10_000, 9000), (4000, 9500)]])
def test_guessing_pixels_for_bytes(seen: list[tuple[int, int]]) -> None:
    guess = candidates._pixels_for(3000, seen)
    assert 0 < guess < seen[-1][0]
    if len(seen) > 1 and seen[1][1] < seen[0][1]:  # 0.8 bytes a pixel, and 1000 beside them
        assert guess == pytest.approx(2500)


def test_finished_winners_are_read_again_only_when_they_changed() -> None:
    webp, _ = run(work(Format.WEBP, still(photo()), Recipe(target=60, effort=1)))
    jpeg, _ = run(work(Format.JPEG, still(photo()), Recipe(target=60, effort=3)))
    assert webp[0].is_decoded
    assert not jpeg[0].is_decoded
    assert jpeg[0].decoded is not None


def test_judges_of_two_pictures_are_made_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    """Preparing a reference takes long and lets other threads run: nobody may wait for somebody else's."""
    both = threading.Barrier(2)

    class Slow:
        def __init__(self, _: DecodedImage) -> None:
            both.wait(10)  # breaks if the other one is not allowed to start

    monkeypatch.setattr(prepared, "Judge", Slow)
    works = [work(Format.JPEG, image("rgb", 16, 16, seed), Recipe()) for seed in (1, 2)]
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda each: each.judge, works)
    assert first is not second
    assert works[0].judge is first


def test_lettering_in_color_keeps_its_colors_at_full_resolution(monkeypatch: pytest.MonkeyPatch) -> None:
    page = np.full((120, 200, 3), 255, np.uint8)
    page[10:110:6, 10:190] = (220, 0, 0)
    for recipe in (Recipe(target=60, effort=1), Recipe(mode=Mode.SIZE, max_bytes=4000, effort=1)):
        asked = counted(monkeypatch)
        run(work(Format.JPEG, still(page), recipe))
        assert asked[Format.JPEG]
        assert all(options.full_chroma for options in asked[Format.JPEG])
