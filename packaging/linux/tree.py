"""Puts the files of the Linux packages together below a root folder: the bundle, and all that the desktop knows it by.

python packaging/linux/tree.py BUNDLE ROOT
"""

from __future__ import annotations

import datetime as dt
import gzip
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

import bundle
import completions
import debian_copyright
import manual
import menus

HERE: Final = Path(__file__).resolve().parent
LIBRARIES: Final = "usr/lib/oimg"


def epoch() -> int:
    """The time that all files of a package get: that of the last commit, as build.sh tells it."""
    return int(os.environ["SOURCE_DATE_EPOCH"])


def date() -> dt.date:
    """The day of it."""
    return dt.datetime.fromtimestamp(epoch(), dt.UTC).date()


def put_together(built: Path, root: Path) -> None:
    """Write the whole tree."""
    programs(built, root)
    surroundings(root)
    _documents(root)
    menus.install_into(root)
    for path in root.rglob("*"):
        if not path.is_symlink():
            path.chmod(0o755 if path.is_dir() or path.parent == root / LIBRARIES else 0o644)
        os.utime(path, (epoch(), epoch()), follow_symlinks=False)


def programs(built: Path, root: Path) -> None:
    """Write the bundle, and the links by which it is found."""
    libraries = root / LIBRARIES
    shutil.copytree(built, libraries, symlinks=True)
    for path in sorted(libraries.rglob("*.so*")):
        if not path.is_symlink():  # and not the programs, which carry their modules behind their end
            _strip(path)
    for program in bundle.PROGRAMS:
        link = root / "usr/bin" / program.name
        link.parent.mkdir(parents=True, exist_ok=True)
        link.symlink_to(f"../lib/oimg/{program.name}")


def surroundings(root: Path) -> None:
    """Write what desktops and shells know the programs by."""
    _desktop(root)
    _icons(root)
    _manual(root)
    completions.write(root)


def _strip(path: Path) -> None:
    """Take symbols out that nobody needs, unless `strip` breaks the file: it does where a wheel was patched before."""
    thinner = path.with_name(f"{path.name}.thinner")
    subprocess.run(["strip", "--strip-unneeded", "-o", thinner, path], check=True)
    if is_loadable(thinner):
        thinner.replace(path)
    else:
        thinner.unlink()


def is_loadable(path: Path) -> bool:
    """Tell whether all parts lie in the file as they will lie in memory, page for page: the loader wants it so."""
    told = subprocess.run(["readelf", "-lW", path], check=True, capture_output=True, text=True).stdout
    # Type, offset, virtual address, physical address, two sizes, flags (which may be apart) and alignment
    loads = [line.split() for line in told.splitlines() if line.strip().startswith("LOAD ")]
    return all((int(each[1], 16) - int(each[2], 16)) % int(each[-1], 16) == 0 for each in loads)


def _desktop(root: Path) -> None:
    share = root / "usr/share"
    for name in ("oimg.desktop", "zz-oimg-open.desktop"):
        _write(share / "applications" / name, (HERE / name).read_text("utf-8"))
    text = (HERE / f"{bundle.IDENTIFIER}.metainfo.xml").read_text("utf-8")
    text = text.replace("@VERSION@", bundle.version()).replace("@DATE@", date().isoformat())
    _write(share / f"metainfo/{bundle.IDENTIFIER}.metainfo.xml", text)


def _icons(root: Path) -> None:
    icons = root / "usr/share/icons/hicolor"
    for drawn in sorted((bundle.ROOT / "assets/icons").iterdir()):
        _write(icons / drawn.name / "apps/oimg.png", (drawn / "oimg.png").read_bytes())
    scalable = bundle.source() / "oimg/faces/gui/icons/oimg.svg"
    _write(icons / "scalable/apps/oimg.svg", scalable.read_bytes())


def _manual(root: Path) -> None:
    folder = root / "usr/share/man/man1"
    manual.write(folder, bundle.version(), date())
    for page in sorted(folder.glob("*.1")):
        _write(page.with_suffix(".1.gz"), gzip.compress(page.read_bytes(), 9, mtime=0))
        page.unlink()


def _documents(root: Path) -> None:
    folder = root / "usr/share/doc/oimg"
    _write(folder / "copyright", debian_copyright.copyright_file())
    told = (bundle.ROOT / "CHANGELOG.md").read_text("utf-8")
    when = dt.datetime.fromtimestamp(epoch(), dt.UTC).strftime("%a, %d %b %Y %H:%M:%S +0000")
    entry = f"oimg ({bundle.version()}) stable; urgency=medium\n\n  * What changed is told in CHANGELOG.md.gz.\n\n"
    entry += f" -- The OIMG developers <developers@oimg.github.io>  {when}\n"
    _write(folder / "changelog.gz", gzip.compress(entry.encode(), 9, mtime=0))
    _write(folder / "CHANGELOG.md.gz", gzip.compress(told.encode(), 9, mtime=0))
    privacy = (bundle.ROOT / "PRIVACY.md").read_bytes()
    _write(folder / "PRIVACY.md.gz", gzip.compress(privacy, 9, mtime=0))
    _write(root / "usr/share/lintian/overrides/oimg", (HERE / "lintian-overrides").read_text("utf-8"))


def _write(path: Path, content: str | bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def elf_files(root: Path) -> list[Path]:
    """List programs and libraries below a folder."""
    return sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink() and _is_elf(path))


def _is_elf(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"\x7fELF"


def newest_symbol(paths: list[Path], library: str = "GLIBC") -> tuple[int, ...]:
    """Tell which version of the C library they need at least."""
    told = subprocess.run(["objdump", "-T", *paths], check=True, capture_output=True, text=True).stdout
    return max(tuple(map(int, each.split("."))) for each in re.findall(rf"\({library}_([\d.]+)\)", told))


if __name__ == "__main__":
    put_together(Path(sys.argv[1]), Path(sys.argv[2]))
