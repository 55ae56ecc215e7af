"""Measure what OIMG believes of its dependencies, and print the figures that docs/dependencies.md quotes.

Usage: python benchmarks/dependencies.py CORPUS [PART ...]   (PYTHONPATH=src; CORPUS is the folder of real
pictures; parts: gil jpeg chroma webp avif twins jxl png palette transcode, all of them by default)

Bytes at equal score: every encoder writes every photo of photos/lossless at a grid of qualities, scored with
oimg.engine.metrics. For a target score the logarithm of the bytes is interpolated; printed is the geometric mean
of the ratio to the first encoder of the table. A photo whose curve of any encoder does not span the target is
left out for all; the number in brackets is how many were left. CPU times are of encoding alone.
"""

from __future__ import annotations

import math
import os
import sys
import threading
import time
from collections.abc import Callable, Iterable
from functools import partial
from importlib.metadata import version
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from typing import Any

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("RAYON_NUM_THREADS", "1")

import imagequant
import mozjpeg_lossless_optimization as mozjpeg
import numpy as np
import numpy.typing as npt
import oxipng
import pillow_heif
import pillow_jxl
import pyjpegli
from PIL import AvifImagePlugin, Image
from pillow_avif.AvifImagePlugin import AvifImageFile as PluginAvif  # takes Pillow's place when it is loaded

from oimg.engine.codecs import jpeg, jxl
from oimg.engine.codecs.base import descriptor
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.words.errors import OimgError
from oimg.words.images import DecodedImage, EncodeOptions, Frame

PACKAGES = (
    *("Pillow", "pillow-avif-plugin", "pillow-heif", "pillow-jxl-plugin", "pyjpegli"),
    *("mozjpeg-lossless-optimization", "pyoxipng", "imagequant", "numpy"),
)
TARGETS = (70.0, 80.0, 85.0, 90.0)
Pixels = npt.NDArray[np.uint8]
Encode = Callable[[Pixels, float], bytes]


def picture(width: int, height: int) -> Pixels:
    """RGB pixels with smooth areas, edges and noise."""
    y, x = np.mgrid[:height, :width].astype(np.float32)
    waves = np.stack([np.sin(x / 31 + y / 47), np.sin(x / 7), np.sign(np.sin(y / 23))], axis=-1)
    noise = np.random.default_rng(0).normal(0, 12, waves.shape).astype(np.float32)
    return np.clip(128 + 60 * waves + noise, 0, 255).astype(np.uint8)


def save(pixels: Pixels, format_: str, **options: Any) -> bytes:
    with descriptor() as stream:
        Image.fromarray(pixels).save(stream, format_, **options)
        stream.seek(0)
        return stream.read()


def load(data: bytes) -> Pixels:
    with Image.open(BytesIO(data)) as image:
        return np.asarray(image.convert("RGB"))


# How long other threads stand still


def starvation(run: Callable[[], Any]) -> tuple[float, float, float]:
    """Seconds a call takes; seconds in which a ticking thread did not run, in all and at the longest.

    Pauses under 5 ms, the time after which Python asks for the GIL, do not count.
    """
    ticks, done = [time.perf_counter()], threading.Event()

    def tick() -> None:
        while not done.is_set():
            time.sleep(0.001)
            ticks.append(time.perf_counter())

    ticker = threading.Thread(target=tick)
    ticker.start()
    time.sleep(0.05)
    start = time.perf_counter()
    run()
    end = time.perf_counter()
    time.sleep(0.05)
    done.set()
    ticker.join()
    gaps = [after - before for before, after in pairwise(ticks) if after > start and before < end]
    return end - start, sum(gap for gap in gaps if gap > sys.getswitchinterval()), max(gaps)


def decode_with(plugin: Any, data: bytes) -> None:
    image = plugin(BytesIO(data))
    image.load()


def decode_jxl(data: bytes) -> None:
    pillow_jxl.Decoder(num_threads=1)(data)


def heif(path: Path) -> None:
    np.asarray(pillow_heif.open_heif(path.read_bytes()))


def encode_heif(pixels: Pixels) -> None:
    pillow_heif.from_pillow(Image.fromarray(pixels)).save(BytesIO(), quality=60)


