"""Commands about an agent as a whole."""
