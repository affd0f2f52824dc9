"""What a change means: findings from rules over a preview, and the report that a reviewer reads."""
