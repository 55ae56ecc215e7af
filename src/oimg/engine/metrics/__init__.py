"""How far a candidate picture looks from its original: a score, and a map of where."""
