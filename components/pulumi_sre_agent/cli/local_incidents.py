"""Incidents that fire in an Azure that runs on this machine: real Azure has no such route."""

import os
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pulumi_sre_agent.api.errors import ConfigError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pulumi_sre_agent.api.kinds import Json
    from pulumi_sre_agent.api.settings import Settings
    from pulumi_sre_agent.review.rehearsal.performing import Fire

TOKEN = "LOCAL_AZURE_TOKEN"  # noqa: S105 - the name of the variable
ROUTE = "/_local/incidents"
WHY_NOT = (
    "No route is published by which an incident could fire at a real agent: rehearse it on the local Azure, "
    "with `-s local`."
)
WITHOUT_TOKEN = f"The local Azure lets incidents fire for {TOKEN}: take `-s local`, or `sre-agent local env`."
SECONDS = 30.0


def fire_at(settings: "Settings", agent_id: str) -> "tuple[Fire | None, str]":
    """Return what lets an incident fire at an agent; None, with the reason, where nothing does."""
    from pulumi_sre_agent.api.http.urls import is_loopback  # noqa: PLC0415 - --help stays quick

    site = settings.metadata_host or ""
    if not is_loopback(urlsplit(site).hostname or ""):
        return None, WHY_NOT
    token = os.environ.get(TOKEN)
    if not token:
        return None, WITHOUT_TOKEN

    def fire(members: "Json") -> "Sequence[Json]":
        return _post(f"{site}{ROUTE}", token, {**members, "agent": agent_id})

    return fire, ""


def _post(url: str, token: str, body: "Json") -> "Sequence[Json]":
    import httpx  # noqa: PLC0415 - --help stays quick

    try:
        with httpx.Client(trust_env=False, timeout=SECONDS) as client:
            answer = client.post(url, json=body, headers={"X-Local-Azure-Token": token})
        document = answer.json()
        if answer.is_success:
            fired: Sequence[Json] = document["value"]
            return fired
        reason = str(document["error"]["message"])
    except (httpx.HTTPError, ValueError, KeyError, TypeError) as error:
        raise Unavailable(
            f"The local Azure let no incident fire: it gave no answer ({type(error).__name__})."
        ) from error
    raise ConfigError(f"The local Azure let no incident fire: {reason}")
