"""Run a Python package over a list of files, in whatever interpreter has it: slimg, or oxipng (PyPI: pyoxipng).

Usage: python packages.py slimg|oxipng JOB.json, or --version in place of the job.
JOB: {"format": "jpeg", "quality": 80, "parallel": 2, "files": [["in.png", "out.jpg"], ...]}
"""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.metadata import version
from pathlib import Path
from typing import Any


def slimg(job: dict[str, Any], source: str, output: str) -> None:
    import slimg as package  # type: ignore[import-not-found]  # noqa: PLC0415 - only where it is asked for

    made = package.convert(package.open(source), job["format"], round(job["quality"]))
    Path(output).write_bytes(made.data)


def oxipng(job: dict[str, Any], source: str, output: str) -> None:
    import oxipng as package  # noqa: PLC0415 - only where it is asked for

    made = package.optimize_from_memory(
        Path(source).read_bytes(), level=round(job["quality"]), strip=package.StripChunks.safe()
    )
    Path(output).write_bytes(made)


def main(name: str, job_path: str) -> None:
    if job_path == "--version":
        package = {"slimg": "slimg", "oxipng": "pyoxipng"}[name]
        print(f"{package} {version(package)}")
        return
    job = json.loads(Path(job_path).read_text(encoding="utf-8"))
    run = {"slimg": slimg, "oxipng": oxipng}[name]
    with ThreadPoolExecutor(job["parallel"]) as pool:
        list(pool.map(lambda pair: run(job, *pair), job["files"]))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
