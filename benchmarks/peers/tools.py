"""What a peer is: a program that turns pictures into one format at a quality, and where to find it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).parent
Pairs = Sequence[tuple[Path, Path]]


@dataclass(frozen=True, slots=True)
class Places:
    """Where programs are that are not on the PATH, and how many pictures are worked on at once."""

    node_modules: Path | None
    python: Path
    parallel: int


@dataclass(frozen=True, slots=True)
class Work:
    """Pictures to turn at a quality; each pair is a source and where its result goes."""

    files: tuple[tuple[Path, Path], ...]
    quality: float
    scratch: Path
    places: Places

    def job(self, **facts: object) -> str:
        """Write what a script of ours is to do, and give the path of that file."""
        path = self.scratch / "job.json"
        pairs = [[str(source), str(output)] for source, output in self.files]
        path.write_text(json.dumps({"parallel": self.places.parallel, "files": pairs} | facts), encoding="utf-8")
        return str(path)

    def each(self, command: Callable[[str, str], Sequence[str]]) -> list[list[str]]:
        """One process a picture."""
        return [list(command(str(source), str(output))) for source, output in self.files]


@dataclass(frozen=True, slots=True)
class Tool:
    """A peer at certain settings, in one format.

    `qualities` are on its own scale, each a step of its curve; a quality may be any whole number between. A single
    one means that there is nothing to choose. `shown` is the command as a reader would type it. A tool that works in
    place gets copies; one that reads JPEG gets a JPEG of quality 100 and full colour, written from the same pixels.
    """

    name: str
    format: str
    qualities: tuple[float, ...]
    shown: str
    commands: Callable[[Work], list[list[str]]]
    version: tuple[str, ...]
    lossless: bool = False
    in_place: bool = False
    takes_jpeg: bool = False
    strongest: bool = False

    @property
    def suffix(self) -> str:
        """Of the files it writes."""
        return {"jpeg": ".jpg"}.get(self.format, f".{self.format}")

    def found(self) -> str | None:
        """The version as it tells it, in one line, or None where it is not there or does not run."""
        if not self.version or shutil.which(self.version[0]) is None:
            return None
        try:
            told = subprocess.run(self.version, capture_output=True, text=True, timeout=60, check=False)
        except (OSError, subprocess.TimeoutExpired):
            return None
        lines = [line.strip() for line in (told.stdout + told.stderr).splitlines() if line.strip()]
        if told.returncode not in (0, 1) or not lines or "rror" in lines[0]:
            return None
        return lines[0].removeprefix("Version: ").split(" https")[0].strip()


_CONVERT: Final = "convert -version"
_LADDER: Final = (15.0, 35.0, 55.0, 70.0, 78.0, 85.0, 91.0, 96.0)
_HIGH: Final = (10.0, 34.0, 52.0, 66.0, 80.0, 93.0)


def program(
    name: str, kind: str, shown: str, *, qualities: tuple[float, ...] = _LADDER, version: str = "", **traits: bool
) -> Tool:
    """A command line program with one process a picture; {in}, {out} and {q} stand for what changes."""

    def commands(work: Work) -> list[list[str]]:
        words = shown.split()
        return work.each(
            lambda source, output: [
                word.replace("{in}", source).replace("{out}", output).replace("{q}", f"{work.quality:g}")
                for word in words
            ]
        )

    asked = tuple((version or f"{shown.split(maxsplit=1)[0]} --version").split())
    return Tool(name, kind, qualities, shown, commands, asked, **traits)


def avifenc(name: str, speed: int, *, strongest: bool = False) -> Tool:
    """Constant quality as libavif's documentation advises for aom; our scale turns 63..0 into 0..100."""
    shown = (
        f"avifenc -s {speed} -j 1 --min 0 --max 63 --minalpha 0 --maxalpha 63 "
        "-a end-usage=q -a cq-level={63 - 0.63 q} -a tune=ssim {in} {out}"
    )

    def commands(work: Work) -> list[list[str]]:
        words = shown.replace("{63 - 0.63 q}", str(round(63 - 0.63 * work.quality))).split()
        return work.each(
            lambda source, output: [source if w == "{in}" else output if w == "{out}" else w for w in words]
        )

    return Tool(name, "avif", _HIGH, shown, commands, ("avifenc", "--version"), strongest=strongest)


