"""What an interrupted run leaves in a state, put right: `sre-agent recover`."""
