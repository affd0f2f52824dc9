"""Which module each kind lives in: its class, its `<Kind>Args` and its `<Kind>Provider`."""

HOMES = {
    "Agent": "agent",
    "CommonPrompt": "common_prompt",
    "Connector": "connector",
    "Repo": "repo",
    "RoleAssignment": "role_assignment",
    "Skill": "skill",
    "Tool": "tool",
}
"""By the name of the kind. State holds the provider's import path: an entry never changes."""
