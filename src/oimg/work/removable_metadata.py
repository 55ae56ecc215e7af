"""Metadata that stays in a file which is copied unchanged."""

from __future__ import annotations

from oimg.engine.codecs import CODECS
from oimg.words.errors import OimgError
from oimg.words.images import Header
from oimg.words.recipe import Recipe


def has_removable_metadata(untrusted: bytes, header: Header, recipe: Recipe) -> bool:
    """Whether a file holds metadata that the recipe would remove; False if its metadata cannot be read."""
    from oimg.engine.metadata.policy import apply  # noqa: PLC0415 - not for pictures that were done before

    try:
        metadata, _ = CODECS[header.format].read_metadata(untrusted)
    except OimgError:
        return False
    _, removed = apply(
        metadata,
        recipe.metadata,
        recipe.keep,
        orientation_left=header.orientation,
        size=header.upright_size,
        pixels_changed=False,
    )
    return bool(removed)
