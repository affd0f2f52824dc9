"""What concerns several items, or the directory as a whole."""
