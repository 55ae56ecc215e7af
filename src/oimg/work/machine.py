"""What this machine has: codecs, processors, memory; and the state of the program on it."""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path

from oimg import __version__
from oimg.words import netguard
from oimg.words.answers import CodecState, Diagnosis, GuardLayer
from oimg.words.errors import OimgError


def diagnosis(
    folders: tuple[tuple[str, Path], ...], workers: int, memory_limit: int, cache_bytes: int, notes: tuple[str, ...]
) -> Diagnosis:
    """The state of the program; every layer of the network guard is tried out."""
    import platform  # noqa: PLC0415 - slow to import, and only needed here

    from oimg.engine.metrics import back_end  # noqa: PLC0415

    return Diagnosis(
        __version__,
        platform.python_version(),
        platform.platform(),
        codec_states(),
        back_end.chosen(),
        tuple(GuardLayer(name, armed, detail) for name, armed, detail in netguard.state()),
        folders,
        workers,
        memory_limit,
        cache_bytes,
        notes,
    )


def codec_states() -> tuple[CodecState, ...]:
    """Every format with its library, which is loaded to find out."""
    from oimg.engine.codecs import CODECS, ENCODERS  # noqa: PLC0415 - loads libraries

    states = []
    for format_, codec in CODECS.items():
        try:
            states.append(CodecState(format_, codec.library(), reads=True, writes=format_ in ENCODERS))
        except OimgError as error:
            states.append(CodecState(format_, error.detail, reads=False, writes=False))
    return tuple(states)


def usable_cores() -> int:
    """Processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0)) or 1
    return os.cpu_count() or 1


def quarter_of_memory() -> int:
    """A quarter of the machine's memory, in bytes; 2 GiB where that is not known."""
    if hasattr(os, "sysconf"):  # not on Windows
        with suppress(ValueError, OSError):
            return int(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")) // 4
    return 2 << 30
