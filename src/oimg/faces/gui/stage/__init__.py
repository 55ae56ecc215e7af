"""The stage: the picture that is looked at."""
