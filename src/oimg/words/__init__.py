"""Floor 0: the words everything else is said in; standard library and numpy types only."""
