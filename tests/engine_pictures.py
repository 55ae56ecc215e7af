"""Pictures of every kind as the engine holds them, and decoders that are not the engine's."""

from __future__ import annotations

import struct
import zlib
from functools import cache
from importlib.util import find_spec
from io import BytesIO

import numpy as np
from PIL import Image

from metric_pictures import boxes, clouds, cutout, random_bytes, texture
from oimg.engine.codecs import CODECS, ENCODERS
from oimg.engine.transform import Made, Refusal, Request, inspect_header, transform
from oimg.words.images import ColorModel, DecodedImage, EncodeOptions, Format, Frame, Limits
from oimg.words.recipe import Recipe

CHANNELS = {"gray": 1, "gray+alpha": 2, "rgb": 3, "rgba": 4, "cmyk": 4, "bilevel": 1}

HAS_PACKER = find_spec("oxipng") is not None
"""pyoxipng packs PNG and reads 16 bits of it; some versions of Python have no wheel of it."""
WITHOUT_PACKER = "NOT TESTED: there is no pyoxipng for this Python"


def pixels(kind: str, width: int, height: int, seed: int = 1) -> np.ndarray:
    """Soft pixels of a kind, so that lossy coding has a fair chance; "16" at the end makes 16 bits of them."""
    base = kind.removesuffix("16")
    soft = clouds(seed, height, width, CHANNELS[base], cell=24)
    if base == "bilevel":
        return np.where(soft > 127, 255, 0).astype(np.uint8)
    if base in {"gray+alpha", "rgba"}:
        soft[..., -1] = np.clip(soft[..., -1].astype(int) * 3 - 256, 0, 255)
        soft[0, 0, -1] = 100  # never opaque all over, so the channel has to stay
    if kind.endswith("16"):
        return (soft.astype(np.uint16) << 8) | random_bytes(seed + 5, *soft.shape).astype(np.uint16)
    return soft


def model(kind: str) -> ColorModel:
    if kind.startswith("cmyk"):
        return ColorModel.CMYK
    return ColorModel.RGB if kind.startswith("rgb") else ColorModel.GRAY


def image(kind: str = "rgb", width: int = 64, height: int = 48, seed: int = 1) -> DecodedImage:
    return DecodedImage((Frame(pixels(kind, width, height, seed)),), model(kind), loop=1)


def fits(kind: str, target: Format) -> bool:
    """Whether a format claims to hold pictures of this kind."""
    able = ENCODERS[target].capabilities
    alpha = "a" in kind.removeprefix("gra").removeprefix("bilevel")
    depth = 16 if kind.endswith("16") else 8
    return (
        model(kind) in able.colors
        and depth in able.depths
        and (able.alpha or not alpha)
        and (able.partial_alpha or not alpha)
        and (able.gray_alpha or kind != "gray+alpha")
    )


def lossless(target: Format) -> list[EncodeOptions]:
    return [EncodeOptions(effort=2)] if ENCODERS[target].capabilities.lossless else []


def photo(width: int = 160, height: int = 128, seed: int = 3) -> np.ndarray:
    return texture(seed, height, width)


def drawing(width: int = 160, height: int = 128, seed: int = 3) -> np.ndarray:
    return boxes(seed, height, width, count=20)


def cut_out(width: int = 160, height: int = 128, seed: int = 3) -> np.ndarray:
    return cutout(seed, height, width)


def saved(array: np.ndarray, plugin: str, **options: object) -> bytes:
    """A file written by plain Pillow: a source that OIMG did not make."""
    stream = BytesIO()
    Image.fromarray(array.squeeze()).save(stream, plugin, **options)
    return stream.getvalue()


def done(untrusted: bytes, recipe: Recipe = Recipe(), limits: Limits = Limits()) -> Made | Refusal:
    """What `transform` makes of a file."""
    return transform(Request(untrusted, inspect_header(untrusted), recipe, limits))


def made(untrusted: bytes, recipe: Recipe = Recipe()) -> Made:
    result = done(untrusted, recipe)
    assert isinstance(result, Made), result
    return result


def refused(untrusted: bytes, recipe: Recipe = Recipe()) -> Refusal:
    result = done(untrusted, recipe)
    assert isinstance(result, Refusal), f"{len(untrusted)} -> {result.format} {len(result.data)}"
    return result


