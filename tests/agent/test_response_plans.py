"""Which response plans of a directory an agent gets."""

from pathlib import Path
from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from support.directories import Files, described, write
from support.mocks import Registered, run

PAGERDUTY = {"type": "PagerDuty", "connection_key": "u+of-ada", "obo_user": "ada@contoso.com"}
FILTER = "pulumi-python:dynamic/sre:IncidentFilter"
PLANS: Files = {
    "automations/incident-filters/severe.yaml": described(
        "severe", incidentPlatform="AzureMonitor", priorities=["Sev0"]
    ),
    "automations/incident-filters/paged.yaml": described(
        "paged", incidentPlatform="PagerDuty", priorities=["P1"]
    ),
}
"""A plan for each of two platforms."""
UNSAID = {"automations/incident-filters/all.yaml": described("all", priorities=["Sev1"])}
"""A plan that names no platform: that is Azure Monitor in this format.

See docs/reference/directory-format.md#incident-filters.
"""
CONNECTED = {"automations/incident-platforms/a.yaml": {"name": "a", "spec": {"platformType": "AzMonitor"}}}


def deployed(folder: Path, files: Files, **args: Any) -> Registered:
    directory = write(folder, files)
    return run(lambda: sre.Agent("it", {"directory": directory, **args}))  # type: ignore[typeddict-item] # some


@pytest.mark.parametrize(
    ("files", "args", "plans"),
    [
        pytest.param({**PLANS, **CONNECTED}, {}, {"severe"}, id="of-the-directory"),
        pytest.param(
            {**PLANS, **CONNECTED}, {"incident_platform": PAGERDUTY}, {"paged"}, id="of-an-argument"
        ),
        pytest.param(PLANS, {}, {"severe", "paged"}, id="nobody-says"),
        pytest.param(
            {**PLANS, **CONNECTED}, {"incident_platform": {"type": "None"}}, set[str](), id="none-by-argument"
        ),
        pytest.param({**PLANS, **UNSAID, **CONNECTED}, {}, {"severe", "all"}, id="unsaid-is-azure-monitor"),
    ],
)
def test_an_agent_gets_the_plans_of_its_platform(
    tmp_path: Path, files: Files, args: dict[str, Any], plans: set[str]
) -> None:
    seen = deployed(tmp_path, files, **args).of(FILTER)

    assert {made.inputs["name"] for made in seen.values()} == plans


def test_what_stays_out_is_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """With the file and line of the plan, as everything that a directory says and no deployment does."""
    with caplog.at_level("INFO"):
        deployed(tmp_path, {**PLANS, **CONNECTED})

    assert (
        "automations/incident-filters/paged.yaml:1: the response plan paged is for PagerDuty, "
        "and incidents come from AzMonitor: it stays out"
    ) in caplog.text


@pytest.mark.parametrize("files", [PLANS, UNSAID])
def test_plans_none_of_which_is_for_the_platform_are_refused(tmp_path: Path, files: Files) -> None:
    """Incidents that no plan takes would be a silent loss; Azure would refuse the plans, but only later."""
    platform = {
        "type": "ServiceNow",
        "connection_url": "https://contoso.service-now.com",
        "username": "ada",
        "password": "of-ada",
    }

    with pytest.raises(pulumi.RunError) as refused:
        deployed(tmp_path, files, incident_platform=platform)

    assert str(refused.value).endswith(
        "but incidents come from ServiceNow: add a plan for ServiceNow, or change one of them."
    )
