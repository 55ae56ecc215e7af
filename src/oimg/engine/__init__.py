"""Floor 1: bytes and pixels; knows no paths, threads, settings or Qt."""
