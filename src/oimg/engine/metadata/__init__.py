"""What a picture says about its owner: read, filter, report."""
