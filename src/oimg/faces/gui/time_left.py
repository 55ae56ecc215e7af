"""The time left, smoothed for display: estimates jump, but the display counts down like a clock."""

from __future__ import annotations

import math
from typing import Final

# In so many seconds most of a new estimate is believed.
_CALM: Final = 6.0
# What is shown changes by less than this share of a step only when it has to.
_SLACK: Final = 0.75


class TimeLeft:
    """Follows estimates slowly, and returns whole steps that do not flicker."""

    def __init__(self) -> None:
        self._left: float | None = None
        self._at = 0.0
        self._shown: int | None = None

    def follow(self, estimate: float | None, now: float, *, held: bool = False) -> int | None:
        """Add an estimate in seconds; returns the seconds to show. While `held`, the clock stands still."""
        if estimate is None:
            return self._shown
        passed, self._at = max(0.0, now - self._at), now
        if self._left is None:
            self._left = estimate
        elif not held:
            left = max(0.0, self._left - passed)
            self._left = left + (estimate - left) * (1 - math.exp(-passed / _CALM))
        self._shown = self._stepped(self._left)
        return self._shown

    def _stepped(self, left: float) -> int:
        step = 5 if left < 60 else 15 if left < 600 else 60
        if self._shown is not None and abs(left - self._shown) < _SLACK * step and self._shown >= step:
            return self._shown
        return max(step, round(left / step) * step)
