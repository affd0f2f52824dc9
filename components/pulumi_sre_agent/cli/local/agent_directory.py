"""The agent directory of a stack, as the program will read it."""

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.local import engine as engines
from pulumi_sre_agent.cli.project import Project

if TYPE_CHECKING:
    from pulumi_sre_agent.directory import AgentDirectory


@dataclass(frozen=True)
class Agent:
    """What the stack deploys."""

    directory: "AgentDirectory | None" = None
    watched: tuple[str, ...] = ()
    """Resource groups that the agent watches and that the program takes to be there."""


def read(project: Project) -> Agent:
    """Read the directory that the stack's settings name; it is None where they name none.

    Raises DirectoryError with all its faults, before anything is started or sent.
    """
    from pulumi_sre_agent import directory  # noqa: PLC0415 - --help stays quick

    config = _config(project)
    folder = config.get(f"{project.name}:agentDirectory")
    if not folder:
        return Agent()
    found = directory.read(
        project.program / folder,
        answers=_mapping(config, f"{project.name}:answers"),
        variables=_mapping(config, f"{project.name}:variables"),
        subscription=config.get("azure-native:subscriptionId"),
    )
    made_by_program = config.get(f"{project.name}:makeTargets") == "true"
    return Agent(found, () if made_by_program else tuple(found.agent.target_resource_groups))


def _config(project: Project) -> dict[str, str]:
    """Read the stack's settings as the program gets them: decrypted, with the project's defaults."""
    from pulumi_sre_agent.local.engine import config, crypt  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.local.engine import project as engine_project  # noqa: PLC0415 - as above
    from pulumi_sre_agent.local.engine.errors import EngineError  # noqa: PLC0415 - as above

    try:
        settings = engine_project.find(project.root)
        file = config.read(settings, project.stack)
        if f"{project.name}:agentDirectory" not in {**settings.config, **file.config}:
            return {}
        crypter = crypt.Crypter(crypt.passphrase(engines.environment(project, None)), file.salt)
        return dict(config.resolve(settings, project.stack, file, crypter).values)
    except EngineError as error:
        raise ConfigError(f"{error}.") from error


def _mapping(config: dict[str, str], key: str) -> dict[str, Any]:
    try:
        value = json.loads(config.get(key, "{}"))
    except ValueError:
        value = None
    if not isinstance(value, dict):
        raise ConfigError(f"{key} must be a mapping of names to values.")
    return value
