"""What was done before, so that it is not done again: results by content and recipe, without names or paths."""
