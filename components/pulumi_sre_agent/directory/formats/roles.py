"""`roles.yaml`: Azure roles for the agent's identity, and what people have to do.

See docs/reference/directory-format.md#roles-file.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.secrets import mask
from pulumi_sre_agent.directory.diagnostics import Diagnostic, Note
from pulumi_sre_agent.directory.documents.document import Document
from pulumi_sre_agent.directory.formats.file_format import SubstitutionRules
from pulumi_sre_agent.directory.item import Source
from pulumi_sre_agent.schema.validation import FieldPath, did_you_mean

ROLES_FILE = "roles.yaml"
ADMINS_FILE = "admin-settings.json"
RULES = SubstitutionRules(literal_fields=frozenset({"roles"}))
"""Of these entries few are more than prose; the scope of a role is checked by itself."""
NOBODY = "00000000-0000-0000-0000-000000000000"


@dataclass(frozen=True)
class RoleGrant:
    """An Azure role that the agent's user-assigned identity is to have."""

    name: str
    role: str
    """Its GUID, ARM id or name."""
    scope: str
    """ARM id of what it is for."""
    source: Source


def read_roles(document: Document) -> tuple[list[RoleGrant], list[Note], list[Diagnostic]]:
    """Read roles.yaml: what can be deployed, what a person must read, and what is wrong."""
    grants: list[RoleGrant] = []
    notes: list[Note] = []
    diagnostics: list[Diagnostic] = []
    entries = document.value.get("roles") if isinstance(document.value, dict) else document.value
    if entries is not None and not isinstance(entries, list):
        return [], [], [Diagnostic(document.file, document.line(("roles",)), "'roles' must be a list")]
    if isinstance(document.value, dict):
        diagnostics += [
            Diagnostic(
                document.file,
                document.line((member,)),
                f"{member!r} is no member of {document.file}{did_you_mean(member, ('roles',))}",
            )
            for member in document.value
            if member != "roles" and not member.startswith("_")
        ]
    for index, entry in enumerate(entries or ()):
        path: FieldPath = ("roles", index) if isinstance(document.value, dict) else (index,)
        if not isinstance(entry, dict):
            diagnostics.append(Diagnostic(document.file, document.line(path), "a role must be an object"))
        elif entry.get("type") == "azure-role":
            granted, wrong = _grant(document, path, entry)
            grants.append(granted)
            diagnostics += wrong
        else:
            notes.append(Note(document.file, document.line(path), mask(_describe(entry), entry)))
    return grants, notes, diagnostics


def admins(document: Document) -> list[Note]:
    """Say that nobody becomes an administrator by standing in admin-settings.json.

    See docs/reference/directory-format.md#administrators.
    """
    if not isinstance(document.value, dict) or not document.value.get("adminUsers"):
        return []
    text = "adminUsers get no role from here: name them as people of the agent"
    return [Note(document.file, document.line(("adminUsers",)), text)]


def _grant(
    document: Document, path: FieldPath, entry: Mapping[str, Any]
) -> tuple[RoleGrant, list[Diagnostic]]:
    role, scope = (str(entry.get(name) or "") for name in ("role_definition_id", "scope"))
    role = role or str(entry.get("role") or "")
    args = {"role": role, "scope": scope, "principal_id": NOBODY, "principal_type": "ServicePrincipal"}
    diagnostics = [
        Diagnostic(
            document.file, document.line((*path, "scope" if error.path == ("scope",) else "type")), reason
        )
        for error in resources.validate("RoleAssignment", args)
        if (reason := error.reason.replace("role ", "role_definition_id ", 1))
    ]
    if "{{" in scope:
        diagnostics.append(
            Diagnostic(
                document.file,
                document.line((*path, "scope")),
                f"scope {scope} holds what is no prompt of agent.json",
            )
        )
    source = Source(document.file, document.line(path))
    return RoleGrant(str(entry.get("name") or role), role, scope, source), diagnostics


def _describe(entry: Mapping[str, Any]) -> str:
    """Say what an entry asks of people."""
    name, type_ = entry.get("name") or "a role", entry.get("type")
    match type_:
        case "manual" | "token":
            variable = f"needs {entry['env_var']}: " if entry.get("env_var") else ""
            help_ = " ".join(str(entry.get(key) or "").strip() for key in ("_help", "instructions")).strip()
            return f"{name}: {variable}{help_ or 'has to be set up by hand'}"
        case "adx-principal":
            role = entry.get("role") or "Viewer"
            return f"{name}: make the agent's identity a {role} of {entry.get('scope')}, which is left to you"
        case "api-connection":
            return (
                f"{name}: make an API connection for {entry.get('api')} and consent to it in the Azure portal"
            )
        case None if entry.get("scope"):
            sentence = f"the role {entry.get('role')} on {entry['scope']}"
            return f"{sentence} is not assigned, since the entry has no type: say type: azure-role to have it"
        case None:
            return f"{name}: {str(entry.get('instructions') or 'has to be set up by hand').strip()}"
    return f"{name}: nothing is done for the type {type_!r}"
