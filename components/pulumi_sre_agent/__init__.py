"""Azure SRE Agents with Pulumi."""