@cache
def sample(target: Format) -> bytes:
    """A small file of every format that can be read."""
    if target in ENCODERS:
        return ENCODERS[target].encode(image("rgb", 41, 29), EncodeOptions(quality=80, effort=2))
    array = pixels("rgb", 41, 29)
    if target is Format.HEIC:
        import pillow_heif

        stream = BytesIO()
        pillow_heif.from_pillow(Image.fromarray(array)).save(stream, quality=80)
        return stream.getvalue()
    if target is Format.QOI:
        return saved(array, "QOI")
    return saved(array, {Format.BMP: "BMP", Format.ICO: "ICO", Format.PPM: "PPM"}[target])


def independent(data: bytes, target: Format) -> np.ndarray:
    """Pixels of the first picture, (h, w, channels), by a decoder that the codec does not use, if there is one."""
    if target is Format.PNG and data[24] == 16:
        return png16(data)
    if target is Format.AVIF:
        from PIL import AvifImagePlugin  # Pillow's own libavif; the codec uses the plugin's

        array = np.asarray(AvifImagePlugin.AvifImageFile(BytesIO(data)))
    elif target is Format.TIFF and _tiff_compression(data) != 4:
        import tifffile

        with tifffile.TiffFile(BytesIO(data)) as file:
            array = file.pages[0].asarray()
    else:
        if target is Format.JXL:
            import pillow_jxl  # noqa: F401 - registers itself with Pillow
        with Image.open(BytesIO(data)) as picture:
            if picture.mode == "1":
                picture = picture.convert("L")  # noqa: PLW2901
            elif picture.mode == "P":
                picture = picture.convert("RGBA" if "transparency" in picture.info else "RGB")  # noqa: PLW2901
            array = np.asarray(picture)
    return array if array.ndim == 3 else array[:, :, np.newaxis]


def _tiff_compression(data: bytes) -> int:
    with Image.open(BytesIO(data)) as picture:
        return int(picture.tag_v2[259])


def as_rgba(array: np.ndarray, kind: str = "") -> np.ndarray:
    """Gray, gray+alpha or RGB as RGBA; CMYK stays."""
    if kind == "cmyk":
        return array
    top, channels = np.iinfo(array.dtype).max, array.shape[2]
    wide = np.full((*array.shape[:2], 4), top, array.dtype)
    wide[..., :3] = array[..., :3] if channels >= 3 else array[..., :1]
    if channels in (2, 4):
        wide[..., 3] = array[..., -1]
    return wide


def png16(data: bytes) -> np.ndarray:
    """A plain decoder for 16-bit PNG without interlacing or palette (W3C PNG, section 9)."""
    width, height, depth, kind, _, _, interlace = struct.unpack(">IIBBBBB", data[16:29])
    assert depth == 16
    assert not interlace
    channels = {0: 1, 2: 3, 4: 2, 6: 4}[kind]
    raw, at = b"", 8
    while at < len(data):
        (length,) = struct.unpack(">I", data[at : at + 4])
        raw += data[at + 8 : at + 8 + length] if data[at + 4 : at + 8] == b"IDAT" else b""
        at += 12 + length
    lines = zlib.decompress(raw)
    stride, step = width * channels * 2, channels * 2
    above = bytearray(stride)
    rows = []
    for row in range(height):
        start = row * (stride + 1)
        above = _unfiltered(lines[start], bytearray(lines[start + 1 : start + 1 + stride]), above, step)
        rows.append(bytes(above))
    return np.frombuffer(b"".join(rows), ">u2").reshape(height, width, channels).astype(np.uint16)


def _unfiltered(kind: int, line: bytearray, above: bytearray, step: int) -> bytearray:
    for i in range(len(line)):
        left, corner = (line[i - step], above[i - step]) if i >= step else (0, 0)
        line[i] = (line[i] + (0, left, above[i], (left + above[i]) // 2, _paeth(left, above[i], corner))[kind]) & 255
    return line


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((abs(guess - left), 0, left), (abs(guess - above), 1, above), (abs(guess - corner), 2, corner))[2]


READ_FORMATS = tuple(CODECS)
WRITE_FORMATS = tuple(ENCODERS)
