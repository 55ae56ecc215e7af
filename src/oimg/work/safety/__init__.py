"""Taking the place of originals so that it can be taken back: backup, journal, replacing, recovery, undo."""
