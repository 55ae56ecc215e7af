"""At home on the desktop: what the program puts where file managers look for it."""
