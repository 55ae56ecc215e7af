"""A bare Debian 12 gets the package, works with it, and loses it: nothing is left but the user's own files.

The archive of it is made by packaging/linux/bare_root.sh, before the tests: they have no network. `.ci/run` does that.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pillow_heif
import pillow_jxl  # noqa: F401 - registers itself with Pillow
import pytest
from PIL import Image

import oimg
from engine_pictures import drawing, photo
from packaging_help import ROOT, run

pytestmark = [pytest.mark.packaging, pytest.mark.timeout(1800)]
ARCHIVE = Path(os.environ.get("OIMG_BARE_ROOT", "/var/tmp/oimg-bare-bookworm.tar"))  # noqa: S108 - only read
# What apt, dpkg and the loader note of every package that ever was there.
NOTES = ("./var/cache/", "./var/lib/apt/", "./var/lib/dpkg/", "./var/log/", "./etc/ld.so.cache", "./run/", "./tmp/")


@dataclass(frozen=True, slots=True)
class Debian:
    """A root folder with a system in it, and the home of its one user."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home" / "ada"

    def command(self, *words: str, **environment: str) -> list[str]:
        """What runs a program in it: without our environment, and without any network device."""
        known = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/home/ada", "LANG": "C.UTF-8", **environment}
        enter = ["unshare", "--mount", "--pid", "--net", "--fork", "--kill-child"]
        script = 'mount -t proc proc "$0/proc" 2>/dev/null; exec env -i "$@"'
        settings = [f"{name}={value}" for name, value in known.items()]
        return [*enter, "sh", "-c", script, str(self.root), *settings, "chroot", str(self.root), *words]

    def run(self, *words: str, **environment: str) -> str:
        return run(*self.command(*words, **environment))

    def files(self) -> set[str]:
        return set(run("sh", "-c", 'cd "$0" && find . -xdev', self.root).splitlines())


@pytest.fixture
def debian(tmp_path: Path) -> Iterator[Debian]:
    if os.geteuid() != 0:
        pytest.skip("NOT TESTED: only root can work in another root folder")
    if not ARCHIVE.is_file():
        pytest.skip(f"NOT TESTED: no {ARCHIVE}: packaging/linux/bare_root.sh makes it, with debootstrap and a mirror")
    if subprocess.run(["unshare", "--mount", "--pid", "--net", "--fork", "true"], check=False).returncode != 0:
        pytest.skip("NOT TESTED: this machine lets nobody have a namespace of its own")
    root = tmp_path / "root"
    root.mkdir()
    run("tar", "-C", root, "-xf", ARCHIVE)
    yield Debian(root)
    shutil.rmtree(root, ignore_errors=True)


def put_pictures(folder: Path, corpus: Path | None) -> list[str]:
    """Files of several formats: real ones where they are at hand."""
    folder.mkdir(parents=True)
    Image.fromarray(drawing(400, 300)).save(folder / "drawing.png")
    Image.fromarray(photo(640, 480)).save(folder / "photo.jpg", quality=98)
    Image.fromarray(photo(320, 240)).save(folder / "lossless.webp", lossless=True)
    Image.fromarray(photo(320, 240)).save(folder / "plain.tif")
    Image.fromarray(photo(96, 96)).save(folder / "small.avif", quality=100)
    Image.fromarray(drawing(200, 150)).save(folder / "drawing.gif")
    Image.fromarray(drawing(200, 150)).save(folder / "drawing.bmp")
    pillow_heif.register_heif_opener()
    for suffix in ("heic", "jxl"):
        Image.fromarray(photo(192, 128)).save(folder / f"photo-in.{suffix}", quality=95)
    for name in ("conformance/heic/zPug_3.heic", "conformance/jxl/bicycles.jxl", "conformance/avif/exif.avif"):
        if corpus is not None:
            shutil.copyfile(corpus / name, folder / Path(name).name)
    return sorted(path.name for path in folder.iterdir())


@pytest.fixture
def real() -> Path | None:
    """The corpus of real pictures, where it is."""
    folder = ROOT.parent / "shared" / "corpus"
    return folder if folder.is_dir() else None