def largest(folder: Path) -> Path:
    return max((each for each in folder.rglob("*") if each.is_file()), key=lambda each: each.stat().st_size)


def gil_calls(corpus: Path) -> list[tuple[str, Callable[[], Any]]]:
    big, small = picture(4000, 3000), picture(1200, 800)
    drawn = Image.fromarray(big)
    photo, png = save(big, "JPEG", quality=90), save(small, "PNG", compress_level=1)
    avif = save(big, "AVIF", quality=70, speed=10, codec="aom", max_threads=1)
    packed = jxl_encode(big, 80, 1)
    rgba = np.dstack([small, np.full(small.shape[:2], 255, np.uint8)]).tobytes()
    heic = largest(corpus / "photos" / "heic")
    return [
        ("Pillow JPEG encode to BytesIO", lambda: drawn.save(BytesIO(), "JPEG", quality=90)),
        ("  the same, progressive", lambda: drawn.save(BytesIO(), "JPEG", quality=90, progressive=True)),
        ("Pillow JPEG encode to a descriptor", lambda: save(big, "JPEG", quality=90)),
        ("  the same, progressive", lambda: save(big, "JPEG", quality=90, progressive=True)),
        ("Pillow JPEG decode", lambda: load(photo)),
        ("pyjpegli encode", lambda: pyjpegli.encode(big, 4000, 3000, quality=90)),
        ("mozjpeg-lossless-optimization", lambda: mozjpeg.optimize(photo)),
        ("pyoxipng level 2", lambda: oxipng.optimize_from_memory(png, level=2)),
        ("imagequant", lambda: imagequant.quantize_raw_rgba_bytes(rgba, 1200, 800)),
        ("Pillow WebP encode, method 4", lambda: save(big, "WEBP", quality=80, method=4)),
        ("AVIF encode, plugin, speed 8", lambda: avif_encode(small, 70, 8, "ssimulacra2")),
        ("AVIF decode, plugin", lambda: decode_with(PluginAvif, avif)),
        ("AVIF decode, Pillow's own", lambda: decode_with(AvifImagePlugin.AvifImageFile, avif)),
        ("JPEG XL encode, effort 5", lambda: jxl_encode(big, 80, 5)),
        ("JPEG XL decode", lambda: decode_jxl(packed)),
        (f"HEIC decode ({heic.name})", lambda: heif(heic)),
        ("HEIC encode", lambda: encode_heif(small)),
    ]


def gil(corpus: Path) -> None:
    print("How long another thread stands still during a call, in all and at the longest (ms; median of 3 runs)")
    for name, run in gil_calls(corpus):
        runs = sorted((starvation(run) for _ in range(3)), key=lambda each: each[1] / each[0])
        taken, still, longest = (1000 * seconds for seconds in runs[1])
        verdict = "HELD" if still > taken / 2 else "released"
        print(f"  {name:36} {still:6.0f} of {taken:6.0f}, longest {longest:6.0f}  {verdict}")


# Bytes at equal score


def photos(corpus: Path) -> list[Pixels]:
    return [load(path.read_bytes()) for path in sorted((corpus / "photos" / "lossless").glob("*.png"))]


def curve(encode: Encode, pixels: Pixels, judge: Reference, grid: Iterable[float]) -> tuple[list[Any], float]:
    """(score, logarithm of bytes) by rising score, and the CPU seconds of encoding."""
    points, spent = [], 0.0
    for quality in grid:
        start = time.process_time()
        data = encode(pixels, quality)
        spent += time.process_time() - start
        points.append((judge.score(load(data)), math.log(len(data))))
    return sorted(points), spent


