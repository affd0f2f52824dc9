"""`sre-agent local env`: the variables with which other tools reach the local Azure."""

import shlex
import sys
from pathlib import Path

from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from pulumi_sre_agent.cli.project import Project
from sre_agent_local.cli import deployment, hints, trust
from sre_agent_local.cli import engine as engines
from sre_agent_local.cli.azure import LocalAzure
from sre_agent_local.cli.running_azure import RunningAzure

SUBSCRIPTIONS = "2024-03-01"
ADMINISTRATION = "LOCAL_AZURE_TOKEN"
EPILOG = examples('eval "$(sre-agent local env)"', "sre-agent local env --json")

FUNCTIONS = r"""
local_token() {  # a token for a resource, as any App Service would get it
  curl -sS --noproxy '*' -H "X-IDENTITY-HEADER: $IDENTITY_HEADER" \
    "$IDENTITY_ENDPOINT?api-version=2019-08-01&resource=$1" |
    sed 's/.*"access_token" *: *"\([^"]*\)".*/\1/'
}
arm_curl() {  # the control plane
  curl -sS --noproxy '*' -H "Content-Type: application/json" \
    -H "Authorization: Bearer $(local_token https://management.azure.com)" "$@"
}
agent_curl() {  # an agent's data plane; without Accept it answers with a web page, as Azure does
  curl -sS --noproxy '*' -H "Accept: application/json" -H "Content-Type: application/json" \
    -H "Authorization: Bearer $(local_token https://azuresre.dev)" "$@"
}
admin_curl() {  # the local Azure's own administration, which real Azure does not have
  curl -sS --noproxy '*' -H "Content-Type: application/json" -H "X-Local-Azure-Token: $LOCAL_AZURE_TOKEN" "$@"
}
"""

COMMENTS = """\
# Try:
#   arm_curl "$ARM_METADATA_HOSTNAME/subscriptions?api-version={api_version}"
#   agent_curl "$(sre-agent local outputs endpoint{option})/api/v2/extendedAgent/skills"
#   admin_curl "$ARM_METADATA_HOSTNAME/_local"
#   pulumi preview -s {stack}    (once before, where it was never deployed: pulumi stack init {stack})"""


def variables_of(project: Project) -> dict[str, str]:
    """Return the variables with which tools reach a project's local Azure.

    The entry point by which the toolkit's own commands reach it. Raises Unavailable where it does not run.
    """
    running = LocalAzure(project).require()
    variables = {**_variables(project, running), ADMINISTRATION: running.administration_token}
    return {**variables, "PATH": engines.search_path()}


def env(project: ProjectFolder = None, stack: Stack = "local", json: Json = False) -> None:
    """Print what a shell needs so that pulumi, curl and azure-identity reach the local Azure.

    For sh, bash and zsh: export lines, the functions `local_token`, `arm_curl`, `agent_curl` and
    `admin_curl`, and examples as comments. The identity header among them is what logs in, to this machine's
    Azure only. Where the local Azure speaks https (`start --tls`), its address is in `LOCAL_AZURE_HTTPS`, and
    further variables make OpenSSL, Go, requests, the Azure CLI, curl and Node.js trust its certificate
    authority beside all that they trusted before.
    """
    location = projects.find(project, stack)
    running = LocalAzure(location).require()
    deployment.install_plugin(location)
    deployment.make_backend(location)
    variables = {**_variables(location, running), ADMINISTRATION: running.administration_token}
    if json:
        terminal.result_json(variables)
        return
    for name, value in variables.items():
        terminal.result(f"export {name}={shlex.quote(value)}")
    terminal.result(f'export PATH={shlex.quote(str(Path(sys.prefix) / "bin"))}:"$PATH"')
    terminal.result(FUNCTIONS.strip())
    option = hints.stack_option(location)
    terminal.result(COMMENTS.format(api_version=SUBSCRIPTIONS, stack=stack, option=option))


def _variables(project: Project, running: RunningAzure) -> dict[str, str]:
    return {
        **engines.azure_variables(project, running),
        **engines.pulumi_variables(project),
        **engines.no_proxy(),
        **trust.variables(running),
    }
