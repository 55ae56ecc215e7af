"""Files as the system has them: finding, reading, naming and writing them."""
