"""The pictures that are measured: by class, from the corpus and drawn, each with its origin and hash."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import pillow_jxl  # noqa: F401 - registers itself with Pillow
from benchmarks.peers.drawn import DRAWN, photo
from PIL import Image, ImageOps

CLASSES: Final = ("photo", "screenshot", "line art", "icon")
# Files of the corpus by class, and by how much each is scaled down. Photos come without loss, or as JPEGs of cameras
# at a half or less, where nothing is left of the blocks of their first coding.
CORPUS: Final[dict[str, tuple[tuple[str, int], ...]]] = {
    "photo": (
        ("photos/lossless/*.png", 1),
        ("photos/camera/012mp-bus.jpg", 3),
        ("photos/camera/Apple iPhone 5.jpg", 2),
        ("photos/camera/Kodak PIXPRO FZ201.jpg", 4),
        ("photos/camera/Leica T (Typ 701).jpg", 3),
        ("photos/camera/Nokia Lumia 800.jpg", 2),
        ("photos/gps/DJI_0025.JPG", 3),
        ("photos/hdr-gainmap/*.jpg", 3),
        ("photos/large/large.jpg", 4),
        ("photos/orientation/Landscape_1.jpg", 2),
    ),
    "screenshot": (("graphics/screenshots/*.png", 1),),
    "line art": (("graphics/lineart-charts/*.png", 1), ("graphics/scans/*.png", 1)),
    "icon": (
        ("graphics/icons-alpha/*.png", 1),
        ("graphics/icons-alpha/*.webp", 1),
        ("graphics/webassets/png-*.png", 1),
    ),
}
# Files of the corpus that are packed without loss, as they are.
LOSSLESS: Final[dict[str, tuple[str, ...]]] = {
    "photo": ("photos/lossless/*.png",),
    "screenshot": ("graphics/screenshots/*.png",),
    "line art": ("graphics/lineart-charts/*.png",),
    "icon": ("graphics/icons-alpha/*.png", "graphics/webassets/*.png", "graphics/pixelart/*.png"),
}
CAMERA: Final = (
    "photos/camera/012mp-bus.jpg",
    "photos/camera/Leica T (Typ 701).jpg",
    "photos/camera/Kodak PIXPRO FZ201.jpg",
    "photos/hdr-gainmap/*.jpg",
    "photos/large/large.jpg",
    "photos/heic/arrow.heic",
    "photos/heic/fixture-heic.heic",
)
_TWELVE: Final = 12.2e6
_TWELVE_QUICK: Final = 2e6
# A picture is cut to so many pixels a side (from its middle), so that a slow encoder takes seconds, not minutes.
_LONGEST: Final = 1440
_LONGEST_QUICK: Final = 400


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that is measured; `sha256` is of this file, `origin` says what it was made from.

    `flat` is the same picture on white, for formats without transparency; it is `path` where nothing shows through.
    """

    name: str
    kind: str
    path: Path
    flat: Path
    origin: str
    origin_sha256: str
    sha256: str
    pixels: int


