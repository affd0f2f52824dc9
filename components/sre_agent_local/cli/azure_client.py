"""The local Azure through this package's own client, logged in as a deployment is."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pulumi_sre_agent.cli.project import Project
from sre_agent_local.cli import engine as engines
from sre_agent_local.cli.azure import Running

if TYPE_CHECKING:
    from pulumi_sre_agent.api.client import Client

AGENTS = "2025-05-01-preview"


@contextmanager
def logged_in(project: Project, running: Running) -> Iterator["Client"]:
    """Connect; azure-identity reads its variables from this process, which gets them for that long."""
    from pulumi_sre_agent.api.client import connect  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.api.settings import Settings  # noqa: PLC0415 - --help stays quick

    variables = {**engines.azure_variables(project, running), **engines.no_proxy()}
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield connect(Settings.load(project.text, os.environ))
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def agents(project: Project, running: Running) -> list[str]:
    """Names of all agents, sorted."""
    with logged_in(project, running) as azure:
        path = f"/subscriptions/{azure.subscription_id()}/providers/Microsoft.App/agents"
        return sorted(agent["name"] for agent in azure.control.list(path, AGENTS))
