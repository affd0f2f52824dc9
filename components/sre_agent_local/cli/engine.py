"""Which engine deploys, and the environment that it runs in.

The real `pulumi` and the embedded engine take the same arguments and the same environment, so everything here
holds for both.
"""

import json
import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli.options import EngineName
from pulumi_sre_agent.cli.project import Project
from sre_agent_local.cli.running_azure import RunningAzure

PASSPHRASE = "local"  # noqa: S105 - opens nothing but the secrets of a deployment on this machine
QUIET_GRPC = {"GRPC_VERBOSITY": "NONE", "GRPC_ENABLE_FORK_SUPPORT": "false"}
"""gRPC's own log, of connections that end and of forks, is for those who ask for it."""
OIDC = ("ARM_USE_OIDC", "ARM_OIDC_", "ARM_CLIENT_ID")
"""How the variables of a login by OIDC begin."""
INSTALL = "https://www.pulumi.com/docs/install"


@dataclass(frozen=True, kw_only=True)
class Engine:
    """A program that takes Pulumi's verbs."""

    name: EngineName
    argv: tuple[str, ...]
    label: str


def choose_engine(requested: EngineName | None) -> Engine:
    """Take the engine asked for, else the real `pulumi` where one is on PATH, else the embedded one."""
    executable = shutil.which("pulumi")
    if requested is EngineName.PULUMI and not executable:
        raise ConfigError(
            f"There is no `pulumi` on PATH: install the Pulumi CLI ({INSTALL}), or leave --engine away to "
            "use the embedded engine."
        )
    if executable and requested is not EngineName.EMBEDDED:
        return Engine(name=EngineName.PULUMI, argv=(executable,), label=f"the Pulumi CLI ({executable})")
    why = "asked for" if executable else "no `pulumi` on PATH"
    return Engine(
        name=EngineName.EMBEDDED,
        argv=(sys.executable, "-m", "sre_agent_local.engine"),
        label=f"the embedded engine ({why})",
    )


def require_known_user(engine: Engine, variables: Mapping[str, str]) -> None:
    """Refuse a Pulumi CLI that does not know who this is.

    Pulumi's own builds take a user id without an entry, as containers have it, from USER and HOME. Those of
    others, as of distributions, may ask the system alone, and fail in the middle of things.
    """
    if engine.name is not EngineName.PULUMI or _has_entry(os.getuid()):
        return
    command = [*engine.argv, "whoami", "--non-interactive"]
    asked = subprocess.run(command, env=dict(variables), capture_output=True, text=True, check=False)  # noqa: S603 - the engine chosen above
    if "unknown userid" in asked.stderr:
        raise ConfigError(
            f"This Pulumi CLI ({engine.argv[0]}) does not run as user id {os.getuid()}, which has no entry "
            "in /etc/passwd: use `--engine embedded`, or add the entry."
        )


def _has_entry(user_id: int) -> bool:
    try:
        pwd.getpwuid(user_id)
    except KeyError:
        return False
    return True


def pulumi_variables(project: Project) -> dict[str, str]:
    """Variables that make an engine keep everything in `.local/` and use this Python."""
    venv = Path(sys.prefix)
    variables = {
        "PULUMI_HOME": str(project.pulumi_home),
        "PULUMI_BACKEND_URL": f"file://{project.state}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "VIRTUAL_ENV": str(venv),
    }
    if not {"PULUMI_CONFIG_PASSPHRASE", "PULUMI_CONFIG_PASSPHRASE_FILE"} & set(os.environ):
        variables["PULUMI_CONFIG_PASSPHRASE"] = PASSPHRASE
    return variables


def azure_variables(project: Project, azure: RunningAzure) -> dict[str, str]:
    """Variables that log azure-identity, azure-native and this package in to the local Azure.

    And lead to the PagerDuty that it stands in for. A login by OIDC, as a pipeline's jobs have it, is for the
    Azure that trusts it, and counts for nothing here.
    """
    variables = {
        **{name: "" for name in os.environ if name.startswith(OIDC) and os.environ.get(OIDC[0])},
        "IDENTITY_ENDPOINT": f"{azure.url}/msi/token",
        "IDENTITY_HEADER": azure.identity_header,
        "ARM_METADATA_HOSTNAME": azure.url,
        "ARM_USE_MSI": "true",
        "PAGERDUTY_API_HOST": azure.url,
        "SRE_AGENT_ALLOWED_ENDPOINTS": json.dumps([azure.url]),
    }
    for key, name in (("subscriptionId", "ARM_SUBSCRIPTION_ID"), ("tenantId", "ARM_TENANT_ID")):
        if value := project.text(f"azure-native:{key}"):
            variables[name] = value
    return variables


def environment(project: Project, azure: RunningAzure | None) -> dict[str, str]:
    """Everything that a child process gets."""
    python = project.pulumi_home / "python"
    return {
        **({"PULUMI_PYTHON_CMD": str(python)} if python.exists() else {}),
        **_user(project),
        **QUIET_GRPC,
        **os.environ,
        **pulumi_variables(project),
        **(azure_variables(project, azure) if azure else {}),
        **no_proxy(),
        "PATH": search_path(),
    }


def search_path() -> str:
    """Return where programs are looked for: this Python's own first."""
    return os.pathsep.join([str(Path(sys.prefix) / "bin"), os.environ.get("PATH", os.defpath)])


def _user(project: Project) -> dict[str, str]:
    """Say who a user id without an entry is, as containers have it; Go asks the environment then."""
    return {"USER": str(os.getuid()), "HOME": str(project.pulumi_home)}


def no_proxy() -> dict[str, str]:
    """Keep requests to this machine away from a proxy that the environment names."""
    known = os.environ.get("NO_PROXY") or os.environ.get("no_proxy") or ""
    hosts = [host for host in known.split(",") if host]
    hosts += [host for host in ("127.0.0.1", "localhost") if host not in hosts]
    return {"NO_PROXY": ",".join(hosts), "no_proxy": ",".join(hosts)}
