"""Runs inside the agent's sandbox: asks a payment provider's public status page how it is doing."""

import json
import urllib.request

PAGES = {
    "adyen": "https://status.adyen.com",
    "checkout": "https://status.checkout.com",
}


def main(provider: str) -> dict[str, object]:
    """Return the page's verdict, or why there is none; an unreachable page is no sign of an outage."""
    page = PAGES.get(provider.lower())
    if page is None:
        return {"error": f"no status page is known for {provider}", "known": sorted(PAGES)}
    try:
        with urllib.request.urlopen(f"{page}/api/v2/summary.json", timeout=10) as reply:  # noqa: S310 # https only
            summary = json.load(reply)
    except (OSError, ValueError) as error:
        return {"provider": provider, "error": f"the status page did not answer: {error}"}
    return {
        "provider": provider,
        "status": summary.get("status", {}).get("description"),
        "incidents": [
            {"name": each["name"], "impact": each.get("impact"), "since": each.get("started_at")}
            for each in summary.get("incidents", [])
        ],
        "maintenance": [each["name"] for each in summary.get("scheduled_maintenances", [])],
    }
