"""Measure what packing a JPEG's own coefficients takes off: the ground of `_PACKED_SHARE` in engine/transform.py.

Usage: python benchmarks/search/packing.py FOLDER   (JPEGs under 20 kB are left out; metadata is taken off first)
"""

from __future__ import annotations

import sys
from io import BytesIO
from pathlib import Path

from oimg.engine.codecs.jpeg import CODEC
from oimg.engine.containers import jpeg as container
from oimg.words.errors import OimgError
from oimg.words.images import Metadata


def main() -> None:
    rows = []
    for path in sorted(each for each in Path(sys.argv[1]).rglob("*") if each.is_file()):
        untrusted = path.read_bytes()
        if not CODEC.sniff(untrusted[:64]) or len(untrusted) < 20_000:
            continue
        try:
            header = container.header(BytesIO(untrusted))
            coded = container.rewrite(untrusted, Metadata(), b"")
            rows.append((len(CODEC.finish(coded, 5)) / len(coded), len(coded) / header.pixels, path.name))
        except OimgError:
            continue
    print(f"{len(rows)} pictures")
    for share, density, name in sorted(rows)[:8]:
        print(f"  left {share:6.1%}  {density:5.2f} bytes a pixel  {name}")


if __name__ == "__main__":
    main()
