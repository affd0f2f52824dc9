"""Rules that several kinds' fields share; each returns how a value fails, or None."""

import re

from pulumi_sre_agent.api.arm_id import ArmId, form
from pulumi_sre_agent.schema.annotations import Canonical, Rule


def matches(pattern: str, phrase: str) -> Rule:
    """Demand that the whole text matches."""
    return Rule(lambda text: None if re.fullmatch(pattern, text) else phrase)


def is_id_of(resource_type: str, title: str) -> Rule:
    """Demand the ARM id of a resource of a type."""
    problem = f"must be the ARM id of {title}: {form(resource_type)}"
    return Rule(lambda text: None if ArmId(text).is_a(resource_type) else problem)


def between(low: int, high: int) -> Rule:
    return Rule(lambda number: None if low <= number <= high else f"must be between {low} and {high}")


def at_least(low: int) -> Rule:
    return Rule(lambda number: None if number >= low else f"must be at least {low}")


def longer_than(length: int) -> Rule:
    return Rule(lambda text: None if len(text) > length else f"must be longer than {length} characters")


def at_most(count: int) -> Rule:
    return Rule(lambda items: None if len(items) <= count else f"must have at most {count} entries")


PRESENT = Rule(lambda text: None if text.strip() else "must not be empty")
ARM_ID = matches(
    r"(?i)/subscriptions/[^/\s]+(/[^/\s]+)*",
    "must be an ARM id, which begins with /subscriptions/<subscription>",
)
AGENT_ID = is_id_of("Microsoft.App/agents", "an agent")
SPACE_ID = is_id_of("Microsoft.App/agentSpaces", "an agent space")
IDENTITY_ID = is_id_of("Microsoft.ManagedIdentity/userAssignedIdentities", "a user-assigned identity")
APP_INSIGHTS_ID = is_id_of("Microsoft.Insights/components", "an Application Insights component")
AGENT_NAME = matches(
    r"[A-Za-z][-A-Za-z0-9]{0,30}[A-Za-z0-9]",
    "must have 2 to 32 letters, digits and hyphens, begin with a letter and not end with a hyphen",
)
SPACE_NAME = matches(
    r"[A-Za-z][-A-Za-z0-9]*[A-Za-z0-9]",
    "must have 2 or more letters, digits and hyphens, begin with a letter and not end with a hyphen",
)
RESOURCE_GROUP_NAME = matches(
    r"[\w().-]{0,89}[\w()-]",
    "must have 1 to 90 letters, digits and - _ . ( ), and not end with a full stop",
)
ITEM_NAME = matches(
    r"(?!\.{1,2}$)[^\s/\\?#%\x00-\x1f\x7f]([^/\\?#%\x00-\x1f\x7f]{0,126}[^\s/\\?#%\x00-\x1f\x7f])?",
    r"must have 1 to 128 characters, none of / \ ? # %, and no blank at either end",
)
CONNECTION_NAME = matches(
    r"[a-z0-9]([a-z0-9._-]{0,126}[a-z0-9])?", "must have letters, digits and - _ . between them, at most 128"
)
LOWER_CASE = Canonical(str.lower)
TOOL_PATTERN = matches(
    r"[^\s()]+(\(.+\))?",
    "must be a tool's name, or that and its arguments as in RunAzCliWriteCommands(az vm delete *);"
    " * stands for anything",
)
"""What tools a permission is about (docs/reference/data-plane.md#tool-policies)."""
MAX_PATTERNS = at_most(1000)
WITHOUT_TRAILING_SLASH = Canonical(lambda text: text.rstrip("/"))
LOCATION = Canonical(lambda text: text.replace(" ", "").lower())
