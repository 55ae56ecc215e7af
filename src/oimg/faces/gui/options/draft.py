"""The recipe that is shown, and what the user wants of it, which on the way may be something that cannot be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from oimg.faces.gui.options.fields import Values
from oimg.words.recipe import Recipe, RecipeError


class Draft:
    """Holds the wanted values, and the last recipe that they made."""

    def __init__(self, recipe: Recipe = Recipe()) -> None:
        self.recipe = recipe
        self.values: Values = values_of(recipe)

    def show(self, recipe: Recipe) -> None:
        """Begin with another recipe."""
        self.recipe = recipe
        self.values = values_of(recipe)

    @property
    def is_possible(self) -> bool:
        """Whether the wanted values are those of the recipe."""
        return self.values == values_of(self.recipe)

    def change(self, changes: Mapping[str, Any]) -> RecipeError | None:
        """Take other values. Where they make no recipe, the last one stays, and the reason is given."""
        self.values = {**self.values, **changes}
        try:
            self.recipe = Recipe(**self.values)
        except RecipeError as error:
            return error
        return None


def values_of(recipe: Recipe) -> Values:
    """Give the fields of a recipe by their names."""
    return {each.name: getattr(recipe, each.name) for each in fields(recipe)}
