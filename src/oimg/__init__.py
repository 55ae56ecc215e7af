"""OIMG: a local-first image optimizer."""

__version__ = "0.1.0"
