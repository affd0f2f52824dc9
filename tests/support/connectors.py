"""Connectors of the local Azure, which take a moment to be set up."""

from typing import Any

from support.azure import LocalAzure


def status_once_set_up(azure: LocalAzure, agent: str, name: str) -> dict[str, Any]:
    """Wait until a connector is set up, or has failed to be, and return its status."""
    path = f"/api/v2/extendedAgent/connectors/{name}/status"

    def settled() -> dict[str, Any] | None:
        found: dict[str, Any] = azure.data("GET", agent, path).json()
        return None if found["status"] == "Initializing" else found

    status: dict[str, Any] = azure.poll(settled)
    return status
