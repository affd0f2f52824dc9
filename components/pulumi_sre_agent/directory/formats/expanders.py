"""What items stand for where that is more, or other, than one resource with the arguments in the file.

Defaults are those of the format, not of Azure: docs/reference/directory-format.md.
"""

import json
from collections.abc import Iterator
from typing import Any

from typing_extensions import TypedDict

from pulumi_sre_agent.api import kinds
from pulumi_sre_agent.api.kinds import Kind
from pulumi_sre_agent.directory.documents.document import HALF
from pulumi_sre_agent.directory.formats.file_format import Args, ReadContext
from pulumi_sre_agent.directory.formats.knowledge import content_of
from pulumi_sre_agent.resources.connector_v2_mcp_server import OperationArgs
from pulumi_sre_agent.resources.knowledge_item import ascii_name
from pulumi_sre_agent.schema.choices import DEFAULT_ACTION_MODE

Expansion = Iterator[tuple[Kind, Args]]

APP = ("client_id", "private_key_secret_uri", "key_vault_managed_identity_id")
"""What a GitHub app needs to log in."""

SERVER_MEMBERS = ("description", "state", "require_approval_tools")
"""Of a connectorv2 file: what says something of its MCP server."""


class ManagedConnectorMembers(TypedDict, total=False):
    """What a connectorv2 file says besides the arguments of the connection."""

    connection_name: str
    description: str
    state: str
    operations: list[OperationArgs]
    require_approval_tools: list[str]


def managed_connector(args: Args, context: ReadContext) -> Expansion:
    """Make a connection, and the MCP server that offers its tools."""
    service = args.get("connector_name")
    if not service:
        context.report("api_name", "is missing: say which service, such as jira")
        return
    name = str(args.pop("connection_name", None) or service).lower()
    of_server = {key: args.pop(key) for key in (*SERVER_MEMBERS, "operations") if key in args}
    operations = {"operations": of_server.pop("operations")} if "operations" in of_server else {}
    yield kinds.CONNECTOR_V2_CONNECTION, {**args, "name": name}
    server: Args = {
        "name": name,
        "description": args.get("display_name", service),
        "connectors": [{"name": service, "connection_name": name, **operations}],
        **of_server,
    }
    yield kinds.CONNECTOR_V2_MCP_SERVER, server


def plugin_installation(args: Args, _context: ReadContext) -> Expansion:
    """Install from a marketplace what a file says no more of than that."""
    spec = args.get("spec") or {}
    names_itself = spec.get("pluginName", args.get("name")) == args.get("name")
    if spec.get("marketplaceName") and names_itself and spec.keys() <= {"marketplaceName", "pluginName"}:
        args = {"name": args["name"], "marketplace": spec["marketplaceName"]}
    yield kinds.PLUGIN_INSTALLATION, args


def github_domain(args: Args, context: ReadContext) -> Expansion:
    """Make the login that is meant: an app without a client id is none, and what says nothing is no login."""
    auth_type = str(args.get("auth_type", "")).casefold()
    if args.keys() <= {"domain"}:
        context.note(f"nobody logs in to {args['domain']}: say an authType, such as OAuth")
        return
    if auth_type == "githubapp" and "client_id" not in args:
        args = {name: value for name, value in args.items() if name not in APP} | {"auth_type": "OAuth"}
    yield kinds.GITHUB_DOMAIN, {"auth_type": "Pat", **args}


def scheduled_task(args: Args, _context: ReadContext) -> Expansion:
    yield kinds.SCHEDULED_TASK, {"agent_mode": DEFAULT_ACTION_MODE, **args}


