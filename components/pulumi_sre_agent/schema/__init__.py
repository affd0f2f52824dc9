"""What fields a thing has and what values they take: one tree for editor, check, diff and wire."""
