"""Random edits of a program, and what must hold after each: one machine, a driver for each engine."""
