"""Environment variables for libraries, set before any of them is loaded; the user's own values are kept."""

from __future__ import annotations

import os
from types import MappingProxyType
from typing import Final

DEFAULTS: Final = MappingProxyType(
    {
        # One picture is worked on by one thread; a BLAS with threads of its own would fight the workers.
        "OPENBLAS_NUM_THREADS": "1",
        # NumPy asks Linux for pages of 2 MiB for every large array; finding and clearing them took up to a fifth of a
        # photo's time in a virtual machine (benchmarks/batch.py), and pixels gain nothing from them.
        "NUMPY_MADVISE_HUGEPAGE": "0",
        # Pillow gives back the memory of every picture it let go; with some blocks of 16 MiB kept, decoding photos took
        # a fifth less time (benchmarks/batch.py).
        "PILLOW_BLOCKS_MAX": "8",
        # SVT-AV1 would print a page per picture.
        "SVT_LOG": "0",
    }
)


def prepare() -> None:
    """Set the variables that are not set yet."""
    for name, value in DEFAULTS.items():
        os.environ.setdefault(name, value)
