"""What a picture would be in other formats and at other qualities."""
