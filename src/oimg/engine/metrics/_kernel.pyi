from typing import Final

import numpy as np
import numpy.typing as npt

FORMULA: Final[tuple[object, ...]]

def plane_floats(height: int, width: int, /) -> int: ...
def cell_floats(height: int, width: int, /) -> int: ...
def prepare(
    pixels: npt.NDArray[np.uint8], light: npt.NDArray[np.float32], planes: npt.NDArray[np.float32], /
) -> None: ...
def compare(
    planes: npt.NDArray[np.float32],
    pixels: npt.NDArray[np.uint8],
    light: npt.NDArray[np.float32],
    sums: npt.NDArray[np.float64],
    cells: npt.NDArray[np.float32] | None,
    /,
) -> None: ...
def compare_pixels(
    original: npt.NDArray[np.uint8],
    original_light: npt.NDArray[np.float32],
    pixels: npt.NDArray[np.uint8],
    light: npt.NDArray[np.float32],
    sums: npt.NDArray[np.float64],
    cells: npt.NDArray[np.float32] | None,
    /,
) -> None: ...
