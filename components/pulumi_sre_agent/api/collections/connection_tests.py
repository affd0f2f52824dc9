"""Trying what an agent is connected to: a repository, a connector.

See docs/reference/data-plane.md#repositories, docs/reference/data-plane.md#extended-agent-kinds.
"""

from pulumi_sre_agent.api.collections.collection import segment
from pulumi_sre_agent.api.http.models import Body
from pulumi_sre_agent.api.kinds import CONNECTOR, REPO
from pulumi_sre_agent.api.planes.data_plane import DataPlane


class RepoTest(Body):
    is_successful: bool | None = None
    error_message: str | None = None


class ConnectorTest(Body):
    success: bool | None = None
    error_message: str | None = None
    tools: tuple["ConnectorTool", ...] = ()
    """What a connector to an MCP server brings."""
    response_time_ms: float | None = None


class ConnectorTool(Body):
    name: str | None = None
    description: str | None = None


def check_repo(data: DataPlane, name: str) -> RepoTest:
    """Have the agent try to reach a repository. Raises `NotFound`, and as the data plane does."""
    return RepoTest.read(data.post(f"{REPO.data}/{segment(name)}/test", {}))


def check_connector(data: DataPlane, name: str) -> ConnectorTest:
    """Have the agent try a connector as it is stored. Raises `NotFound`, and as the data plane does."""
    path = f"{CONNECTOR.data}/{segment(name)}"
    return ConnectorTest.read(data.post(f"{path}/testconnection", data.get(path)))
