"""What agents cost."""
