"""The queue: what is to be done, what is under way, and what came of it."""
