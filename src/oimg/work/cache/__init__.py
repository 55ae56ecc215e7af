"""Remembers what was done, so that it is not repeated: results by content and recipe, without names or paths."""
