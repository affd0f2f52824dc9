"""How each kind of thing is written in a directory, and which resources become of it."""