def test_installed_used_and_purged(deb: Path, debian: Debian, real: Path | None) -> None:
    names = put_pictures(debian.home / "Pictures", real)
    before = debian.files()
    shutil.copyfile(deb, debian.root / "tmp" / deb.name)
    install = ("apt-get", "install", "--yes", "--no-install-recommends", f"/tmp/{deb.name}")  # noqa: S108 - in the root
    debian.run(*install, DEBIAN_FRONTEND="noninteractive")
    loads_everything(debian)
    answers(debian)
    optimizes(debian, names)
    replaces_and_takes_back(debian)
    speaks_german(debian)
    shows_a_window(debian)
    debian.run("apt-get", "purge", "--yes", "oimg", DEBIAN_FRONTEND="noninteractive")
    debian.run("apt-get", "autoremove", "--purge", "--yes", DEBIAN_FRONTEND="noninteractive")
    left = {name for name in debian.files() - before if not name.startswith(NOTES)}
    assert {name for name in left if not name.startswith("./home/ada/")} == set()
    assert "oimg" not in debian.run("dpkg-query", "-W", "-f", "${Package} ")


def loads_everything(debian: Debian) -> None:
    """The loader finds every library of every library in the package and what it depends on."""
    script = "find /usr/lib/oimg -name '*.so*' -type f -exec ldd {} + | grep 'not found' || true"
    assert debian.run("sh", "-c", script) == ""


def answers(debian: Debian) -> None:
    assert debian.run("oimg", "--version") == f"oimg {oimg.__version__}\n"
    assert debian.run("oimg-gui", "--version") == f"oimg {oimg.__version__}\n"
    told = json.loads(debian.run("oimg", "doctor", "--json"))
    text = json.dumps(told)
    assert all(name in text for name in ("jpeg", "avif", "jxl", "heic", "libheif", "pyoxipng"))
    plain = debian.run("oimg", "doctor")
    assert "a compiled kernel" in plain
    assert plain.count("\n  on ") == 3
    assert "OFF" not in plain


def optimizes(debian: Debian, names: list[str]) -> None:
    printed = debian.run("oimg", "optimize", "--json", "/home/ada/Pictures", "-o", "/home/ada/Small")
    events = [json.loads(line) for line in printed.splitlines()]
    outcomes = {Path(each["source"]).name: each["outcome"] for each in events if each["event"] == "file"}
    assert sorted(outcomes) == names
    assert set(outcomes.values()) <= {"optimized", "kept"}
    assert {name for name, outcome in outcomes.items() if outcome == "optimized"} >= {
        "drawing.png",
        "lossless.webp",
        "photo.jpg",
        "plain.tif",
    }
    for target in ("jxl", "avif", "webp"):
        debian.run("oimg", "optimize", "/home/ada/Pictures/photo.jpg", "-o", f"/home/ada/photo.{target}")
        assert (debian.home / f"photo.{target}").stat().st_size > 0
    for source in ("heic", "jxl", "avif"):
        name = "small" if source == "avif" else "photo-in"
        debian.run("oimg", "optimize", f"/home/ada/Pictures/{name}.{source}", "-o", f"/home/ada/from-{source}.png")
        with Image.open(debian.home / f"from-{source}.png") as picture:
            assert picture.format == "PNG"


def replaces_and_takes_back(debian: Debian) -> None:
    picture = debian.home / "Pictures" / "photo.jpg"
    original = picture.read_bytes()
    debian.run("oimg", "optimize", "/home/ada/Pictures/photo.jpg", "--in-place")
    assert len(picture.read_bytes()) < len(original)
    debian.run("oimg", "undo")
    assert picture.read_bytes() == original


def speaks_german(debian: Debian) -> None:
    assert "Bilder" in debian.run("oimg", "--help", LANGUAGE="de")


# Start a program, wait for a file, and end the program as the desktop would; gives its exit code.
_SHOWN = """
"$1" --quick "$2" &
tried=0
until [ -e "$3" ]; do
  kill -0 $! || exit 98
  tried=$((tried + 1)); [ $tried -lt 3000 ] || exit 99
  sleep 0.1
done
kill -TERM $!
wait $!
"""


def shows_a_window(debian: Debian) -> None:
    """The small window works on a picture, and ends when it is told to."""
    source, result = "/home/ada/Pictures/photo.jpg", "/home/ada/Pictures/photo_optimized.jpg"
    debian.run("sh", "-c", _SHOWN, "sh", "oimg-gui", source, result, QT_QPA_PLATFORM="offscreen")
    assert (debian.root / result[1:]).stat().st_size > 0
