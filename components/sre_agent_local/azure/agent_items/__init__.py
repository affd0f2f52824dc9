"""What lies below an agent, whichever plane writes it."""