def sharp(
    name: str, kind: str, places: Places, options: dict[str, object], *, qualities: tuple[float, ...], **traits: bool
) -> Tool:
    """All pictures in one node process, as a script of a build would do it."""
    script, modules = str(HERE / "sharp.mjs"), str(places.node_modules)
    written = "".join(f", {key}: {json.dumps(value)}" for key, value in options.items())
    shown = f"sharp(in).toFormat('{kind}', {{ {'' if traits.get('lossless') else 'quality: {q}'}{written} }})"

    def commands(work: Work) -> list[list[str]]:
        chosen = options if traits.get("lossless") else {"quality": round(work.quality), **options}
        return [["node", script, work.job(format=kind, options=chosen), modules]]

    return Tool(
        name, kind, qualities, shown.replace("{ ,", "{"), commands, ("node", script, "--version", modules), **traits
    )


def package(name: str, kind: str, places: Places, qualities: tuple[float, ...], shown: str, **traits: bool) -> Tool:
    """A Python package, all pictures in one process."""
    script, module = str(HERE / "packages.py"), name.split(maxsplit=1)[0]

    def commands(work: Work) -> list[list[str]]:
        return [[str(places.python), script, module, work.job(format=kind, quality=work.quality)]]

    asked = (str(places.python), script, module, "--version")
    return Tool(name, kind, qualities, shown, commands, asked, **traits)


def optimize_images(kind: str, places: Places, qualities: tuple[float, ...], options: str, **traits: bool) -> Tool:
    """The command of the package; it goes through a folder and changes the files in it."""
    program_path = str(places.python.parent / "optimize-images")

    def commands(work: Work) -> list[list[str]]:
        words = options.replace("{q}", f"{work.quality:g}").split()
        folder = str(work.files[0][1].parent)
        return [[program_path, *words, "--quiet", "-jobs", str(places.parallel), folder]]

    shown = " ".join(["optimize-images", *options.split(), "DIR"])
    asked = (str(places.python), "-c", "from importlib.metadata import version as v; print(v('optimize-images'))")
    traits |= {"in_place": True, "takes_jpeg": kind == "jpeg"}
    return Tool("optimize-images", kind, qualities, shown, commands, asked, **traits)


def oimg_command(*options: str) -> list[str]:
    """OIMG as its user runs it; files follow."""
    return [sys.executable, "-m", "oimg", "optimize", "--json", "--no-cache", "--metadata", "strip", *options]


def oimg_fixed(kind: str) -> Tool:
    """OIMG's own encoders at one fixed quality."""
    shown = f"oimg optimize -f {kind} -q {{q}} -o DIR FILES"

    def commands(work: Work) -> list[list[str]]:
        folder = str(work.files[0][1].parent)
        options = ("-f", kind, "-q", f"{work.quality:g}", "--on-conflict", "overwrite", "-o", folder)
        return [[*oimg_command(*options), *(str(source) for source, _ in work.files)]]

    asked = (sys.executable, "-m", "oimg", "--version")
    return Tool("OIMG at one quality", kind, _HIGH if kind == "avif" else _LADDER, shown, commands, asked)


