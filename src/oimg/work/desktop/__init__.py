"""Entries in the right-click menus of file managers."""
