"""`sre-agent local principals`: who is in the local Azure's directory, and with what roles."""

from enum import StrEnum
from typing import Annotated, Any

import typer

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import EXIT_CODES, examples, noun
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli.azure import running
from sre_agent_local.cli.running_azure import RunningAzure

app = noun(
    """See who is in the local Azure's directory, and add people, groups and service principals.

    Managed identities are there by themselves. Microsoft Graph, at `/v1.0` of the local Azure, answers
    look-ups of all of them, and whoever was added can log in: `az login --identity --object-id ID`. With the
    switch `dataPlaneRoles` an agent then answers only what that principal's roles allow.
    """,
    'sre-agent local principals add user anna@contoso.com --role "SRE Agent Reader"',
    "sre-agent local principals list",
    "sre-agent local principals remove anna@contoso.com",
)


class PrincipalType(StrEnum):
    """Who somebody is."""

    USER = "user"
    GROUP = "group"
    SERVICE_PRINCIPAL = "service-principal"


_WIRE = {
    PrincipalType.USER: "User",
    PrincipalType.GROUP: "Group",
    PrincipalType.SERVICE_PRINCIPAL: "ServicePrincipal",
}


@app.command(name="list", epilog=examples("sre-agent local principals list --json"))
def list_(project: ProjectFolder = None, stack: Stack = "local", json: Json = False) -> None:
    """List everybody, with object ids and roles."""
    everybody = _everybody(running(project, stack))
    if json:
        terminal.result_json(everybody)
        return
    for each in everybody:
        terminal.result(f"{each['name']}  {each['type']}  {each['id']}")
        for role in each["roles"]:
            terminal.result(f"    {role['role']} on {role['scope']}")


@app.command(
    epilog=examples(
        'sre-agent local principals add user anna@contoso.com --role "SRE Agent Reader"',
        'sre-agent local principals add group "On call" --role "SRE Agent Standard User=$AGENT_ID"',
        "sre-agent local principals add service-principal deployer --role Contributor=$GROUP_ID",
    )
    + "\n\n"
    + EXIT_CODES
)
def add(
    kind: Annotated[PrincipalType, typer.Argument(metavar="TYPE", help="user, group or service-principal.")],
    name: Annotated[str, typer.Argument(help="Of a user, the address; of others, any name.")],
    role: Annotated[
        list[str] | None,
        typer.Option(
            metavar="ROLE[=SCOPE]",
            help="Role by name or GUID, and the ARM id that it is on. Default: the first subscription.",
            show_default=False,
        ),
    ] = None,
    object_id: Annotated[
        str | None, typer.Option("--id", metavar="GUID", help="Object id.", show_default=False)
    ] = None,
    project: ProjectFolder = None,
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Add a user, a group or a service principal, with roles.

    It stays over restarts, until it is removed or the local Azure is reset. Groups have no members here.
    """
    roles = [_role(text) for text in role or ()]
    body = {"type": _WIRE[kind], "name": name, "roles": roles, **({"id": object_id} if object_id else {})}
    added = running(project, stack).admin("POST", "principals", body)
    if json:
        terminal.result_json(added)
    else:
        client = f", client id {added['appId']}" if "appId" in added else ""
        terminal.result(f"Added {added['name']}: object id {added['id']}{client}.")


@app.command(epilog=examples("sre-agent local principals remove anna@contoso.com") + "\n\n" + EXIT_CODES)
def remove(
    name: Annotated[str, typer.Argument(metavar="NAME|ID", help="Name or object id.", show_default=False)],
    project: ProjectFolder = None,
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """Remove somebody who was added; roles stay without anybody, as in Azure."""
    azure = running(project, stack)
    by_name = [each["id"] for each in _everybody(azure) if each["name"].lower() == name.lower()]
    object_id = by_name[0] if by_name else name
    azure.admin("DELETE", f"principals/{object_id}")
    if json:
        terminal.result_json({"removed": object_id})
    else:
        terminal.result(f"Removed {name}.")


def _everybody(azure: RunningAzure) -> list[dict[str, Any]]:
    everybody: list[dict[str, Any]] = azure.admin("GET", "principals")["value"]
    return everybody


def _role(text: str) -> dict[str, str]:
    role, _, scope = text.partition("=")
    return {"role": role.strip(), **({"scope": scope.strip()} if scope.strip() else {})}
