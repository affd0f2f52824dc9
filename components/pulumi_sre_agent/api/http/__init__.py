"""Requests and answers: transport, retries, long-running operations, errors. Knows nothing of agents."""
