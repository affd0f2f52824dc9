"""Many agents in one program, and what they share."""
