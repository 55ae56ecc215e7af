"""Replacing originals so that it can be undone: backup, journal, replacing, recovery, undo."""
