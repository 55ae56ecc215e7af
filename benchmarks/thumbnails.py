"""How well `oimg.engine.thumbnails` tells true thumbnails from false ones, over every picture below a folder.

    python benchmarks/thumbnails.py ../shared/corpus

Prints, for each picture with a thumbnail in its EXIF block, how like the two are, and then the false pairs (each
thumbnail with every other picture, copies of one picture left out) that come nearest to being taken for true.
"""  # fmt: skip

from __future__ import annotations

import sys
from io import BytesIO
from itertools import permutations
from pathlib import Path

from oimg.engine.codecs import detect
from oimg.engine.metadata import exif
from oimg.engine.thumbnails import decode, gray, likeness
from oimg.words.errors import OimgError
from oimg.words.images import Limits

_COPY = 2.0  # 8-bit steps: one picture in two files


def main(folder: Path) -> None:
    """Measure and print."""
    pairs = []
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        data = path.read_bytes()
        try:
            codec = detect(data[:64])
            small = decode(exif.parse(codec.read_metadata(data)[0].exif).thumbnail)
            if small is None:
                continue
            codec.probe(BytesIO(data))
            picture = gray(codec.decode(data, Limits()))
        except (OimgError, exif.BadExif):
            continue
        pairs.append((path.name, picture, gray(small)))
    for name, picture, small in pairs:
        found = likeness(picture, small)
        print(f"{found.correlation:7.3f} {found.worst:6.1f}  {'same' if found.same else 'OTHER':5}  {name}")
    strangers = [
        (one, other)
        for one, other in permutations(pairs, 2)
        if one[1].shape != other[1].shape or abs(one[1] - other[1]).mean() > _COPY
    ]
    wrong = [(likeness(one[1], other[2]), one[0], other[0]) for one, other in strangers]
    wrong.sort(key=lambda each: -each[0].correlation)
    print(f"\n{len(wrong)} false pairs, {sum(each[0].same for each in wrong)} of them taken for true; the nearest:")
    for found, one, other in wrong[:10]:
        print(f"{found.correlation:7.3f} {found.worst:6.1f}  {one} / {other}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
