"""What the tests of the engine share."""

from __future__ import annotations

from engine_fixtures import packer

__all__ = ["packer"]