def incident_platform(args: Args, context: ReadContext) -> Expansion:
    """Take ServiceNow's login out of the text that holds it as JSON."""
    if str(args.get("type", "")).casefold() == "azuremonitor":
        args = {**args, "type": "AzMonitor"}
    key = args.get("connection_key")
    if str(args.get("type", "")).casefold() == "servicenow" and key is not None:
        login = _login(str(key))
        if login is None:
            context.report("connection_key", 'must be JSON: {"endpoint": …, "username": …, "password": …}')
        else:
            del args["connection_key"]
            if endpoint := login.pop("endpoint", None):
                args.setdefault("connection_url", endpoint)
            args |= {name: type(key)(value) for name, value in login.items()}  # as secret as the key itself
    yield kinds.INCIDENT_PLATFORM, args


def _login(key: str) -> dict[str, str] | None:
    try:
        login = json.loads(key)
    except (ValueError, RecursionError):
        return None
    known = {"endpoint", "username", "password"}
    if not isinstance(login, dict) or not login.keys() <= known:
        return None
    texts = {name: value for name, value in login.items() if isinstance(value, str)}
    return None if any(map(HALF.search, texts.values())) else texts


def incident_filter(args: Args, context: ReadContext) -> Expansion:
    """Let a response plan belong to the directory's platform unless it says otherwise."""
    connected = (item.args.get("type") for item in context.items if item.kind == kinds.INCIDENT_PLATFORM)
    yield kinds.INCIDENT_FILTER, {"incident_platform": next(connected, None) or "AzMonitor", **args}


def knowledge_item(args: Args, context: ReadContext) -> Expansion:
    """Find the content of an item where exports put it."""
    name, type_ = args["name"], args.get("type")
    args = {**args, "name": ascii_name(name)}
    if type_ != "KnowledgeText" and "url" not in args:
        args = {"display_name": name, "file_name": name, **args}
    file = None if "content" in args or "url" in args else content_of(context.files, name)
    if file and type_ == "KnowledgeText":
        args["content"] = context.files.text(file)
    elif file:
        args["path"] = str(context.files.root / file)
    elif "content" not in args and "url" not in args:
        context.report("name", f"has no content: give it, or put it at data/{name}.md")
        return
    yield kinds.KNOWLEDGE_ITEM, args


def knowledge_document(args: Args, context: ReadContext) -> Expansion:
    """Find the file of a document: as it says, or where exports put it."""
    path = args.pop("path", None)
    if "content" not in args:
        name = str(path or args["name"]).replace("\\", "/").rpartition("/")[2]
        candidates = [str(path or name), f"data/{path or name}", f"data/knowledge/{name}", f"data/{name}"]
        file = next((each for each in candidates if context.files.has(each)), None)
        if file is None:
            context.report(
                "path" if path else "name", f"names no file in this directory: put it at {candidates[-2]}"
            )
            return
        args["path"] = str(context.files.root / file)
    yield kinds.KNOWLEDGE_DOCUMENT, args


class InstructionFile(TypedDict, total=False):
    """A file as repo-instructions.json writes it."""

    path: str
    content: str
    size: Any
    last_modified: Any


class InstructionMembers(TypedDict, total=False):
    """What an entry of repo-instructions.json says otherwise than the arguments."""

    files: list[InstructionFile]


def repo_instructions(args: Args, context: ReadContext) -> Expansion:
    """Make texts by path of the list of files; what an export has listed only lies in files beside it."""
    entries = args.get("files", [])
    files: dict[str, str] = {}
    for file in entries if isinstance(entries, list) else ():
        path = file.get("path", "") if isinstance(file, dict) else ""
        exported = f"data/repo-instructions/{args['repo']}/{path}"
        if path in files:
            context.report("files", f"holds {path!r} twice")
        elif path and "content" in file:
            files[path] = file["content"]
        elif path and context.files.has(exported):
            files[path] = context.files.text(exported)
        else:
            context.report("files", f"holds {path!r} without content: give it, or put it at {exported}")
    if entries:
        yield kinds.REPO_INSTRUCTIONS, {**args, "files": files}


def tool_permissions(args: Args, _context: ReadContext) -> Expansion:
    """Make permissions of lists that hold something."""
    if any(args.values()):
        yield kinds.GLOBAL_TOOL_PERMISSIONS, args
