"""A field of the recipe as a slider."""

from __future__ import annotations

from collections.abc import Sequence

from oimg.faces.gui.options.fields import introduce
from oimg.faces.gui.slider import Marks, Slider
from oimg.words.recipe import facts_of


class Track(Slider):
    """A slider over the range of its field."""

    def __init__(self, kind: type, name: str, title: str, marks: Marks = (), stops: Sequence[float] = ()) -> None:
        facts = facts_of(kind, name)
        super().__init__(facts.low or 0, 100 if facts.high is None else facts.high, marks, stops)
        introduce(self, kind, name, title)
