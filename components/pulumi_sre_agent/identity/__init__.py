"""Who an agent is in Azure, what it may do there, and who may use it."""
