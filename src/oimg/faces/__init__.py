"""Floor 3: words for people."""
