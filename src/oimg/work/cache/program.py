"""What a result depends on besides picture and recipe: the versions of OIMG and of its libraries."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Final

from oimg import __version__, engine

# Packages whose code affects bytes or pixels of a result, by the names of their metadata folders.
_LIBRARIES: Final = frozenset(
    {
        *("pillow", "numpy", "pillow_avif_plugin", "pillow_heif", "pillow_jxl_plugin", "imagequant", "pyjpegli"),
        *("mozjpeg_lossless_optimization", "pyoxipng", "brotli", "piexif"),
    }
)
_METADATA: Final = (".dist-info", ".egg-info")


@lru_cache(maxsize=1)
def fingerprint() -> bytes:
    """A digest that changes with OIMG's version, the engine's files and the versions of its libraries.

    Nothing is imported for it, which would take longer than a small picture: the names of the metadata folders that
    installers create contain the versions.
    """
    told = sorted({*_engine(), *_libraries()})
    facts = "\n".join((__version__, sys.implementation.cache_tag or "", *told))
    return hashlib.blake2b(facts.encode(errors="surrogateescape"), digest_size=32).digest()


def _engine() -> Iterator[str]:
    """Every file of the engine with its size and date; a bundle may have none."""
    stack = [Path(each) for each in engine.__path__]
    while stack:
        try:
            with os.scandir(stack.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        if entry.name != "__pycache__":
                            stack.append(Path(entry.path))
                    else:
                        facts = entry.stat()
                        yield f"{entry.path} {facts.st_size} {facts.st_mtime_ns}"
        except OSError:
            continue


def _libraries() -> Iterator[str]:
    """The metadata folders, such as pillow-12.0.0.dist-info, of the installed libraries."""
    for folder in dict.fromkeys(sys.path):
        try:
            with os.scandir(folder or ".") as entries:
                for entry in entries:
                    if entry.name.endswith(_METADATA):
                        name = entry.name.partition("-")[0].lower().replace(".", "_")
                        if name in _LIBRARIES:
                            yield entry.name
        except OSError:  # a zip file, or nothing at all
            continue
