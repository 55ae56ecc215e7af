"""The C kernel refuses what does not fit, lets other threads run, and is not missed where it is not built."""

from __future__ import annotations

import sys
import threading
import time

import numpy as np
import pytest

import metric_pictures
from oimg.engine.metrics import back_end, numpy_back_end
from oimg.engine.metrics.heatmap import Cells
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.engine.metrics.strips import sizes
from oimg.engine.metrics.sums import KEYS
from oimg.engine.metrics.xyb import light_table

pytestmark = pytest.mark.parametrize("in_use", ["native"], indirect=True)


@pytest.fixture
def kernel(in_use):  # noqa: ARG001
    from oimg.engine.metrics import _kernel

    return _kernel


def test_the_kernel_has_our_numbers(kernel):
    from oimg.engine.metrics.native_back_end import formula

    assert formula() == kernel.FORMULA


@pytest.mark.parametrize("size", [(8, 8), (9, 23), (100, 64), (131, 257), (1000, 777)])
def test_the_kernel_knows_how_much_memory_it_fills(kernel, size):
    places = {plane for plane, _, _ in KEYS}
    scales = sizes(*size)
    planes = [scales[scale] for scale, _ in places if scale < len(scales)]
    assert kernel.plane_floats(*size) == sum(height * (width + 8) for height, width in planes)
    assert kernel.cell_floats(*size) == Cells(*size).cells.size


def arguments(height=20, width=30, channels=3):
    """Everything that the kernel's functions take, and fitting."""
    pixels = metric_pictures.random_bytes(1, height, width, channels).astype(np.uint8)
    light = light_table(pixels, 0.1)
    return {
        "original": pixels,
        "original_light": light,
        "pixels": pixels.copy(),
        "light": light,
        "sums": np.full(len(KEYS), -1.0),
        "cells": np.zeros(Cells(height, width).cells.size, np.float32),
    }


def planes_of(kernel, given) -> np.ndarray:
    planes = np.zeros(kernel.plane_floats(*given["original"].shape[:2]), np.float32)
    kernel.prepare(given["original"], given["original_light"], planes)
    return planes


NOT_PIXELS = r"not 8-bit pixels|not contiguous"
WRONG_PIXELS = {
    "16 bit": np.zeros((20, 30, 3), np.uint16),
    "signed": np.zeros((20, 30, 3), np.int8),
    "boolean": np.zeros((20, 30, 3), bool),
    "two axes": np.zeros((20, 30), np.uint8),
    "four axes": np.zeros((20, 30, 3, 1), np.uint8),
    "five channels": np.zeros((20, 30, 5), np.uint8),
    "no channel": np.zeros((20, 30, 0), np.uint8),
    "low": np.zeros((7, 30, 3), np.uint8),
    "narrow": np.zeros((20, 7, 3), np.uint8),
    "empty": np.zeros((0, 30, 3), np.uint8),
    "bytes": bytes(1800),
    "too long": np.broadcast_to(np.zeros((1, 1, 1), np.uint8), (2**29, 8, 1)),
    "too many pixels": np.broadcast_to(np.zeros((1, 1, 1), np.uint8), (2**22, 2**22, 1)),
}
WRONG_FLOATS = {
    "short": lambda fitting: fitting[:-1].copy(),
    "long": lambda fitting: np.append(fitting, fitting[:1]),
    "strided": lambda fitting: np.repeat(fitting, 2)[::2],
    "backwards": lambda fitting: fitting[::-1],
    "integers": lambda fitting: fitting.astype(np.int32),
    "other floats": lambda fitting: fitting.astype(np.float64 if fitting.dtype == np.float32 else np.float32),
    "other byte order": lambda fitting: fitting.astype(fitting.dtype.newbyteorder()),
    "bytes": lambda fitting: fitting.tobytes(),
}


@pytest.mark.parametrize("wrong", WRONG_PIXELS)
@pytest.mark.parametrize("place", ["original", "pixels"])
def test_wrong_pixels_are_refused(kernel, place, wrong):
    given = arguments()
    planes = planes_of(kernel, given)
    given[place] = WRONG_PIXELS[wrong]
    with pytest.raises(ValueError, match=NOT_PIXELS):
        kernel.compare_pixels(*given.values())
    if place == "original":
        with pytest.raises(ValueError, match=NOT_PIXELS):
            kernel.prepare(given["original"], given["original_light"], planes)
    else:
        with pytest.raises(ValueError, match=NOT_PIXELS):
            kernel.compare(planes, *list(given.values())[2:])
    assert (given["sums"] == -1).all()


@pytest.mark.parametrize("wrong", WRONG_FLOATS)
@pytest.mark.parametrize("place", ["original_light", "light", "sums", "cells", "planes"])
def test_wrong_floats_are_refused(kernel, place, wrong):
    given = arguments()
    planes = planes_of(kernel, given)
    if place == "planes":
        with pytest.raises(ValueError, match="planes"):
            kernel.compare(WRONG_FLOATS[wrong](planes), *list(given.values())[2:])
        with pytest.raises(ValueError, match="planes"):
            kernel.prepare(given["original"], given["original_light"], WRONG_FLOATS[wrong](planes))
        return
    given[place] = WRONG_FLOATS[wrong](given[place])
    with pytest.raises(ValueError, match=place.removeprefix("original_")):
        kernel.compare_pixels(*given.values())


