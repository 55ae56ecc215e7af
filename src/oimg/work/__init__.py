"""Floor 2: disk and threads."""
