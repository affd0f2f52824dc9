"""Whether a live agent is what was declared, and works."""
