"""The two planes: Azure Resource Manager, and an agent's own endpoint."""