@pytest.mark.parametrize("place", ["sums", "cells", "planes"])
def test_what_is_filled_must_be_writable(kernel, place):
    given = arguments()
    planes = planes_of(kernel, given)
    locked = planes if place == "planes" else given[place]
    before = locked.copy()
    locked.flags.writeable = False
    call, given_now = kernel.compare_pixels, list(given.values())
    if place == "planes":
        call, given_now = kernel.prepare, [given["original"], given["original_light"], planes]
    with pytest.raises(ValueError, match=f"{place}: not contiguous, or read-only"):
        call(*given_now)
    assert np.array_equal(locked, before)


def test_light_must_fit_the_channels(kernel):
    opaque, clear = arguments(channels=3), arguments(channels=4)
    for given, light in ((opaque, clear["light"]), (clear, opaque["light"])):
        with pytest.raises(ValueError, match="light"):
            kernel.compare_pixels(*(given | {"light": light}).values())


def test_different_sizes_are_refused_by_the_kernel(kernel):
    given = arguments(20, 30) | {"original": arguments(30, 20)["original"]}
    with pytest.raises(ValueError, match="sizes differ"):
        kernel.compare_pixels(*given.values())


def test_what_is_no_array_is_refused(kernel):
    for place in arguments():
        if place != "cells":
            with pytest.raises(TypeError):
                kernel.compare_pixels(*(arguments() | {place: None}).values())
    with pytest.raises(TypeError):
        kernel.compare()


@pytest.mark.parametrize("size", [(7, 8), (8, 7), (-1, 20), (2**29, 8), (2**21, 2**21)])
def test_sizes_out_of_range_are_refused(kernel, size):
    for function in (kernel.plane_floats, kernel.cell_floats):
        with pytest.raises(ValueError, match="sides below 8, or too many pixels"):
            function(*size)


def test_refused_arguments_are_let_go(kernel):
    given = arguments()
    before = [sys.getrefcount(each) for each in given.values()]
    for wrong in ("pixels", "light", "sums", "cells"):
        with pytest.raises(ValueError, match=wrong):
            kernel.compare_pixels(*(given | {wrong: np.zeros(3, np.int16)}).values())
    kernel.compare_pixels(*given.values())
    assert [sys.getrefcount(each) for each in given.values()] == before
    # An array with an open buffer could not be resized.
    given["sums"].resize(99, refcheck=False)


@pytest.mark.parametrize("value", [np.nan, -np.nan, np.inf, -np.inf, 1e38, -1e38, 1e-45])
def test_floats_of_nonsense_harm_nobody(kernel, value):
    """Planes and light are only ever made here, but that the kernel stays within its memory must not depend on it."""
    given = arguments()
    planes = np.full_like(planes_of(kernel, given), value)
    kernel.compare(planes, *list(given.values())[2:])
    given["light"] = np.full_like(given["light"], value)
    kernel.compare_pixels(*given.values())
    kernel.prepare(given["original"], given["light"], planes)


def longest_pause(work) -> float:
    """The longest time that this thread cannot run while another one works, as a share of all the work."""
    worker = threading.Thread(target=work)
    begin = last = time.perf_counter()
    longest = 0.0
    worker.start()
    while worker.is_alive():
        time.sleep(0.0005)
        now = time.perf_counter()
        longest, last = max(longest, now - last), now
    worker.join()
    return longest / (last - begin)


@pytest.mark.usefixtures("kernel")
def test_other_threads_run_while_the_kernel_works():
    """A kernel that kept the GIL would stop this thread for a third of the time, in every attempt.

    A busy machine may stop it as well, hence several attempts.
    """
    original = np.tile(metric_pictures.texture(5, 150, 200), (10, 10, 1))
    candidate = original // 4 * 4
    reference = Reference(original)

    def work() -> None:
        for _ in range(3):
            reference.score(candidate)

    assert min(longest_pause(work) for _ in range(6)) < 0.25


@pytest.fixture
def no_kernel(monkeypatch):
    """As where no compiler was."""
    monkeypatch.delenv(back_end.VARIABLE)
    monkeypatch.setitem(sys.modules, "oimg.engine.metrics._kernel", None)
    monkeypatch.delattr("oimg.engine.metrics._kernel", raising=False)
    monkeypatch.delitem(sys.modules, "oimg.engine.metrics.native_back_end", raising=False)
    monkeypatch.delattr("oimg.engine.metrics.native_back_end", raising=False)
    back_end.is_native_there.cache_clear()
    yield
    back_end.is_native_there.cache_clear()


@pytest.mark.usefixtures("no_kernel")
def test_without_the_kernel_numpy_serves(monkeypatch):
    assert back_end.chosen() == "numpy"
    assert isinstance(back_end.prepare(np.zeros((8, 8, 3), np.uint8)), numpy_back_end.Original)
    monkeypatch.setenv(back_end.VARIABLE, "native")
    with pytest.raises(ImportError, match="the kernel is missing"):
        back_end.chosen()


def test_a_kernel_with_other_numbers_is_left_alone(kernel, request, monkeypatch):
    request.getfixturevalue("no_kernel")
    monkeypatch.setitem(sys.modules, "oimg.engine.metrics._kernel", kernel)
    monkeypatch.setattr("oimg.engine.metrics._kernel", kernel, raising=False)
    monkeypatch.setattr(kernel, "FORMULA", (*kernel.FORMULA[:-1], 0.001))
    assert back_end.chosen() == "numpy"
