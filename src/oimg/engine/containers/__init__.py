"""Byte structure of the file formats: walk, read and rewrite metadata, never pixels."""
