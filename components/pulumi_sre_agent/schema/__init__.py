"""What fields a kind has and what values they take: one definition for editor, check, diff and wire."""
