"""Planted damage is found before anything is written."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest
from PIL import Image, ImageCms

from engine_pictures import done, drawing, image, photo, saved
from oimg.engine import candidates, prepared, transform, verify
from oimg.engine.codecs import CODECS, ENCODERS, RECOMPRESSORS
from oimg.engine.prepared import Proposal
from oimg.engine.transform import Made
from oimg.engine.verify import prove, prove_untouched, same_pixels
from oimg.words.errors import ErrorCode, OimgError
from oimg.words.images import ColorModel, DecodedImage, EncodeOptions, Format, Frame, Limits
from oimg.words.recipe import Mode, Recipe, Target


def proposal(target: Format, source: DecodedImage, **more: Any) -> Proposal:
    """A lossless file as `propose` gives it."""
    data = ENCODERS[target].encode(source, EncodeOptions(effort=1))
    return replace(Proposal(data, target, source, 100.0, None), **more)


def fails(made: Proposal) -> str:
    with pytest.raises(OimgError) as caught:
        prove(made, Limits())
    assert caught.value.code is ErrorCode.VERIFY
    return caught.value.detail


def flipped(source: DecodedImage) -> DecodedImage:
    array = source.pixels.copy()
    array[-1, -1, 0] ^= 1
    return replace(source, frames=(Frame(array), *source.frames[1:]))


@pytest.mark.parametrize("target", [Format.PNG, Format.WEBP, Format.JXL, Format.TIFF])
def test_one_step_of_one_pixel_is_found(target: Format) -> None:
    source = image("rgb", 50, 40)
    prove(proposal(target, source), Limits())
    assert fails(replace(proposal(target, source), image=flipped(source))) == "pixels"


def test_what_was_scored_is_what_is_written() -> None:
    source = image("rgb", 50, 40)
    data = ENCODERS[Format.WEBP].encode(source, EncodeOptions(quality=60))
    decoded = ENCODERS[Format.WEBP].decode(data, Limits())
    good = Proposal(data, Format.WEBP, source, 70.0, 60, decoded)
    prove(good, Limits())
    assert fails(replace(good, decoded=flipped(decoded))) == "pixels"


def test_sizes_frames_and_formats() -> None:
    source = image("rgb", 50, 40)
    made = proposal(Format.PNG, source)
    assert "50x40" in fails(replace(made, image=image("rgb", 50, 39)))
    assert "1 frames" in fails(replace(made, image=replace(source, frames=source.frames * 2)))
    assert "own format" in fails(replace(made, format=Format.WEBP))
    assert fails(replace(made, data=made.data[: len(made.data) // 2]))
    assert fails(replace(made, data=b"")) != ""


def test_profiles() -> None:
    icc = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    with_icc = replace(image("rgb", 20, 20), icc=icc)
    prove(proposal(Format.PNG, with_icc), Limits())
    assert fails(proposal(Format.PNG, with_icc, image=image("rgb", 20, 20))) == "colour profile"
    assert fails(proposal(Format.PNG, image("rgb", 20, 20), image=with_icc)) == "colour profile"


def test_delays_and_loop() -> None:
    frames = tuple(Frame(np.full((16, 16, 4), 50 * i, np.uint8), 100) for i in range(3))
    clip = DecodedImage(frames, ColorModel.RGB, loop=2)
    made = proposal(Format.WEBP, clip)
    prove(made, Limits())
    slow = replace(clip, frames=(*frames[:2], Frame(frames[2].pixels, 200)))
    assert fails(replace(made, image=slow)) == "delays"
    assert "loop" in fails(replace(made, image=replace(clip, loop=5)))


def test_recompressed_files_are_held_against_the_source() -> None:
    data = saved(photo(64, 48), "JPEG", quality=85)
    source = CODECS[Format.JPEG].decode(data, Limits())
    prove_untouched(data, source, Format.JPEG, Limits())
    icc = b"x" * 200
    for wrong in (flipped(source), replace(source, orientation=6), replace(source, icc=icc)):
        with pytest.raises(OimgError) as caught:
            prove_untouched(data, wrong, Format.JPEG, Limits())
        assert caught.value.code is ErrorCode.VERIFY


@pytest.mark.parametrize("kind", ["gray", "gray+alpha", "rgb", "rgba", "gray16"])
def test_same_pixels_whatever_the_channels(kind: str) -> None:
    one = image(kind, 9, 7)
    assert same_pixels(one, one)
    assert not same_pixels(one, flipped(one))
    assert not same_pixels(one, image(kind, 7, 9))
    if kind == "gray":
        wide = replace(one, frames=(Frame(np.repeat(one.pixels, 3, axis=2)),), color=ColorModel.RGB)
        assert same_pixels(one, wide)
        deep = replace(one, frames=(Frame(one.pixels.astype(np.uint16) * 257),))
        assert same_pixels(one, deep)
        assert not same_pixels(one, replace(deep, frames=(Frame(deep.pixels + np.uint16(1)),)))
    if kind == "rgb":
        solid = np.concatenate([one.pixels, np.full((7, 9, 1), 255, np.uint8)], axis=2)
        assert same_pixels(one, replace(one, frames=(Frame(solid),)))
        solid[0, 0, 3] = 254
        assert not same_pixels(one, replace(one, frames=(Frame(solid),)))


def test_hidden_colors_count() -> None:
    clear = np.zeros((4, 4, 4), np.uint8)
    red = clear.copy()
    red[..., 0] = 200
    assert not same_pixels(DecodedImage((Frame(clear),)), DecodedImage((Frame(red),)))


@dataclass(frozen=True)
class Saboteur:
    """A codec whose last step does damage."""

    codec: Any
    harm: Any

    def __getattr__(self, name: str) -> Any:
        return getattr(self.codec, name)

    def finish(self, encoded: bytes, effort: int) -> bytes:
        del effort
        return self.harm(encoded)

    def recompress(self, *_: Any) -> bytes:
        return self.harm(b"")


def planted(monkeypatch: pytest.MonkeyPatch, target: Format, harm: Any) -> None:
    bad = Saboteur(ENCODERS[target], harm)
    for module in (candidates, prepared, transform):
        monkeypatch.setattr(module, "ENCODERS", {**ENCODERS, target: bad})
    monkeypatch.setattr(transform, "RECOMPRESSORS", {**RECOMPRESSORS, target: bad})
    assert verify.CODECS[target] is not bad  # the proof reads with the real one


def other_picture(_: bytes) -> bytes:
    array = drawing(160, 128)
    array[100, 100, 1] ^= 1
    return saved(array, "PNG")


HARMS = {
    "a pixel": other_picture,
    "the size": lambda _: saved(drawing(159, 128), "PNG"),
    "cut short": lambda data: data[: len(data) // 2],
    "nothing": lambda _: b"",
    "another format": lambda _: saved(drawing(160, 128), "BMP"),
    "a profile": lambda _: saved(
        drawing(160, 128), "PNG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    ),
}


@pytest.mark.parametrize("harm", HARMS)
@pytest.mark.parametrize("mode", [Mode.VISUAL, Mode.LOSSLESS])
def test_a_codec_that_does_damage_writes_nothing(monkeypatch: pytest.MonkeyPatch, harm: str, mode: Mode) -> None:
    source = saved(drawing(160, 128), "PNG", compress_level=0)
    assert isinstance(done(source, Recipe(mode=mode)), Made)
    planted(monkeypatch, Format.PNG, HARMS[harm])
    with pytest.raises(OimgError) as caught:
        done(source, Recipe(mode=mode))
    assert caught.value.code is ErrorCode.VERIFY


def test_a_lossy_finish_that_changes_pixels_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    source = saved(photo(), "PNG")
    recipe = Recipe(format=Target.JPEG)
    assert isinstance(done(source, recipe), Made)
    planted(monkeypatch, Format.JPEG, lambda _: saved(photo(), "JPEG", quality=40))
    with pytest.raises(OimgError) as caught:
        done(source, recipe)
    assert caught.value.code is ErrorCode.VERIFY


def test_a_lost_frame_writes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    frames = [Image.fromarray(photo(40, 30, seed)) for seed in range(4)]
    from io import BytesIO

    whole, less = BytesIO(), BytesIO()
    frames[0].save(whole, "GIF", save_all=True, append_images=frames[1:], duration=80, loop=0)
    frames[0].save(less, "GIF", save_all=True, append_images=frames[1:3], duration=80, loop=0)
    planted(monkeypatch, Format.GIF, lambda _: less.getvalue())
    with pytest.raises(OimgError) as caught:
        done(whole.getvalue())
    assert caught.value.code is ErrorCode.VERIFY


@pytest.mark.parametrize("row", [0, 63, 64, 128, 149])
def test_one_step_in_any_row_is_seen(row: int) -> None:
    """Pictures are compared in bands of rows, and the last one is not a whole one."""
    one = image("rgb", 40, 150)
    changed = one.pixels.copy()
    changed[row, 39, 2] ^= 1
    other = replace(one, frames=(Frame(changed),))
    clear = np.concatenate([one.pixels, np.full((150, 40, 1), 255, np.uint8)], axis=2)
    with_alpha = replace(one, frames=(Frame(clear),))
    assert same_pixels(one, one)
    assert same_pixels(one, with_alpha)
    assert not same_pixels(one, other)
    assert not same_pixels(other, with_alpha)
