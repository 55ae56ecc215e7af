"""Recipes: JSON both ways without loss, and every wrong value refused with its field's name."""

from __future__ import annotations

import json
from dataclasses import FrozenInstanceError, fields, is_dataclass
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from oimg.words.privacy import MetadataGroup
from oimg.words.recipe import (
    Fitting,
    Mode,
    Output,
    Place,
    Recipe,
    RecipeError,
    Resize,
    Target,
    background_rgb,
    facts_of,
    from_dict,
    to_dict,
)
from strategies import recipes

BOX = {"fitting": "fit", "width": 1, "height": 1}
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


@given(recipes())
def test_survives_json(recipe: Recipe) -> None:
    assert from_dict(json.loads(json.dumps(to_dict(recipe)))) == recipe


def test_defaults_are_not_written() -> None:
    assert to_dict(Recipe()) == {}
    assert to_dict(Recipe(quality=70, resize=Resize(enlarge=True))) == {"quality": 70, "resize": {"enlarge": True}}


@given(st.dictionaries(st.sampled_from([each.name for each in fields(Recipe)]) | st.text(max_size=5), json_values))
def test_any_json_gives_a_recipe_or_a_recipe_error(data: dict[str, Any]) -> None:
    try:
        recipe = from_dict(data)
    except RecipeError:
        return
    assert from_dict(to_dict(recipe)) == recipe


@pytest.mark.parametrize("data", [None, [], "web", 3])
def test_refuses_what_is_no_object(data: object) -> None:
    with pytest.raises(RecipeError, match="Recipe: is not an object"):
        from_dict(data)


@pytest.mark.parametrize(
    ("data", "name"),
    [
        ({"format": "bmp"}, "format"),
        ({"format": 1}, "format"),
        ({"format": ["png"]}, "format"),
        ({"mode": ""}, "mode"),
        ({"target": 9.9}, "target"),
        ({"target": 100.1}, "target"),
        ({"target": float("nan")}, "target"),
        ({"target": float("inf")}, "target"),
        ({"target": "80"}, "target"),
        ({"target": True}, "target"),
        ({"quality": 0}, "quality"),
        ({"quality": 101}, "quality"),
        ({"quality": 80.0}, "quality"),
        ({"quality": True}, "quality"),
        ({"max_bytes": -1}, "max_bytes"),
        ({"max_bytes": (1 << 40) + 1}, "max_bytes"),
        ({"mode": "size"}, "max_bytes"),
        ({"effort": -1}, "effort"),
        ({"effort": 11}, "effort"),
        ({"metadata": "none"}, "metadata"),
        ({"keep": "location"}, "keep"),
        ({"keep": ["weather"]}, "keep"),
        ({"color": "p3"}, "color"),
        ({"background": "red"}, "background"),
        ({"background": "#12345"}, "background"),
        ({"background": "#12345g"}, "background"),
        ({"background": "#ffffff\n"}, "background"),
        ({"background": 0}, "background"),
        ({"min_savings": -0.1}, "min_savings"),
        ({"min_savings": 100.1}, "min_savings"),
        ({"min_saved_bytes": -1}, "min_saved_bytes"),
        ({"resize": []}, "Resize"),
        ({"resize": {"fitting": "stretch"}}, "fitting"),
        ({"resize": {**BOX, "width": 0}}, "resize"),
        ({"resize": {**BOX, "fitting": "fill", "height": 0}}, "resize"),
        ({"resize": {**BOX, "width": -1}}, "width"),
        ({"resize": {**BOX, "height": 1_000_001}}, "height"),
        ({"resize": {"fitting": "long-edge"}}, "resize"),
        ({"resize": {"fitting": "scale", "amount": -1.0}}, "amount"),
        ({"resize": {"enlarge": 1}}, "enlarge"),
        ({"resize": {"gravity": "north"}}, "gravity"),
        ({"resize": {"depth": 1}}, "depth"),
        ({"output": {"place": "cloud"}}, "place"),
        ({"output": {"place": "folder"}}, "path"),
        ({"output": {"place": "file"}}, "path"),
        ({"output": {"place": "folder", "path": "a\0b"}}, "path"),
        ({"output": {"suffix": "/../x"}}, "suffix"),
        ({"output": {"suffix": "a\\b"}}, "suffix"),
        ({"output": {"suffix": "a\0b"}}, "suffix"),
        ({"output": {"suffix": "x" * 101}}, "suffix"),
        ({"output": {"suffix": "\u00e9" * 51}}, "suffix"),
        ({"output": {"conflict": "ask"}}, "conflict"),
        ({"output": {"keep_dates": "yes"}}, "keep_dates"),
        ({"colour": "srgb"}, "colour"),
    ],
)
def test_refuses_a_wrong_value_and_names_its_field(data: dict[str, Any], name: str) -> None:
    with pytest.raises(RecipeError) as caught:
        from_dict(data)
    assert caught.value.name == name
    assert caught.value.reason


def test_the_ends_of_every_range_are_inside() -> None:
    for kind in (Recipe, Resize, Output):
        for each in fields(kind):
            facts = each.metadata.get("facts")
            if facts is None or facts.low is None:
                continue
            whole = type(each.default)
            for end in (facts.low, facts.high):
                assert getattr(kind(**{each.name: whole(end)}), each.name) == end


def test_every_field_tells_its_flag_and_what_it_is() -> None:
    for kind in (Recipe, Resize, Output):
        for each in fields(kind):
            if is_dataclass(each.type) or each.name in {"resize", "output"}:
                continue
            facts = facts_of(kind, each.name)
            assert facts.doc, each.name
            assert facts.flag == "" or facts.flag.startswith("--")
    with pytest.raises(KeyError):
        facts_of(Recipe, "colour")


@pytest.mark.parametrize(
    ("text", "rgb"),
    [("#ffffff", (255, 255, 255)), ("000", (0, 0, 0)), ("#1A2b3C", (26, 43, 60)), ("#f80", (255, 136, 0))],
)
def test_reads_colours(text: str, rgb: tuple[int, int, int]) -> None:
    assert background_rgb(text) == rgb


def test_the_default_is_balanced() -> None:
    recipe = Recipe()
    assert (recipe.format, recipe.mode, recipe.target, recipe.effort) == (Target.KEEP, Mode.VISUAL, 80.0, 5)
    assert recipe.resize.fitting is Fitting.NONE
    assert (recipe.output.place, recipe.output.suffix, recipe.output.keep_dates) == (Place.BESIDE, "_optimized", True)


def test_is_a_value() -> None:
    recipe = Recipe(keep=frozenset({MetadataGroup.LOCATION}))
    assert hash(recipe) == hash(Recipe(keep=frozenset({MetadataGroup.LOCATION})))
    with pytest.raises(FrozenInstanceError):
        recipe.quality = 1  # type: ignore[misc]
