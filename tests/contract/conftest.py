"""What the contract tests share."""

from __future__ import annotations

from engine_fixtures import no_other_child, packer

__all__ = ["no_other_child", "packer"]