def catalogue(places: Places) -> list[Tool]:
    """Every peer that the benchmark knows, found or not."""
    cwebp = "cwebp -quiet -metadata none"
    im = "convert {in} -strip -quality {q}"
    return [
        *(oimg_fixed(kind) for kind in ("jpeg", "webp", "avif", "jxl")),
        sharp("sharp, mozjpeg", "jpeg", places, {"mozjpeg": True}, qualities=_LADDER),
        sharp(
            "sharp, mozjpeg 4:4:4", "jpeg", places,
            {"mozjpeg": True, "chromaSubsampling": "4:4:4"}, qualities=_LADDER,
        ),
        sharp("sharp", "webp", places, {}, qualities=_LADDER),
        sharp(
            "sharp, strongest", "webp", places,
            {"effort": 6, "smartSubsample": True, "smartDeblock": True}, qualities=_LADDER, strongest=True,
        ),
        sharp("sharp", "avif", places, {}, qualities=_HIGH),
        sharp("sharp", "png", places, {"compressionLevel": 9}, qualities=(0,), lossless=True),
        sharp("sharp, palette", "png", places, {"palette": True, "effort": 10}, qualities=(50, 70, 80, 90, 96, 100)),
        package("slimg", "jpeg", places, _LADDER, "slimg.convert(image, 'jpeg', {q})"),
        package("slimg", "webp", places, _LADDER, "slimg.convert(image, 'webp', {q})"),
        package("slimg", "avif", places, _HIGH, "slimg.convert(image, 'avif', {q})"),
        package("slimg", "jxl", places, _LADDER, "slimg.convert(image, 'jxl', {q})"),
        package("slimg lossless", "png", places, (80,), "slimg.convert(image, 'png', 80)", lossless=True),
        package("oxipng 2", "png", places, (2,), "oxipng -o 2 --strip safe", lossless=True),
        package("oxipng 4", "png", places, (4,), "oxipng -o 4 --strip safe", lossless=True, strongest=True),
        program("libvips", "jpeg", "vips jpegsave {in} {out} --Q {q} --optimize-coding --interlace --strip"),
        program("libvips", "webp", "vips webpsave {in} {out} --Q {q} --smart-subsample --strip"),
        program("libvips", "avif", "vips heifsave {in} {out} --Q {q} --compression av1 --strip", qualities=_HIGH),
        program("ImageMagick", "jpeg", f"{im} -sampling-factor 4:2:0 -interlace JPEG {{out}}", version=_CONVERT),
        program("ImageMagick", "webp", f"{im} {{out}}", version=_CONVERT),
        program("jpegoptim", "jpeg", "jpegoptim -q -m{q} --strip-all {out}", in_place=True, takes_jpeg=True),
        optimize_images("jpeg", places, _LADDER, "-q {q}"),
        optimize_images("png", places, (0,), "", lossless=True),
        program("cwebp", "webp", f"{cwebp} -q {{q}} {{in}} -o {{out}}", version="cwebp -version"),
        program(
            "cwebp, strongest", "webp", f"{cwebp} -m 6 -sharp_yuv -q {{q}} {{in}} -o {{out}}",
            version="cwebp -version", strongest=True,
        ),
        avifenc("avifenc", 6),
        avifenc("avifenc, strongest", 4, strongest=True),
        program("cjxl", "jxl", "cjxl --quiet -q {q} --num_threads=0 {in} {out}"),
        program("cjxl, strongest", "jxl", "cjxl --quiet -q {q} -e 9 --num_threads=0 {in} {out}", strongest=True),
        program(
            "pngquant", "png", "pngquant --quality 0-{q} --speed 3 --strip --force -o {out} {in}",
            qualities=(50, 65, 75, 85, 92, 100),
        ),
        program(
            "optipng", "png", "optipng -quiet -o2 -strip all -clobber -out {out} {in}", qualities=(0,), lossless=True,
        ),
    ]  # fmt: skip


def usable(places: Places, *, quick: bool) -> tuple[list[tuple[Tool, str]], list[Tool]]:
    """Peers that run here with their versions, and those that do not."""
    told: dict[tuple[str, ...], str | None] = {}
    found, missing = [], []
    for tool in catalogue(places):
        if quick and tool.strongest:
            continue
        if tool.version not in told:
            told[tool.version] = tool.found()
        version = told[tool.version]
        if version is None:
            missing.append(tool)
        else:
            found.append((tool, version))
    return found, missing


def cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0))
