"""Colour profiles as numbers: built from code points, read, and evaluated at 16 bits, where Pillow has no transform."""
