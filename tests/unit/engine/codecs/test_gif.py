"""What is special to GIF: frames that stay, blocks that go, colours of others."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageSequence

from engine_pictures import cut_out, done, drawing, image, independent, made, photo, refused, saved
from metric_pictures import random_bytes
from oimg.engine.codecs import gif
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.engine.transform import Made
from oimg.words.images import EncodeOptions, Format, Limits, Metadata
from oimg.words.privacy import MetadataGroup
from oimg.words.recipe import Mode, Recipe, Target
from oimg.words.report import KeptCode, Notice


def clip(**options: object) -> bytes:
    """Frames of which only a part changes, written whole."""
    ground = drawing(96, 64)
    frames = []
    for at in range(4):
        frame = ground.copy()
        frame[20:40, 10 + 15 * at : 30 + 15 * at] = (250, 240, 20)
        frames.append(Image.fromarray(frame).quantize(64))
    stream = BytesIO()
    options = {"duration": [30, 60, 90, 200], "loop": 3, **options}
    frames[0].save(stream, "GIF", save_all=True, append_images=frames[1:], optimize=False, **options)
    return stream.getvalue()


def shown(data: bytes) -> list[tuple[int, np.ndarray]]:
    with Image.open(BytesIO(data)) as picture:
        return [(f.info.get("duration", 0), np.asarray(f.convert("RGBA"))) for f in ImageSequence.Iterator(picture)]


def test_recompression_keeps_frames_delays_and_loop() -> None:
    data = clip(comment=b"made by somebody")
    result = made(data)
    assert result.frames == 4
    assert len(result.data) < len(data)
    for (delay, before), (other, after) in zip(shown(data), shown(result.data), strict=True):
        assert delay == other
        assert np.array_equal(before, after)
    with Image.open(BytesIO(result.data)) as picture:
        assert picture.info["loop"] == 3
    assert b"somebody" not in result.data
    assert MetadataGroup.COMMENTS in result.removed


def test_kept_comments_stay() -> None:
    data = clip(comment=b"made by somebody")
    result = done(data, Recipe(keep=frozenset({MetadataGroup.COMMENTS})))
    if isinstance(result, Made):
        assert b"made by somebody" in result.data
    again = gif.RECOMPRESSOR.recompress(data, Metadata(comments=(b"made by somebody",)), b"", 5)
    assert b"made by somebody" in again


def test_no_effort_only_drops_blocks() -> None:
    data = clip(comment=b"hello")
    lean = gif.RECOMPRESSOR.recompress(data, Metadata(), b"", 0)
    assert len(lean) < len(data)
    assert b"hello" not in lean
    assert [frame.pixels.tobytes() for frame in gif.CODEC.decode(lean, Limits()).frames] == [
        frame.pixels.tobytes() for frame in gif.CODEC.decode(data, Limits()).frames
    ]


@pytest.mark.corpus
def test_real_stills_are_never_quantized_again(corpus: Path) -> None:
    for path in sorted((corpus / "conformance" / "gif").glob("*.gif")):
        data = path.read_bytes()
        for mode in (Mode.VISUAL, Mode.QUALITY):
            result = done(data, Recipe(mode=mode, quality=10, target=20))
            if isinstance(result, Made):
                assert [d for d, _ in shown(data)] == [d for d, _ in shown(result.data)]
                for (_, before), (_, after) in zip(shown(data), shown(result.data), strict=True):
                    assert np.array_equal(before, after)


@pytest.mark.parametrize("colors", [1, 2, 100, 256])
def test_few_colors_are_exact(colors: int) -> None:
    shades = random_bytes(8, colors, 3).astype(np.uint8)
    array = shades[np.arange(60 * 50).reshape(60, 50) % colors]
    result = made(saved(array, "PNG"), Recipe(format=Target.GIF))
    assert np.array_equal(independent(result.data, Format.GIF)[..., :3], array)


def test_a_photo_becomes_a_gif_only_where_it_looks_right() -> None:
    source = saved(photo(), "PNG")
    result = made(source, Recipe(format=Target.GIF, target=40))
    read = independent(result.data, Format.GIF)[..., :3]
    assert Reference(photo()).score(np.ascontiguousarray(read)) >= 40
    refusal = refused(source, Recipe(format=Target.GIF, target=99))
    assert refusal.code in {KeptCode.TARGET_UNREACHABLE, KeptCode.ALREADY_OPTIMIZED}


def test_transparency_is_all_or_nothing() -> None:
    hard = cut_out()
    hard[..., 3] = np.where(hard[..., 3] > 127, 255, 0)
    result = made(saved(hard, "PNG"), Recipe(format=Target.GIF, target=20))
    read = independent(result.data, Format.GIF)
    assert np.array_equal(read[..., 3], hard[..., 3])
    soft = made(saved(cut_out(), "PNG"), Recipe(format=Target.GIF, target=20, background="#102030"))
    assert Notice.ALPHA_FLATTENED in soft.notices


def test_size_mode() -> None:
    source = saved(photo(), "PNG")
    assert refused(source, Recipe(format=Target.GIF, mode=Mode.SIZE, max_bytes=60)).code is KeptCode.SIZE_UNREACHABLE
    fits = made(source, Recipe(format=Target.GIF, mode=Mode.SIZE, max_bytes=40_000))
    assert len(fits.data) <= 40_000


def test_decoded_frames_are_whole_canvases() -> None:
    decoded = gif.CODEC.decode(clip(), Limits())
    assert {frame.pixels.shape for frame in decoded.frames} == {(64, 96, 4)}
    assert [frame.duration for frame in decoded.frames] == [30, 60, 90, 200]
    assert decoded.loop == 3
    still = gif.CODEC.decode(gif.CODEC.encode(image("rgb", 20, 10), EncodeOptions()), Limits())
    assert still.loop == 1
    assert still.size == (20, 10)