def prepare(corpus: Path | None, folder: Path, *, quick: bool) -> list[Picture]:
    """Write all pictures into a folder as plain 8-bit sRGB PNG files without metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    longest = _LONGEST_QUICK if quick else _LONGEST
    made = []
    for kind in CLASSES:
        sources = _corpus_files(corpus, kind)
        for path, divisor in sources[:: max(1, len(sources) // 3)][:3] if quick else sources:
            picture = _cut(_plain(path, divisor), longest)
            made.append(_written(picture, kind, path.stem, folder, _origin(corpus, path, divisor), _sha256(path)))
        draw, size = DRAWN[kind]
        for seed in range(1 if quick else 4):
            drawn = draw(seed, size)
            made.append(_written(_cut(drawn, longest), kind, f"drawn-{seed}", folder, f"drawn, seed {seed}", ""))
    return made


def lossless_files(corpus: Path | None, folder: Path, pictures: list[Picture], *, quick: bool) -> list[Picture]:
    """Copy the PNG files of the corpus, byte for byte; the drawn ones come along."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [picture for picture in pictures if not picture.origin_sha256]
    for kind, patterns in LOSSLESS.items() if corpus else ():
        paths = [path for pattern in patterns for path in sorted(_under(corpus).glob(pattern))]
        for path in paths[:: max(1, len(paths) // 3)][:3] if quick else paths:
            copy = folder / f"{_word(kind)}-{_word(path.stem)}.png"
            copy.write_bytes(path.read_bytes())
            with Image.open(path) as opened:
                pixels = opened.width * opened.height
            digest = _sha256(path)
            found.append(Picture(copy.stem, kind, copy, copy, _origin(corpus, path, 1), digest, digest, pixels))
    return found


def camera_batch(corpus: Path | None, folder: Path, *, quick: bool) -> list[Path]:
    """Write JPEG photos of 12 megapixels (quick: 2), as a camera would: quality 95, colour at half resolution.

    Without a corpus they are drawn.
    """
    folder.mkdir(parents=True, exist_ok=True)
    sources = [path for pattern in CAMERA for path in sorted(_under(corpus).glob(pattern))] if corpus else []
    made = []
    for path in sources[:2] if quick else sources:
        picture = _plain(path, 1).convert("RGB")
        scale = min(1.0, ((_TWELVE_QUICK if quick else _TWELVE) / (picture.width * picture.height)) ** 0.5)
        size = (round(picture.width * scale), round(picture.height * scale))
        made.append(_as_camera(picture.resize(size, Image.Resampling.LANCZOS), folder / f"{_word(path.stem)}.jpg"))
    if made:
        return made
    size = (1344, 1008) if quick else (4032, 3024)
    return [_as_camera(photo(seed, size), folder / f"drawn-{seed}.jpg") for seed in range(2)]


def _as_camera(picture: Image.Image, path: Path) -> Path:
    picture.save(path, "JPEG", quality=95, subsampling="4:2:0")
    return path


def _under(corpus: Path | None) -> Path:
    return corpus if corpus is not None else Path()


def _corpus_files(corpus: Path | None, kind: str) -> list[tuple[Path, int]]:
    if corpus is None:
        return []
    return [(path, divisor) for pattern, divisor in CORPUS[kind] for path in sorted(corpus.glob(pattern))]


def _plain(path: Path, divisor: int) -> Image.Image:
    """The upright picture in 8-bit RGB, with alpha where something shows through; its profile is taken for sRGB."""
    if path.suffix == ".heic":
        from pillow_heif import register_heif_opener  # noqa: PLC0415 - needed for two files

        register_heif_opener()
    with Image.open(path) as opened:
        upright = ImageOps.exif_transpose(opened)
        transparent = upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info
        picture = upright.convert("RGBA" if transparent else "RGB")
    if transparent and np.asarray(picture)[..., 3].min() == 255:
        picture = picture.convert("RGB")
    return picture.reduce(divisor) if divisor > 1 else picture


def _cut(picture: Image.Image, longest: int) -> Image.Image:
    width, height = (min(side, longest) for side in picture.size)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def _written(picture: Image.Image, kind: str, stem: str, folder: Path, origin: str, digest: str) -> Picture:
    name = f"{_word(kind)}-{_word(stem)}"
    path = flat = folder / f"{name}.png"
    Image.fromarray(np.asarray(picture)).save(path)  # pixels alone, no metadata
    if picture.mode == "RGBA":
        flat = folder / "flat" / f"{name}.png"
        flat.parent.mkdir(exist_ok=True)
        white = Image.new("RGBA", picture.size, "white")
        Image.alpha_composite(white, picture).convert("RGB").save(flat)
    return Picture(name, kind, path, flat, origin, digest, _sha256(path), picture.width * picture.height)


def _origin(corpus: Path | None, path: Path, divisor: int) -> str:
    name = path.relative_to(_under(corpus)).as_posix()
    return f"{name}, 1:{divisor}" if divisor > 1 else name


def _word(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter == "." else "_" for letter in name).replace(".", "_")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()
