"""The child's side: read a request, make the native call, answer; end when the parent is gone."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable
from typing import Any, BinaryIO, Final

from oimg.engine import allocation
from oimg.words.netguard import audit


def oxipng(payload: bytes, options: dict[str, Any]) -> bytes:
    """Losslessly recompress a PNG file at `level` 0 to 6; `unfilter` stores plain rows for reading 16 bits."""
    import oxipng as library  # noqa: PLC0415 - only this call needs it

    if options.get("unfilter"):
        return library.optimize_from_memory(
            payload,
            level=0,
            force=True,
            filter=[library.RowFilter.NoOp],
            interlace=library.Interlacing.Off,
            bit_depth_reduction=False,
            color_type_reduction=False,
            palette_reduction=False,
            grayscale_reduction=False,
            deflate=library.Deflaters.libdeflater(1),
        )
    return library.optimize_from_memory(
        payload,
        level=options["level"],
        interlace=library.Interlacing.Off,
        strip=library.StripChunks.none(),
        optimize_alpha=False,
        timeout=options.get("seconds", 120),
    )


def mozjpeg(payload: bytes, options: dict[str, Any]) -> bytes:
    """Repack a JPEG that OIMG did not write. The library ends the process if a coefficient is out of range."""
    import mozjpeg_lossless_optimization as library  # noqa: PLC0415 - only this call needs it

    del options
    packed: bytes = library.optimize(payload, library.COPY_MARKERS.ALL)
    return packed


def decode(payload: bytes, options: dict[str, Any]) -> bytes:
    """Decode a file and discard the result: the parent wants to know whether this process survives it."""
    from oimg.engine.codecs import CODECS  # noqa: PLC0415 - a child that packs PNGs needs none of them
    from oimg.words.images import Format, Limits  # noqa: PLC0415

    CODECS[Format(options["format"])].decode(payload, Limits(**options["limits"]))
    return b""


def damage(payload: bytes, options: dict[str, Any]) -> bytes:
    """Whether a JPEG's data is damaged: libjpeg silently fills in what is missing, jpegli counts it."""
    del options
    try:
        import pyjpegli  # noqa: PLC0415 - only this call needs it

        pyjpegli.decode(payload, None)
    except ImportError:  # no wheel for this machine
        return b""
    except RuntimeError as error:  # other messages: kinds of JPEG that it cannot read, which libjpeg decides on
        return str(error).encode() if "corrupt JPEG data" in str(error) else b""
    return b""


def pages(payload: bytes, options: dict[str, Any]) -> bytes:
    """Decode the pages of a TIFF file one after the other and discard them; `decode` would hold all of them."""
    del options
    from oimg.engine.codecs.base import open_pillow  # noqa: PLC0415 - a child that packs PNGs does not need it

    with open_pillow(payload, "TIFF") as image:
        for number in range(getattr(image, "n_frames", 1)):
            image.seek(number)
            image.load()
    return b""


CALLS: Final[dict[str, Callable[[bytes, dict[str, Any]], bytes]]] = {
    "oxipng": oxipng,
    "mozjpeg": mozjpeg,
    "decode": decode,
    "damage": damage,
    "pages": pages,
}


def serve(requests: BinaryIO, answers: BinaryIO) -> None:
    """Answer requests until the pipe closes."""
    while line := requests.readline():
        request = json.loads(line)
        payload = requests.read(request["bytes"])
        if len(payload) != request["bytes"]:
            return
        try:
            head: dict[str, Any] = {"ok": True}
            result = CALLS[request["call"]](payload, request["options"])
        except Exception as error:  # noqa: BLE001 - whatever it is, its text goes to the parent
            result, head = b"", {"ok": False, "error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps({**head, "bytes": len(result)}).encode() + b"\n")
        answers.write(result)
        answers.flush()


def die_with_parent() -> None:
    """Ask Linux to end this process when the thread that started it ends, even in the middle of a call."""
    if not sys.platform.startswith("linux"):
        return
    import ctypes  # noqa: PLC0415
    import signal  # noqa: PLC0415

    pr_set_pdeathsig = 1  # linux/prctl.h
    parent = os.getppid()
    ctypes.CDLL(None).prctl(pr_set_pdeathsig, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:  # the parent ended in between
        sys.exit(0)


def main() -> None:
    """Serve the parent over the standard pipes."""
    audit.arm()  # the kernel filter is inherited; the hook that names what was tried is not
    import signal  # noqa: PLC0415

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C reaches the whole group; the parent decides
    os.environ.setdefault("RAYON_NUM_THREADS", "1")
    die_with_parent()
    allocation.keep()
    answers = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)  # what a library prints must not end up among the answers
    serve(sys.stdin.buffer, answers)


if __name__ == "__main__":
    main()
