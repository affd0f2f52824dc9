"""Which alerts an agent takes."""
