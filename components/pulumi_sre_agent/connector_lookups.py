"""What an agent can be connected to: functions that ask its data plane while the program runs.

As those of `lookups`, each answers at once, and each `…_output` takes outputs and returns one.
"""

from dataclasses import dataclass

from pulumi import Input, Output

from pulumi_sre_agent.lookups import as_output, connected


@dataclass(frozen=True)
class ManagedApi:
    """A service that a managed connector reaches (docs/reference/data-plane.md#managed-connectors)."""

    name: str
    """What `connector_name` of a `ConnectorV2Connection` takes."""
    display_name: str
    description: str


@dataclass(frozen=True)
class ConnectorOperation:
    """What a managed connector can do (docs/reference/data-plane.md#managed-connectors)."""

    name: str
    """What `name` of an operation of a `ConnectorV2McpServer` takes."""
    display_name: str
    description: str


def get_managed_apis(agent_id: str) -> list[ManagedApi]:
    """Return what an agent, named by its ARM id, can be connected to; by name.

    Raises `RunError` where the agent is not there yet, or does not answer.
    """
    with connected() as azure:
        return [ManagedApi(*entry) for entry in azure.agent(agent_id).connectors.managed_apis()]


def get_managed_apis_output(agent_id: Input[str]) -> Output[list[ManagedApi]]:
    """As `get_managed_apis`, of an output."""
    return as_output(get_managed_apis, agent_id)


def get_connector_operations(agent_id: str, connector: str) -> list[ConnectorOperation]:
    """Return what a managed connector of an agent, such as `jira`, can do; by name.

    Raises `RunError` for a connector that there is not, and as `get_managed_apis`.
    """
    with connected() as azure:
        return [
            ConnectorOperation(*entry) for entry in azure.agent(agent_id).connectors.operations(connector)
        ]


def get_connector_operations_output(
    agent_id: Input[str], connector: Input[str]
) -> Output[list[ConnectorOperation]]:
    """As `get_connector_operations`, of outputs."""
    return as_output(get_connector_operations, agent_id, connector)
