"""Where a result differs from its picture, both as pixels of the screen: local scores, and how they are painted."""

from __future__ import annotations

from typing import TypeAlias, cast

import numpy as np
import numpy.typing as npt

from oimg.engine.codecs import ENCODERS
from oimg.engine.metrics import heatmap
from oimg.engine.metrics.ssimulacra2 import Reference
from oimg.engine.metrics.ssimulacra2_constants import FloatArray
from oimg.engine.search import shown
from oimg.engine.steps import color, geometry
from oimg.words.images import DecodedImage, Format, Frame
from oimg.words.recipe import background_rgb

Screen: TypeAlias = npt.NDArray[np.uint8]


def local_scores(before: Screen, after: Screen, target: Format, background: str) -> FloatArray:
    """Give scores of 8 by 8 pixels, 0 to 100; `before` is first made what the target can carry, of the same size."""
    image = DecodedImage((Frame(before),))
    image = color.fit_to(image, ENCODERS[target].capabilities, background_rgb(background)).image
    image = geometry.scale_to(image, (after.shape[1], after.shape[0]))
    return heatmap.local_scores(Reference(shown(image, image.pixels)), after)


def painted(cells: FloatArray, size: tuple[int, int], gain: float) -> Screen:
    """Paint scores in their colours, what is missing to 100 made `gain` times larger."""
    return heatmap.paint(cast("FloatArray", 100 - gain * (100 - cells)), size)
