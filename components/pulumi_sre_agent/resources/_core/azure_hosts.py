"""What an agent's sandbox has to reach of Azure, for lists of allowed hosts that leave it out.

Outside of `Unrestricted` Azure seeds such hosts by itself, and a list of one's own replaces them all.

See docs/reference/control-plane.md#egress, docs/reference/assumptions.md#hosts-that-azure-needs.
"""

from collections.abc import Iterable, Iterator
from typing import Any

from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

# fmt: off
AZURE_HOSTS = (
    "management.azure.com", "login.microsoftonline.com", "graph.microsoft.com", "*.azuresre.ai",
    "*.monitor.azure.com", "*.applicationinsights.azure.com", "*.applicationinsights.io",
    "*.loganalytics.azure.com", "*.loganalytics.io", "*.ods.opinsights.azure.com",
    "*.oms.opinsights.azure.com", "*.vault.azure.net",
)
# fmt: on
"""Resource Manager, login, directory, telemetry in and out, secrets, and the service itself."""
MAX_HOSTS = 100
COMPLETED = "exact_allowed_hosts"
"""Stands in the state of every list that was completed or left exact; 0.1.0 knew no such argument."""
EGRESS = ("sandbox_configuration", "egress")
RESTRICTED = frozenset({"Limited", "AzureVNet"})


def complete_allowed_hosts(inputs: Json, old: Inputs) -> None:
    """Add to a list of allowed hosts what it lacks of Azure, so that the preview shows it.

    Through a subnet no list is needed, and an empty one lets nothing past it. A list that 0.1.0 deployed,
    which completed none, stays as it is until it changes, since an upgrade of this package changes nothing.
    One that the program takes away leaves what Azure needs, since Azure seeds its own only once.
    """
    egress = get_path(inputs, *EGRESS)
    if not isinstance(egress, dict) or not _is_restricted(egress) or egress.get(COMPLETED):
        return
    before = get_path(old, *EGRESS)
    before = before if isinstance(before, dict) and before.get("mode") == egress.get("mode") else {}
    hosts, deployed = egress.get("allowed_hosts"), before.get("allowed_hosts")
    if hosts is None and deployed and egress.get("mode") == "Limited":
        hosts = []
    if not isinstance(hosts, list) or (not hosts and egress.get("mode") == "AzureVNet"):
        return
    if isinstance(deployed, list) and COMPLETED not in before and _same(deployed, hosts):
        return
    egress[COMPLETED] = False
    egress["allowed_hosts"] = [*hosts, *missing_hosts(hosts)]


def check_allowed_hosts(inputs: Inputs) -> Iterator[ValidationError]:
    """Refuse an exact list that cuts the agent off from Azure, and one too long to be completed."""
    egress = get_path(inputs, *EGRESS)
    hosts = get_path(inputs, *EGRESS, "allowed_hosts")
    if not isinstance(egress, dict) or not _is_restricted(egress) or not isinstance(hosts, list):
        return
    missing = missing_hosts(hosts)
    if egress.get(COMPLETED) is True:
        if missing and (hosts or egress.get("mode") == "Limited"):
            yield error_at(
                (*EGRESS, "allowed_hosts"),
                f"cuts the agent off from Azure, which needs {', '.join(missing)} too: name them, or leave"
                " exact_allowed_hosts out, and they are added",
            )
    elif len(hosts) <= MAX_HOSTS < len(hosts) + len(missing):
        yield error_at(
            (*EGRESS, "allowed_hosts"),
            f"must have at most {MAX_HOSTS - len(missing)} entries, since Azure needs {len(missing)} more",
        )


def missing_hosts(hosts: Iterable[Any]) -> list[str]:
    """Return what Azure needs and no host of a list covers."""
    known = [host.lower() for host in hosts if isinstance(host, str)]
    return [needed for needed in AZURE_HOSTS if not any(_covers(host, needed) for host in known)]


def _covers(host: str, needed: str) -> bool:
    return host == needed or (host.startswith("*.") and needed.removeprefix("*").endswith(host[1:]))


def _same(deployed: list[Any], hosts: list[Any]) -> bool:
    return not any(map(is_unknown, hosts)) and set(deployed) == set(hosts)


def _is_restricted(egress: Inputs) -> bool:
    return egress.get("mode") in RESTRICTED
