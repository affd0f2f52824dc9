"""What an installed package stands in for on this machine, and how a command reaches it."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib.metadata import entry_points

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.project import Project

ENVIRONMENTS = "pulumi_sre_agent.environments"
"""Entry points: each names a function of a `Project` to the variables that lead to what stands in for it."""


@contextmanager
def environment_of(project: Project) -> Iterator[None]:
    """Have this process speak to what a stack means, while the context lasts: nothing to do for real Azure.

    Raises ConfigError where a stack points at this machine and nothing installed stands in for Azure there,
    and as what does.
    """
    variables = _variables(project) if project.is_local else {}
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def _variables(project: Project) -> Mapping[str, str]:
    for each in entry_points(group=ENVIRONMENTS):
        variables: Callable[[Project], Mapping[str, str]] = each.load()
        return variables(project)
    raise ConfigError(
        f"Stack {project.stack!r} points at this machine, and nothing here stands in for Azure: "
        "run `pip install 'pulumi-sre-agent[local]'`."
    )
