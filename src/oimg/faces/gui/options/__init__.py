"""The options: what is done to the pictures."""
