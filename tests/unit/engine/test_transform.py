"""One picture from bytes to bytes: modes, gates, and that a second pass changes nothing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine_pictures import as_rgba, cut_out, done, drawing, image, independent, made, photo, refused, saved
from metric_pictures import noise
from oimg.engine import transform as transform_module
from oimg.engine.codecs import ENCODERS
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.engine.transform import Made, Refusal, Request, inspect_header, transform
from oimg.words.errors import Cancelled, ErrorCode, OimgError
from oimg.words.images import DecodedImage, EncodeOptions, Format, Header
from oimg.words.recipe import Fitting, Mode, Recipe, Resize, Target
from oimg.words.report import KeptCode, Notice

LOSSY = [Target.JPEG, Target.WEBP, Target.AVIF, Target.JXL]


def score(source: np.ndarray, result: Made) -> float:
    """The score by another decoder, against the source itself."""
    after = as_rgba(independent(result.data, result.format))
    channels = source.shape[2]
    return float(Reference(source).score(np.ascontiguousarray(after[..., :channels])))


@pytest.mark.parametrize("target", LOSSY)
@pytest.mark.parametrize("wanted", [60.0, 80.0])
def test_visual_mode_meets_the_target(target: Target, wanted: float) -> None:
    array = photo(192, 160)
    result = made(saved(array, "PNG"), Recipe(format=target, target=wanted, effort=2))
    assert result.score is not None
    assert result.score >= wanted
    assert score(array, result) == pytest.approx(result.score, abs=0.7)
    assert score(array, result) >= wanted - 0.3
    assert len(result.data) < len(saved(array, "PNG"))
    lower = made(saved(array, "PNG"), Recipe(format=target, target=wanted - 20, effort=2))
    assert len(lower.data) < len(result.data)


@pytest.mark.parametrize("target", LOSSY)
def test_quality_mode_is_the_encoders_own_scale(target: Target) -> None:
    array = photo()
    recipes = [Recipe(format=target, mode=Mode.QUALITY, quality=q, effort=2) for q in (30, 60, 90)]
    sizes = [len(made(saved(array, "PNG"), recipe).data) for recipe in recipes]
    assert sizes == sorted(set(sizes))
    result = made(saved(array, "PNG"), Recipe(format=target, mode=Mode.QUALITY, quality=60, effort=2))
    assert result.quality == 60


@pytest.mark.parametrize("target", [Target.PNG, Target.WEBP, Target.JXL, Target.TIFF])
@pytest.mark.parametrize("picture", [photo, drawing, cut_out])
def test_lossless_mode_keeps_every_pixel(target: Target, picture) -> None:  # type: ignore[no-untyped-def]
    array = picture()
    result = made(saved(array, "PNG", compress_level=1), Recipe(format=target, mode=Mode.LOSSLESS, effort=2))
    assert np.array_equal(as_rgba(independent(result.data, result.format)), as_rgba(array))
    assert result.score == 100


def test_lossless_is_refused_where_it_cannot_be() -> None:
    for target in (Target.JPEG, Target.AVIF, Target.GIF):
        assert refused(saved(photo(), "PNG"), Recipe(format=target, mode=Mode.LOSSLESS)).code is KeptCode.LOSSLESS


@pytest.mark.parametrize("target", LOSSY)
@pytest.mark.parametrize("ceiling", [2500, 6000])
def test_size_mode_stays_below_and_spends(target: Target, ceiling: int) -> None:
    array = photo(256, 192)
    result = made(saved(array, "PNG"), Recipe(format=target, mode=Mode.SIZE, max_bytes=ceiling, effort=2))
    assert ceiling * 0.7 < len(result.data) <= ceiling
    if (result.width, result.height) == (256, 192):
        assert result.score is not None
        assert score(array, result) == pytest.approx(result.score, abs=0.7)


@pytest.mark.parametrize("target", [*LOSSY, Target.PNG])
def test_size_mode_shrinks_when_quality_is_not_enough(target: Target) -> None:
    array = photo(256, 192)
    result = made(saved(array, "PNG"), Recipe(format=target, mode=Mode.SIZE, max_bytes=1200, effort=2))
    assert len(result.data) <= 1200
    assert result.width < 256
    assert abs(result.width / result.height - 256 / 192) < 0.06


def test_size_mode_takes_quality_first() -> None:
    """Where quality alone is enough the dimensions stay."""
    array = photo(256, 192)
    result = made(saved(array, "PNG"), Recipe(format=Target.JPEG, mode=Mode.SIZE, max_bytes=9000, effort=2))
    assert (result.width, result.height) == (256, 192)


def test_size_mode_tells_what_cannot_be_and_what_is_done() -> None:
    source = saved(photo(), "JPEG", quality=90)
    recipe = Recipe(mode=Mode.SIZE, max_bytes=20)
    assert refused(source, recipe).code is KeptCode.SIZE_UNREACHABLE
    packed = made(source, Recipe(mode=Mode.SIZE, max_bytes=len(source)))
    assert packed.score == 100  # its own coefficients, in fewer bytes
    assert refused(packed.data, Recipe(mode=Mode.SIZE, max_bytes=len(source))).code is KeptCode.NOT_SMALLER
    webp = made(source, Recipe(format=Target.WEBP)).data
    assert refused(webp, Recipe(mode=Mode.SIZE, max_bytes=len(webp))).code is KeptCode.WITHIN_SIZE


def test_target_out_of_reach_is_told() -> None:
    array = noise(photo(128, 128), 60)
    result = refused(saved(array, "PNG"), Recipe(format=Target.JPEG, target=99, effort=2))
    assert result.code is KeptCode.TARGET_UNREACHABLE
    assert result.score is not None
    assert 50 < result.score < 99
    assert float(result.detail) == pytest.approx(result.score, abs=0.06)


WAYS = [Recipe(format=target, target=goal, effort=2) for target in LOSSY for goal in (60.0, 80.0, 90.0)]
WAYS += [Recipe(format=target, mode=Mode.QUALITY, quality=q, effort=2) for target in LOSSY for q in (60, 85)]
WAYS += [Recipe(format=target, target=80, effort=2) for target in (Target.PNG, Target.TIFF, Target.GIF)]
WAYS += [Recipe(format=target, mode=Mode.LOSSLESS, effort=2) for target in (Target.PNG, Target.WEBP, Target.JXL)]
DONE = {KeptCode.ALREADY_OPTIMIZED, KeptCode.NOT_SMALLER, KeptCode.TARGET_UNREACHABLE, KeptCode.LOSSLESS}


def settles(source: bytes, recipe: Recipe) -> None:
    """What a recipe makes, neither it nor the same one with the format kept makes again."""
    first = done(source, recipe)
    if isinstance(first, Refusal):  # no coding of this picture in this format reaches the target
        assert first.code is KeptCode.TARGET_UNREACHABLE or recipe.format is Target.GIF
        return
    assert refused(first.data, recipe).code in DONE
    assert refused(first.data, replace(recipe, format=Target.KEEP)).code in DONE


@pytest.mark.corpus
@pytest.mark.parametrize("recipe", WAYS)
def test_a_second_pass_changes_nothing(corpus: Path, recipe: Recipe) -> None:
    names = ("photos/lossless/kodim13.png", "photos/lossless/kodim23.png", "graphics/screenshots/graph.png")
    for name in names:
        with Image.open(corpus / name) as picture:
            part = np.asarray(picture.convert("RGB").crop((200, 150, 392, 294)))
        settles(saved(part, "PNG"), recipe)


@pytest.mark.parametrize("recipe", [recipe for recipe in WAYS if recipe.target >= 80])
def test_a_second_pass_over_grain_changes_nothing(recipe: Recipe) -> None:
    settles(saved(photo(176, 144), "PNG"), recipe)


def test_a_high_quality_jpeg_is_worth_a_generation() -> None:
    source = saved(photo(256, 192), "JPEG", quality=99, subsampling=0)
    result = made(source, Recipe(target=70))
    assert len(result.data) < 0.6 * len(source)
    assert result.score is not None
    assert 70 <= result.score < 90


def test_never_larger_unless_the_format_was_changed_on_purpose() -> None:
    tiny = made(saved(drawing(), "PNG"), Recipe(mode=Mode.LOSSLESS)).data
    assert refused(tiny, Recipe(mode=Mode.LOSSLESS)).code is KeptCode.NOT_SMALLER
    on_purpose = made(tiny, Recipe(format=Target.TIFF))
    assert len(on_purpose.data) > len(tiny)
    auto = done(tiny, Recipe(format=Target.AUTO, mode=Mode.LOSSLESS))
    assert isinstance(auto, Refusal) or len(auto.data) < len(tiny)


@pytest.mark.parametrize(
    ("gate", "passes"),
    [
        ({"min_savings": 1.0}, True),
        ({"min_savings": 99.0}, False),
        ({"min_saved_bytes": 10}, True),
        ({"min_saved_bytes": 1 << 20}, False),
        ({"min_savings": 1.0, "min_saved_bytes": 1 << 20}, False),
    ],
)
def test_the_gate_in_percent_and_bytes(gate: dict[str, float], *, passes: bool) -> None:
    source = saved(drawing(), "PNG", compress_level=0)
    for target in (Target.KEEP, Target.WEBP):
        result = done(source, Recipe(format=target, mode=Mode.LOSSLESS, **gate))  # type: ignore[arg-type]
        assert isinstance(result, Made) is passes
        if isinstance(result, Refusal):
            assert result.code is KeptCode.BELOW_GATE


def test_auto_takes_the_smallest_that_may_be() -> None:
    source = saved(photo(), "PNG")
    result = made(source, Recipe(format=Target.AUTO, effort=2))
    single = [made(source, Recipe(format=t, effort=2)) for t in (Target.JPEG, Target.WEBP, Target.AVIF, Target.PNG)]
    assert len(result.data) == min(len(each.data) for each in single)
    clear = made(saved(cut_out(), "PNG"), Recipe(format=Target.AUTO, effort=2))
    assert clear.format is not Format.JPEG
    assert as_rgba(independent(clear.data, clear.format))[..., 3].min() < 10


def tiles(width: int, height: int) -> np.ndarray:
    """Tiles of eight hard colours."""
    chosen = np.random.default_rng(5).integers(0, 8, (height // 16, width // 16))
    shades = np.array([[255 * (each >> bit & 1) for bit in range(3)] for each in range(8)], np.uint8)
    return np.kron(shades[chosen], np.ones((16, 16, 1), np.uint8))


@pytest.mark.parametrize(("picture", "never"), [(photo, Format.PNG), (tiles, Format.JPEG)])
def test_auto_makes_no_file_that_cannot_win(
    picture: Callable[..., np.ndarray], never: Format, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[Format] = []
    make = transform_module._make

    def counted(request: Request, source: DecodedImage, prepared: DecodedImage, target: Format) -> Made | Refusal:
        tried.append(target)
        return make(request, source, prepared, target)

    monkeypatch.setattr(transform_module, "_make", counted)
    result = made(saved(picture(256, 192), "PNG"), Recipe(format=Target.AUTO, effort=2))
    assert never not in tried
    assert result.format in tried


def test_a_lossless_file_is_taken_before_a_lossy_one_of_as_many_bytes() -> None:
    lossy = Made(b"1234", Format.AVIF, 8, 8, 1, 81.0, 60.0, (), ())
    exact = replace(lossy, format=Format.WEBP, score=100.0, quality=None)
    request = Request(bytes(99), Header(Format.PNG, 8, 8, lossy=False), Recipe(format=Target.AUTO))
    chosen = transform_module._choose(request, [lossy, exact], ())
    assert isinstance(chosen, Made)
    assert chosen.format is Format.WEBP


def test_auto_in_size_mode_does_not_give_up_pixels_for_fewer_bytes() -> None:
    """All that fit into the bytes are equal but in looks: the largest picture, then the best score."""
    source = saved(photo(256, 192), "PNG")
    recipe = {"mode": Mode.SIZE, "max_bytes": 3000, "effort": 1}
    result = made(source, Recipe(format=Target.AUTO, **recipe))  # type: ignore[arg-type]
    single = [made(source, Recipe(format=t, **recipe)) for t in (Target.JPEG, Target.WEBP, Target.AVIF)]  # type: ignore[arg-type]
    assert result.width == max(each.width for each in single)


def test_auto_leaves_a_file_that_is_small_enough() -> None:
    source = saved(drawing(), "PNG")
    result = refused(source, Recipe(format=Target.AUTO, mode=Mode.SIZE, max_bytes=len(source) + 1))
    assert result.code is KeptCode.WITHIN_SIZE


def test_transparency_on_jpeg_gets_the_background() -> None:
    array = cut_out()
    array[..., 3] = 0
    array[40:60, 40:60, 3] = 255
    result = made(saved(array, "PNG"), Recipe(format=Target.JPEG, background="#00ff00", target=70))
    assert Notice.ALPHA_FLATTENED in result.notices
    shown = independent(result.data, Format.JPEG)
    assert np.abs(shown[:30].astype(int) - (0, 255, 0)).mean() < 8


def test_read_only_formats_need_a_target() -> None:
    for plugin in ("BMP", "PPM", "QOI", "ICO"):
        source = saved(drawing(64, 64), plugin)
        assert refused(source, Recipe()).code is KeptCode.READ_ONLY_FORMAT
        result = made(source, Recipe(format=Target.PNG, mode=Mode.LOSSLESS))
        assert np.array_equal(as_rgba(independent(result.data, Format.PNG)), as_rgba(drawing(64, 64)))


def test_resizing_is_done_before_judging() -> None:
    half = Resize(fitting=Fitting.SCALE, amount=50)
    result = made(saved(photo(256, 192), "PNG"), Recipe(format=Target.WEBP, resize=half))
    assert (result.width, result.height) == (128, 96)
    assert inspect_header(result.data).upright_size == (128, 96)
    assert result.score is not None
    assert result.score >= 80


def test_small_pictures_are_judged_approximately() -> None:
    assert Notice.APPROXIMATE_SCORE in made(saved(photo(64, 64), "PNG"), Recipe(format=Target.WEBP, target=60)).notices
    assert Notice.APPROXIMATE_SCORE not in made(saved(photo(), "PNG"), Recipe(format=Target.WEBP, target=60)).notices


def test_equal_recipes_give_equal_bytes() -> None:
    for target in (*LOSSY, Target.PNG, Target.GIF, Target.TIFF):
        recipe = Recipe(format=target, mode=Mode.QUALITY, quality=70, effort=3)
        assert made(saved(photo(), "PNG"), recipe).data == made(saved(photo(), "PNG"), recipe).data


def test_stopping_and_progress() -> None:
    source, seen = saved(photo(), "PNG"), []

    def stop() -> None:
        seen.append(1)
        if len(seen) > 3:
            raise Cancelled

    with pytest.raises(Cancelled):
        transform(Request(source, inspect_header(source), Recipe(format=Target.JPEG), check=stop))
    told: list[float] = []
    transform(Request(source, inspect_header(source), Recipe(format=Target.JPEG), progress=told.append))
    assert told == sorted(told)
    assert all(0 < part <= 1 for part in told)


def test_a_header_that_promises_more_frames_is_a_broken_file() -> None:
    source = ENCODERS[Format.WEBP].encode(image(), EncodeOptions(quality=80))
    with pytest.raises(OimgError) as caught:
        transform(Request(source, replace(inspect_header(source), frames=3), Recipe()))
    assert caught.value.code is ErrorCode.CORRUPT
