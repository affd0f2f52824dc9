"""Every api-version that the toolkit speaks, by what it is for."""

from typing import Literal

AgentVersion = Literal["2025-05-01-preview", "2026-01-01"]
"""The versions of Microsoft.App that an agent can be written in."""

AGENT_PREVIEW: AgentVersion = "2025-05-01-preview"
"""The default for agents and what is in them: the only version with every setting, every kind and usages, and
the one that Microsoft's own templates use.

See docs/reference/control-plane.md#api-versions, docs/reference/assumptions.md#usages.
"""
AGENT_GA: AgentVersion = "2026-01-01"
"""The generally available version: agent spaces, agent identities, names and multipliers of models."""

AUTHORIZATION = "2022-04-01"
"""Microsoft.Authorization: role assignments and definitions, permissions."""
PROVIDERS = "2021-04-01"
"""What a resource provider offers, and where."""
APP_INSIGHTS = "2020-02-02"
"""Application Insights components."""
APP_INSIGHTS_QUERY = "2018-04-20"
"""Queries over what a component holds."""
RESOURCE_GRAPH = "2022-10-01"
"""Queries over all resources of a login."""
METADATA = "2022-09-01"
"""How a cloud describes itself."""
GITHUB = "2022-11-28"
"""GitHub's API, in a header (docs/reference/code-hosts.md#github)."""
