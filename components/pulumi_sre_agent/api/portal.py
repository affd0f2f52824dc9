"""Where people look at an agent."""

PORTAL = "https://sre.azure.com/#/agent"
"""Followed by an agent's subscription, resource group and name."""
