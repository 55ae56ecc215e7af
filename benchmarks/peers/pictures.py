"""The pictures that are measured: by class, from the corpus and drawn, each with its origin and hash."""

from __future__ import annotations

import csv
import hashlib
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
import pillow_jxl  # noqa: F401 - registers itself with Pillow
from benchmarks.peers.drawn import DRAWN, photo
from PIL import Image, ImageOps

File = TypeVar("File")

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
UNSEEN: Final = Path(__file__).with_name("unseen.tsv")
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
# Slow encoders would take hours: photos are scaled to so many pixels, and all pictures cut to so many a side (from
# their middle); of each class so many are taken from the corpus, evenly over the list.
_PHOTO: Final = 1.0e6
_LONGEST: Final = 1024
_OF_CLASS: Final = 6
_PHOTO_QUICK: Final = 0.08e6
_LONGEST_QUICK: Final = 300
_OF_CLASS_QUICK: Final = 2


@dataclass(frozen=True, slots=True)
class Picture:
    """A PNG that is measured; `sha256` is of this file, `origin` says what it was made from.

    `unseen` are those by which nobody chose anything in OIMG. `flat` is the same picture on white, for formats without
    transparency; it is `path` where nothing shows through.
    """

    name: str
    kind: str
    path: Path
    flat: Path
    origin: str
    origin_sha256: str
    sha256: str
    pixels: int
    unseen: bool = False


def prepare(corpus: Path | None, folder: Path, *, quick: bool) -> list[Picture]:
    """Write all pictures into a folder as plain 8-bit sRGB PNG files without metadata."""
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    for kind in CLASSES:
        for path, divisor in _spread(_corpus_files(corpus, kind), _OF_CLASS_QUICK if quick else _OF_CLASS):
            picture = _sized(_plain(path, divisor), kind, quick=quick)
            made.append(_written(picture, kind, path.stem, folder, _origin(corpus, path, divisor), digest(path)))
        draw, size = DRAWN[kind]
        for seed in range(1 if corpus else 4):
            drawn = _sized(draw(seed, size), kind, quick=quick)
            made.append(_written(drawn, kind, f"drawn-{seed}", folder, f"drawn, seed {seed}", ""))
    return made


def unseen(packages: Path, folder: Path, *, quick: bool = False) -> list[Picture]:
    """Write the pictures of `unseen.tsv`, found below unpacked packages by path and hash, as `prepare` does.

    Raises FileNotFoundError for one that is not there as it was.
    """
    folder.mkdir(parents=True, exist_ok=True)
    made = []
    with UNSEEN.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            found = (path for path in sorted(packages.glob(f"*/{row['path']}")) if digest(path) == row["sha256"])
            path = next(found, None)
            if path is None:
                raise FileNotFoundError(row["path"])
            picture = _sized(_plain(path, int(row["reduce"])), row["kind"], quick=quick)
            name = f"{row['package']} {row['version']}, {path.name}" + (f", 1:{row['reduce']}" * (row["reduce"] != "1"))
            written = _written(picture, row["kind"], f"unseen {path.stem}", folder, name, row["sha256"])
            made.append(replace(written, unseen=True))
    return made[::6] if quick else made


def _spread(files: list[File], count: int) -> list[File]:
    """So many of a list, from its first to its last."""
    if len(files) <= count:
        return files
    return [files[round(step * (len(files) - 1) / (count - 1))] for step in range(count)]


def _sized(picture: Image.Image, kind: str, *, quick: bool) -> Image.Image:
    most, longest = (_PHOTO_QUICK, _LONGEST_QUICK) if quick else (_PHOTO, _LONGEST)
    scale = (most / (picture.width * picture.height)) ** 0.5
    if kind == "photo" and scale < 1:
        size = (round(picture.width * scale), round(picture.height * scale))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    width, height = (min(side, longest) for side in picture.size)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return picture.crop((left, top, left + width, top + height))


def lossless_files(corpus: Path | None, folder: Path, pictures: list[Picture], *, quick: bool) -> list[Picture]:
    """Copy the PNG files of the corpus, byte for byte; the drawn ones come along."""
    folder.mkdir(parents=True, exist_ok=True)
    found = [picture for picture in pictures if not picture.origin_sha256]
    for kind, patterns in LOSSLESS.items() if corpus else ():
        paths = [path for pattern in patterns for path in sorted(_under(corpus).glob(pattern))]
        for path in _spread(paths, 3) if quick else paths:
            copy = folder / f"{_word(kind)}-{_word(path.stem)}.png"
            copy.write_bytes(path.read_bytes())
            with Image.open(path) as opened:
                pixels = opened.width * opened.height
            known = digest(path)
            found.append(Picture(copy.stem, kind, copy, copy, _origin(corpus, path, 1), known, known, pixels))
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


def _written(picture: Image.Image, kind: str, stem: str, folder: Path, origin: str, before: str) -> Picture:
    name = f"{_word(kind)}-{_word(stem)}"
    path = flat = folder / f"{name}.png"
    Image.fromarray(np.asarray(picture)).save(path)  # pixels alone, no metadata
    if picture.mode == "RGBA":
        flat = folder / "flat" / f"{name}.png"
        flat.parent.mkdir(exist_ok=True)
        white = Image.new("RGBA", picture.size, "white")
        Image.alpha_composite(white, picture).convert("RGB").save(flat)
    return Picture(name, kind, path, flat, origin, before, digest(path), picture.width * picture.height)


def _origin(corpus: Path | None, path: Path, divisor: int) -> str:
    name = path.relative_to(_under(corpus)).as_posix()
    return f"{name}, 1:{divisor}" if divisor > 1 else name


def _word(name: str) -> str:
    return "".join(letter if letter.isalnum() or letter == "." else "_" for letter in name).replace(".", "_")


def digest(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal digits."""
    return hashlib.sha256(path.read_bytes()).hexdigest()
