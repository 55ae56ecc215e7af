"""What is special to TIFF: pages, bilevel scans, inks, odd depths, resolution, tags."""

from __future__ import annotations

from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
import tifffile
from PIL import Image, TiffImagePlugin

from engine_pictures import as_rgba, done, image, independent, made, model, photo, pixels, saved
from oimg.engine.codecs import tiff
from oimg.engine.transform import Made, inspect_header
from oimg.words.errors import OimgError
from oimg.words.images import ColorModel, DecodedImage, EncodeOptions, Feature, Format, Frame, Limits, Metadata, Part
from oimg.words.privacy import MetadataPolicy
from oimg.words.recipe import Mode, Recipe, Target

# What libtiff and Pillow warn of in odd files is told by our own errors, or concerns no pixel.
pytestmark = pytest.mark.filterwarnings("ignore::UserWarning:PIL")


def compression(data: bytes) -> int:
    with tifffile.TiffFile(BytesIO(data)) as file:
        return int(file.pages[0].compression)


def test_black_and_white_goes_as_fax() -> None:
    scan = image("bilevel", 131, 77)
    data = tiff.CODEC.encode(scan, EncodeOptions())
    assert compression(data) == 4
    with Image.open(BytesIO(data)) as picture:
        assert picture.mode == "1"
        assert np.array_equal(np.asarray(picture.convert("L")), scan.pixels[..., 0])
    assert compression(tiff.CODEC.encode(image("gray"), EncodeOptions())) == 8


@pytest.mark.corpus
@pytest.mark.parametrize("name", ["graphics/scans/phototest.tif", "conformance/tiff/g3test.tif"])
def test_scans_keep_their_polarity(corpus: Path, name: str) -> None:
    data = (corpus / name).read_bytes()
    with Image.open(corpus / name) as picture:
        wanted = np.asarray(picture.convert("L"))
    assert wanted.mean() > 127  # black on white
    for target in (Target.KEEP, Target.PNG):
        result = done(data, Recipe(format=target, effort=1))
        if isinstance(result, Made):
            with Image.open(BytesIO(result.data)) as after:
                assert np.array_equal(np.asarray(after.convert("L")), wanted)


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", ["hopper_lzw.tif", "hopper_bigtiff.tif", "flower-rgb-contig-08.tif", "tiff_strip_cmyk_jpeg.tif"]
)
def test_common_files_are_read_as_tifffile_reads_them(corpus: Path, name: str) -> None:
    path = corpus / "conformance" / "tiff" / name
    decoded = tiff.CODEC.decode(path.read_bytes(), Limits())
    try:
        with tifffile.TiffFile(path) as file:
            wanted = file.pages[0].asarray()
    except ValueError:  # needs imagecodecs: LZW and JPEG
        with Image.open(path) as picture:
            wanted = np.asarray(picture)
    assert np.array_equal(decoded.pixels, wanted)


@pytest.mark.corpus
@pytest.mark.parametrize(
    "name", ["flower-rgb-contig-24.tif", "flower-rgb-contig-32.tif", "geo-5b.tif", "random-fp16.tiff"]
)
def test_exotic_depths_are_refused_clearly(corpus: Path, name: str) -> None:
    data = (corpus / "conformance" / "tiff" / name).read_bytes()
    with pytest.raises(OimgError) as caught:
        done(data, Recipe(format=Target.PNG))
    assert caught.value.code in {"unsupported-variant", "corrupt-data"}


@pytest.mark.parametrize("pages", [2, 3])
def test_pages_are_counted(pages: int) -> None:
    stack = np.stack([photo(40, 30, seed) for seed in range(pages)])
    stream = BytesIO()
    tifffile.imwrite(stream, stack, photometric="rgb")
    header = inspect_header(stream.getvalue())
    assert header.frames == pages
    assert Feature.MULTI_PAGE in header.features


@pytest.mark.parametrize("kind", ["gray", "gray+alpha", "rgb", "rgba", "cmyk"])
def test_written_files_by_tifffile(kind: str) -> None:
    source = image(kind, 33, 21)
    read = independent(tiff.CODEC.encode(source, EncodeOptions()), Format.TIFF)
    assert np.array_equal(read, source.pixels)


def test_alpha_is_marked_as_straight() -> None:
    data = tiff.CODEC.encode(image("rgba", 20, 20), EncodeOptions())
    with tifffile.TiffFile(BytesIO(data)) as file:
        assert tuple(int(sample) for sample in file.pages[0].extrasamples) == (2,)


def test_resolution_stays_with_kept_metadata() -> None:
    source = saved(photo(60, 40), "TIFF", dpi=(300, 150), compression=None)
    result = made(source, Recipe(metadata=MetadataPolicy.KEEP))
    with Image.open(BytesIO(result.data)) as picture:
        assert tuple(float(v) for v in picture.info["dpi"]) == (300.0, 150.0)
        assert np.array_equal(np.asarray(picture), photo(60, 40))