def at_equal_score(
    title: str,
    encoders: dict[str, Encode],
    images: list[Pixels],
    grid: tuple[float, ...],
    targets: tuple[float, ...] = TARGETS,
) -> None:
    print(f"{title}: bytes relative to the first row at equal SSIMULACRA2; CPU seconds a megapixel")
    judges = [Reference(image) for image in images]
    area = sum(image.shape[0] * image.shape[1] for image in images) * len(grid) / 1e6
    curves, costs = {}, {}
    for name, encode in encoders.items():
        made = [curve(encode, image, judge, grid) for image, judge in zip(images, judges, strict=True)]
        curves[name], costs[name] = [points for points, _ in made], sum(spent for _, spent in made) / area
    first = next(iter(encoders))
    spans = {
        target: [
            each
            for each in range(len(images))
            if all(points[each][0][0] <= target <= points[each][-1][0] for points in curves.values())
        ]
        for target in targets
    }
    print(f"  {'':34}" + "".join(f"{target:5g} [{len(spans[target])}]  " for target in targets) + "  s/MP")
    for name in encoders:
        cells = []
        for target in targets:
            ratios = [
                bytes_at(curves[name][each], target) - bytes_at(curves[first][each], target) for each in spans[target]
            ]
            cells.append(f"{math.exp(float(np.mean(ratios))):9.3f}  " if ratios else f"{'-':>9}  ")
        print(f"  {name:34}{''.join(cells)}  {costs[name]:.3f}")


def bytes_at(points: list[Any], target: float) -> float:
    scores, sizes = zip(*points, strict=True)
    return float(np.interp(target, scores, sizes))


def pillow_jpeg(pixels: Pixels, quality: float) -> bytes:
    return save(pixels, "JPEG", quality=round(quality), subsampling="4:2:0", progressive=True, optimize=True)


def jpegli(pixels: Pixels, quality: float) -> bytes:
    return bytes(pyjpegli.encode(pixels, pixels.shape[1], pixels.shape[0], quality=round(quality)))


