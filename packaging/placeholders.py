"""Fills templates: @NAME@ gives way to a fact, and what nobody knows is an error rather than left open."""

from __future__ import annotations

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Final

TEMPLATES: Final = Path(__file__).parent / "templates"
_PLACEHOLDER: Final = re.compile(r"@([A-Z][A-Z0-9_]*)@")


def filled(text: str, facts: Mapping[str, str]) -> str:
    """Put facts in the place of placeholders. Raises KeyError with the name of one that is not known."""
    return _PLACEHOLDER.sub(lambda found: facts[found[1]], text)


def asked(text: str) -> frozenset[str]:
    """Name the placeholders of a template."""
    return frozenset(_PLACEHOLDER.findall(text))
