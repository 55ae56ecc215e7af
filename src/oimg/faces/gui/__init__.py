"""The window. Not part of this version yet."""
