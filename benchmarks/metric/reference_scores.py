"""Score fixed picture pairs with an `ssimulacra2` binary and write them as JSON for the tests.

Usage: PYTHONPATH=tests python benchmarks/metric/reference_scores.py BINARY VERSION CORPUS > OUT.json

BINARY is any build of the reference tool (https://github.com/cloudinary/ssimulacra2; Debian 13 has it in
libjxl-devtools), VERSION is free text that says which one it is, CORPUS is the shared corpus of pictures.
Every distortion is made of integer arithmetic (tests/metric_pictures.py), so the tests can make the same
pairs again from what the file says about them; SHA-256 sums of the pixels prove it.
"""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from PIL import Image

import metric_pictures

# Original, then the distortions scored against it. A photo is a path in the corpus; a generated picture is a
# maker's name with its arguments (seed, height, width and so on).
PAIRS: list[tuple[str | list[Any], list[tuple[str, int]]]] = [
    ("photos/lossless/kodim13.png", [("blocks", 2), ("noise", 12)]),
    ("photos/lossless/kodim15.png", [("box_blur", 1), ("posterize", 8)]),
    ("photos/lossless/kodim19.png", [("blocks", 4), ("dull_color", 3)]),
    ("photos/lossless/kodim23.png", [("posterize", 16), ("noise", 5)]),
    ("photos/lossless/city-lossless.png", [("box_blur", 1), ("blocks", 1)]),
    ("photos/lossless/flowers-lossless.png", [("noise", 20), ("blocks", 3)]),
    ("photos/lossless/night-lossless.png", [("blocks", 2), ("brighten", 6)]),
    ("photos/lossless/7552578.png", [("box_blur", 2), ("posterize", 4)]),
    (["texture", 1, 240, 321], [("blocks", 3), ("noise", 8), ("shift", 1)]),
    (["boxes", 2, 257, 300], [("box_blur", 1), ("posterize", 12), ("dull_color", 2)]),
    (["clouds", 3, 200, 200, 1], [("noise", 6), ("posterize", 6)]),
    (["cutout", 4, 230, 250], [("blocks", 4), ("noise", 16)]),
]


def original_of(source: str | list[Any], corpus: Path) -> tuple[npt.NDArray[np.uint8], dict[str, Any]]:
    if isinstance(source, list):
        name, *arguments = source
        return metric_pictures.ORIGINALS[name](*arguments), {"maker": name, "arguments": arguments}
    path = corpus / source
    pixels = np.asarray(Image.open(path).convert("RGB"))
    return pixels, {"file": source, "file_sha256": hashlib.sha256(path.read_bytes()).hexdigest()}


def tool_score(binary: str, original: npt.NDArray[np.uint8], candidate: npt.NDArray[np.uint8]) -> float:
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / "original.png", Path(folder) / "candidate.png"]
        for path, pixels in zip(paths, (original, candidate), strict=True):
            Image.fromarray(pixels[..., 0] if pixels.shape[2] == 1 else pixels).save(path)
        done = subprocess.run([binary, *paths], check=True, capture_output=True, text=True)
    return float(done.stdout)


def main(binary: str, version: str, corpus: Path) -> None:
    pairs = []
    for source, distortions in PAIRS:
        original, described = original_of(source, corpus)
        for name, strength in distortions:
            candidate = metric_pictures.distort(original, name, strength)
            pairs.append(
                {
                    "original": described,
                    "distortion": name,
                    "strength": strength,
                    "original_pixels_sha256": metric_pictures.digest(original),
                    "candidate_pixels_sha256": metric_pictures.digest(candidate),
                    "score": tool_score(binary, original, candidate),
                }
            )
    print(json.dumps({"tool": version, "pairs": pairs}, indent=1))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]))