def robidoux(pixels: Pixels, quality: float, *, full: bool = False) -> bytes:
    """libjpeg-turbo with the table of N. Robidoux; progressive where no lossless pass follows."""
    scale = 5000 // round(quality) if quality < 50 else 200 - 2 * round(quality)
    table = [min(255, max(1, (value * scale + 50) // 100)) for value in jpeg._ROBIDOUX]  # noqa: SLF001
    options: dict[str, Any] = {"quality": 50, "qtables": [table, table]}
    if full:  # Pillow guesses too small a buffer for progressive scans of a low "quality"
        return save(pixels, "JPEG", **options, subsampling="4:4:4")
    return save(pixels, "JPEG", **options, subsampling="4:2:0", progressive=True, optimize=True)


def packed(encode: Encode) -> Encode:
    return lambda pixels, quality: mozjpeg.optimize(encode(pixels, quality))


def as_oimg(pixels: Pixels, quality: float, *, full: bool = False) -> bytes:
    image = DecodedImage((Frame(pixels),))
    return jpeg.CODEC.finish(jpeg.CODEC.encode(image, EncodeOptions(quality=quality, full_chroma=full)), 5)


def webp_encode(pixels: Pixels, quality: float, method: int) -> bytes:
    return save(pixels, "WEBP", quality=quality, method=method)


def avif_encode(pixels: Pixels, quality: float, speed: int, tune: str, chroma: str = "4:4:4") -> bytes:
    options = {"speed": speed, "codec": "aom", "max_threads": 1, "subsampling": chroma, "advanced": {"tune": tune}}
    return save(pixels, "AVIF", quality=round(quality), **options)


def jxl_encode(pixels: Pixels, quality: float, effort: int) -> bytes:
    library: Any = pillow_jxl  # its stub knows none of these
    encoder = library.Encoder(
        mode="RGB",
        lossless=False,
        quality=float(quality),
        decoding_speed=0,
        effort=effort,
        use_container=False,
        use_original_profile=False,
        num_threads=1,
    )
    return bytes(encoder(pixels.tobytes(), pixels.shape[1], pixels.shape[0], jpeg_encode=False))


def jpeg_bytes(corpus: Path) -> None:
    encoders: dict[str, Encode] = {
        "Pillow, standard table": pillow_jpeg,
        "Pillow + mozjpeg pass": packed(pillow_jpeg),
        "Pillow, Robidoux table": robidoux,
        "Pillow, Robidoux + mozjpeg pass": packed(robidoux),
        "Pillow, Robidoux, 4:4:4 + pass": packed(partial(robidoux, full=True)),
        "jpegli": jpegli,
        "jpegli + mozjpeg pass": packed(jpegli),
        "OIMG as it writes (4:2:0)": as_oimg,
        "OIMG as it writes (4:4:4)": partial(as_oimg, full=True),
    }
    at_equal_score("JPEG", encoders, photos(corpus), (30, 45, 60, 70, 78, 85, 90, 94, 97))


def chroma_bytes(corpus: Path) -> None:
    encoders: dict[str, Encode] = {
        "jpegli + mozjpeg pass, 4:2:0": packed(jpegli),
        "Pillow, Robidoux, 4:4:4 + pass": packed(partial(robidoux, full=True)),
        "OIMG as it writes (4:4:4)": partial(as_oimg, full=True),
    }
    grid = (80, 85, 88, 91, 93, 95, 97, 99, 100)
    at_equal_score("JPEG near the top, photos", encoders, photos(corpus), grid, (88, 89, 90, 91, 92, 93))
    drawn = [pixels[..., :3].copy() for _, pixels in drawings(corpus, 1_000_000) if (pixels[..., 3] == 255).all()]
    grid = (50, 65, 75, 83, 89, 93, 96, 98, 100)
    at_equal_score("JPEG, screenshots and web pictures", encoders, drawn, grid, (75, 80, 85, 90))


def webp_bytes(corpus: Path) -> None:
    encoders: dict[str, Encode] = {"method 4": partial(webp_encode, method=4)}
    encoders["method 6"] = partial(webp_encode, method=6)
    at_equal_score("WebP", encoders, photos(corpus), (30, 50, 70, 80, 88, 93, 97))


def avif_bytes(corpus: Path) -> None:
    encoders: dict[str, Encode] = {
        "speed 8, tune=iq": partial(avif_encode, speed=8, tune="iq"),
        "speed 8, tune=ssimulacra2": partial(avif_encode, speed=8, tune="ssimulacra2"),
        "speed 8, tune=iq, 4:2:0": partial(avif_encode, speed=8, tune="iq", chroma="4:2:0"),
        "speed 6, tune=iq": partial(avif_encode, speed=6, tune="iq"),
        "speed 6, tune=ssimulacra2": partial(avif_encode, speed=6, tune="ssimulacra2"),
    }
    at_equal_score("AVIF (aom through pillow-avif-plugin, 4:4:4)", encoders, photos(corpus), (40, 55, 70, 80, 90, 95))


def twins(corpus: Path) -> None:
    """Whether Pillow's own AVIF writer gives the very bytes that the plugin gives."""
    same = 0
    images = photos(corpus)
    for pixels in images:
        image, stream = Image.fromarray(pixels), BytesIO()
        image.encoderinfo = {"quality": 70, "speed": 8, "codec": "aom", "max_threads": 1, "subsampling": "4:4:4"}
        image.encoderinfo["advanced"] = {"tune": "ssimulacra2"}
        AvifImagePlugin._save(image, stream, "")  # noqa: SLF001 - the plugin took its place in the registry
        same += stream.getvalue() == avif_encode(pixels, 70, 8, "ssimulacra2")
    print(f"AVIF by Pillow's own libavif and by the plugin: {same} of {len(images)} photos byte for byte alike")


def jxl_bytes(corpus: Path) -> None:
    encoders: dict[str, Encode] = {f"effort {each}": partial(jxl_encode, effort=each) for each in (5, 3, 7)}
    at_equal_score("JPEG XL", encoders, photos(corpus), (45, 60, 70, 80, 87, 93))


# Lossless PNG, palettes, JPEG inside JPEG XL


def drawings(corpus: Path, most_pixels: int) -> list[tuple[Path, Pixels]]:
    """Screenshots and web pictures of more than 256 colours, as RGBA."""
    found = []
    for folder in ("screenshots", "webassets"):
        for path in sorted((corpus / "graphics" / folder).glob("*.png")):
            with Image.open(path) as image:
                if image.width * image.height <= most_pixels and image.mode in ("RGB", "RGBA"):
                    found.append((path, np.asarray(image.convert("RGBA"))))
    return [(path, pixels) for path, pixels in found if Image.fromarray(pixels).getcolors(256) is None]


def pillow_png(path: Path) -> bytes:
    stream = BytesIO()
    with Image.open(path) as image:
        image.save(stream, "PNG", optimize=True)
    return stream.getvalue()


def png(corpus: Path) -> None:
    paths = [path for path, _ in drawings(corpus, 2_000_000)]
    before = sum(path.stat().st_size for path in paths)
    area = sum(pixels.shape[0] * pixels.shape[1] for _, pixels in drawings(corpus, 2_000_000)) / 1e6
    print(f"Lossless PNG: {len(paths)} screenshots and web pictures, {area:.1f} MP; output / source, CPU s/MP")
    ways: list[tuple[str, Callable[[Path], bytes]]] = [("Pillow optimize", pillow_png)]
    ways += [(f"oxipng level {level}", partial(oxipng_file, level=level)) for level in (0, 2, 4)]
    for name, way in ways:
        start = time.process_time()
        after = sum(min(len(way(path)), path.stat().st_size) for path in paths)
        print(f"  {name:18} {after / before:.4f}  {(time.process_time() - start) / area:.2f}")


def oxipng_file(path: Path, level: int) -> bytes:
    return bytes(oxipng.optimize_from_memory(path.read_bytes(), level=level))


def by_imagequant(pixels: Pixels) -> Pixels:
    height, width = pixels.shape[:2]
    indices, palette = imagequant.quantize_raw_rgba_bytes(pixels.tobytes(), width, height)
    table = np.array(palette, np.uint8).reshape(-1, 4)
    return table[np.frombuffer(indices, np.uint8).reshape(height, width)]


def by_pillow(pixels: Pixels, method: Image.Quantize) -> Pixels:
    image = Image.fromarray(pixels if method is Image.Quantize.FASTOCTREE else pixels[..., :3])
    reduced = image.quantize(256, method)
    if method is Image.Quantize.MEDIANCUT:  # dithers only against a palette that is given
        reduced = image.quantize(256, method, palette=reduced, dither=Image.Dither.FLOYDSTEINBERG)
    return np.asarray(reduced.convert("RGBA"))


def palette(corpus: Path) -> None:
    opaque = [pixels for _, pixels in drawings(corpus, 2_000_000) if (pixels[..., 3] == 255).all()]
    photographs = [np.dstack([each, np.full(each.shape[:2], 255, np.uint8)]) for each in photos(corpus)]
    ways: dict[str, Callable[[Pixels], Pixels]] = {
        "imagequant": by_imagequant,
        "Pillow median cut, dithered": partial(by_pillow, method=Image.Quantize.MEDIANCUT),
        "Pillow fast octree": partial(by_pillow, method=Image.Quantize.FASTOCTREE),
    }
    print("Palettes of 256 colours: mean and lowest SSIMULACRA2")
    for label, images in (("screenshots and web pictures", opaque), ("photos", photographs)):
        print(f"  {len(images)} {label}")
        for name, way in ways.items():
            scores = [Reference(each[..., :3].copy()).score(way(each)[..., :3].copy()) for each in images]
            print(f"    {name:28} mean {np.mean(scores):6.2f}  lowest {min(scores):6.2f}")


def transcode(corpus: Path) -> None:
    exact, before, after = 0, 0, 0
    not_exact: list[str] = []
    refused: list[str] = []
    for path in sorted((corpus / "photos").rglob("*.jpg")):
        untrusted = path.read_bytes()
        with Image.open(path) as image:
            size = image.size
        try:
            packed_file = jxl.from_jpeg(untrusted, size, 5)
        except OimgError as error:
            (not_exact if error.code == "verification-failed" else refused).append(path.name)
            continue
        same = jxl.to_jpeg(packed_file) == untrusted
        exact += same
        before, after = before + len(untrusted), after + len(packed_file)
    print(f"JPEG inside JPEG XL (effort 5): {exact} files come back bit for bit, {after / before:.3f} of their bytes")
    print(f"  not exact: {', '.join(not_exact) or 'none'}; refused: {', '.join(refused) or 'none'}")


PARTS: dict[str, Callable[[Path], None]] = {
    "gil": gil,
    "jpeg": jpeg_bytes,
    "chroma": chroma_bytes,
    "webp": webp_bytes,
    "avif": avif_bytes,
    "twins": twins,
    "jxl": jxl_bytes,
    "png": png,
    "palette": palette,
    "transcode": transcode,
}


def main() -> None:
    corpus = Path(sys.argv[1])
    print(", ".join(f"{name} {version(name)}" for name in PACKAGES))
    for part in sys.argv[2:] or PARTS:
        PARTS[part](corpus)


if __name__ == "__main__":
    main()