@pytest.mark.parametrize("kind", ["rgb", "bilevel", "cmyk"])
def test_all_metadata_is_carried(kind: str) -> None:
    exif = Image.Exif()
    exif[0x8298], exif[0x010F] = "(c) a photographer", "A Maker"
    exif[256], exif[259] = 77, 5  # a size and a coding of another picture: never believed
    exif.get_ifd(0x8769)[0x9003] = "2020:01:02 03:04:05"
    exif.get_ifd(0x8825)[2] = (48.0, 8.0, 14.0)
    xmp, iptc = b"<x:xmpmeta xmlns:x='adobe:ns:meta/'/>", b"\x1c\x02\x74\x00\x03abc"
    said = Metadata(exif.tobytes().removeprefix(b"Exif\0\0"), xmp, iptc, (), (300.0, 150.5))
    source = DecodedImage((Frame(pixels(kind, 40, 30)),), model(kind), b"", said)
    data = tiff.CODEC.encode(source, EncodeOptions())
    with Image.open(BytesIO(data)) as picture:
        read = picture.getexif()
        assert picture.size == (40, 30)
        assert (read[0x8298], read[0x010F]) == ("(c) a photographer", "A Maker")
        assert read.get_ifd(0x8769)[0x9003] == "2020:01:02 03:04:05"
        assert read.get_ifd(0x8825)[2] == (48.0, 8.0, 14.0)
        assert picture.tag_v2[700] == xmp
        assert picture.info["dpi"] == (300.0, 150.5)
    found = tiff.CODEC.decode(data, Limits())
    assert np.array_equal(found.pixels, source.pixels)
    assert (found.metadata.xmp, found.metadata.iptc, found.metadata.density) == (xmp, iptc, (300.0, 150.5))
    assert b"2020:01:02 03:04:05" in found.metadata.exif


def test_metadata_that_nobody_can_read_fails_nothing() -> None:
    said = Metadata(exif=b"rubbish" * 20, xmp=b"no xml")
    data = tiff.CODEC.encode(DecodedImage((Frame(pixels("rgb", 9, 9)),), ColorModel.RGB, b"", said), EncodeOptions())
    assert np.array_equal(independent(data, Format.TIFF), pixels("rgb", 9, 9))


def test_kept_and_stripped_through_the_whole_way() -> None:
    exif = Image.Exif()
    exif[0x8298] = "(c) a photographer"
    source = saved(photo(60, 40), "TIFF", exif=exif)
    kept = made(source, Recipe(metadata=MetadataPolicy.KEEP))
    assert b"(c) a photographer" in kept.data
    assert b"photographer" not in made(source, Recipe(metadata=MetadataPolicy.STRIP)).data


@pytest.mark.parametrize("kind", ["rgb", "gray", "bilevel"])
def test_many_strips(kind: str) -> None:
    source = image(kind, 900, 2600)
    data = tiff.CODEC.encode(source, EncodeOptions())
    with tifffile.TiffFile(BytesIO(data)) as file:
        assert len(file.pages[0].dataoffsets) > (0 if kind == "bilevel" else 1)
    read = independent(data, Format.TIFF)
    assert np.array_equal(as_rgba(read), as_rgba(source.pixels))


def test_broken_directories_never_fail_the_picture() -> None:
    source = bytearray(saved(photo(30, 20), "TIFF"))
    whole = tiff.CODEC.decode(bytes(source), Limits())
    tiny = tiff._read_metadata(bytes(source[:40]))
    assert tiny == Metadata()
    assert np.array_equal(whole.pixels, photo(30, 20))


@pytest.mark.corpus
def test_jpeg_inside_is_lossy(corpus: Path) -> None:
    folder = corpus / "conformance" / "tiff"
    assert inspect_header((folder / "tiff_strip_cmyk_jpeg.tif").read_bytes()).lossy
    assert not inspect_header((folder / "hopper_lzw.tif").read_bytes()).lossy


@pytest.mark.corpus
def test_lossless_mode_shrinks_real_files(corpus: Path) -> None:
    data = (corpus / "conformance" / "tiff" / "hopper_bigtiff.tif").read_bytes()
    result = made(data, Recipe(mode=Mode.LOSSLESS))
    assert len(result.data) < len(data)
    assert np.array_equal(independent(result.data, Format.TIFF), tiff.CODEC.decode(data, Limits()).pixels)


def test_fields_of_a_big_tiff_file_come_in_a_classic_block() -> None:
    said = TiffImagePlugin.ImageFileDirectory_v2()
    said[0x8298] = "(c) me"
    out = BytesIO()
    Image.new("RGB", (20, 10)).save(out, "TIFF", tiffinfo=said, big_tiff=True)
    assert out.getvalue()[2] == 43
    reader = Image.Exif()
    reader.load(tiff.CODEC.read_metadata(out.getvalue())[0].exif)
    assert reader[0x8298] == "(c) me"


def test_blocks_and_layers_of_a_tiff_file_are_lifted() -> None:
    iim = b"\x1c\2\x50\0\2me"
    caption = b"8BIM\x03\xf0\0\0\0\0\0\2hi"
    said = TiffImagePlugin.ImageFileDirectory_v2()
    swapped = b"".join(iim.ljust(8, b"\0")[at : at + 4][::-1] for at in (0, 4))
    for tag, kind, data in ((700, 1, b"<x/>"), (33723, 7, swapped), (34377, 1, caption), (37724, 7, b"layers")):
        said[tag] = data
        said.tagtype[tag] = kind
    out = BytesIO()
    Image.new("RGB", (20, 10)).save(out, "TIFF", tiffinfo=said)
    found = tiff.CODEC.read_metadata(out.getvalue())[0]
    assert (found.xmp, found.iptc, found.photoshop) == (b"<x/>", iim, caption)
    assert found.parts == (Part(Format.TIFF, "ImageSourceData", b"layers"),)
    picture = DecodedImage((Frame(np.zeros((10, 20, 3), np.uint8)),), metadata=found)
    with Image.open(BytesIO(tiff.CODEC.encode(picture, EncodeOptions()))) as again:
        assert (again.tag_v2[700], again.tag_v2[33723], again.tag_v2[34377]) == (b"<x/>", iim, caption)
        assert 37724 not in again.tag_v2
