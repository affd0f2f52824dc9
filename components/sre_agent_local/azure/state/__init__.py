"""Everything that this Azure knows: what is kept in its file, and what runs, fails and is set."""
