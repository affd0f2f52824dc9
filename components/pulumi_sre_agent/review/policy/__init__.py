"""Rules over what is there, not over a change: for lint, for a policy pack, and for the report."""
