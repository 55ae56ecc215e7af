"""The recipe that is shown, and the values that the user enters, which may be impossible for a while."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from oimg.faces.gui.options.fields import Values
from oimg.words.recipe import Recipe, RecipeError


class Draft:
    """Holds the entered values, and the last valid recipe made of them."""

    def __init__(self, recipe: Recipe = Recipe()) -> None:
        self.recipe = recipe
        self.values: Values = values_of(recipe)

    def show(self, recipe: Recipe) -> None:
        """Begin with another recipe."""
        self.recipe = recipe
        self.values = values_of(recipe)

    @property
    def is_possible(self) -> bool:
        """Whether the entered values are those of the recipe."""
        return self.values == values_of(self.recipe)

    def change(self, changes: Mapping[str, Any]) -> RecipeError | None:
        """Enter other values. If they make no valid recipe, the last one stays, and the reason is returned."""
        self.values = {**self.values, **changes}
        try:
            self.recipe = Recipe(**self.values)
        except RecipeError as error:
            return error
        return None


def values_of(recipe: Recipe) -> Values:
    """The fields of a recipe by their names."""
    return {each.name: getattr(recipe, each.name) for each in fields(recipe)}
