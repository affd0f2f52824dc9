"""What the Azure CLI knows of its own login."""

import json
import shutil
import subprocess
from typing import Any

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ConfigError


def account(subscription_id: str | None) -> dict[str, Any]:
    """`az account show`: at least `id` and `environmentName`. `ConfigError` without `az` or a login."""
    az = shutil.which("az")
    if az is None:
        raise ConfigError(
            "The Azure CLI is not installed, and no other way to log in to Azure is configured."
        )
    command = [az, "account", "show", "--output", "json"]
    if subscription_id:
        command += ["--subscription", subscription_id]
    try:
        done = subprocess.run(  # noqa: S603 -- found on PATH; arguments are fixed or an id
            command,
            capture_output=True,
            text=True,
            timeout=limits.AZ_TIMEOUT,
            check=True,
            stdin=subprocess.DEVNULL,
        )
        account = json.loads(done.stdout)
        if isinstance(account, dict) and isinstance(account.get("id"), str):
            return account
    except (subprocess.SubprocessError, OSError, ValueError):
        pass  # whatever the reason, the next step is the same
    access = f" with access to subscription {subscription_id}" if subscription_id else ""
    raise ConfigError(f"The Azure CLI is not logged in{access}: run az login.")
