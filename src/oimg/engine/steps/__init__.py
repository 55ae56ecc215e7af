"""Pure functions from picture to picture."""
