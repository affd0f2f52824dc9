"""Regions: known ones pass unasked, others are asked about."""

from collections.abc import Iterator
from contextlib import contextmanager

import pulumi
import pytest

from pulumi_sre_agent.agent import regions


@contextmanager
def offering(monkeypatch: pytest.MonkeyPatch, *locations: str, failing: bool = False) -> Iterator[list[str]]:
    """Have Azure offer these; return the list of what it was asked, and of what was warned."""
    told: list[str] = []

    def ask(subscription_id: str | None) -> list[str]:
        told.append(f"asked for {subscription_id}")
        if failing:
            raise pulumi.RunError("Azure does not answer.")
        return [*locations]

    monkeypatch.setattr(regions, "get_agent_locations", ask)
    monkeypatch.setattr(pulumi.log, "warn", told.append)
    yield told


@pytest.mark.parametrize(
    "location", ["swedencentral", "Sweden Central", "UK South", "polandcentral", "South Central US"]
)
def test_a_known_region_passes_unasked(monkeypatch: pytest.MonkeyPatch, location: str) -> None:
    with offering(monkeypatch) as told:
        regions.validate_location(location, "sub")

    assert told == []


def test_a_region_that_azure_knows_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    with offering(monkeypatch, "eastus2", "brazilsouth") as told:
        regions.validate_location("Brazil South", "sub")

    assert told == ["asked for sub"]


def test_a_region_without_agents_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with offering(monkeypatch, "eastus2", "westus3"), pytest.raises(pulumi.RunError) as refused:
        regions.validate_location("westeurope", None)

    assert str(refused.value) == (
        "Azure has no SRE Agents in westeurope: choose a location among eastus2, westus3; what the agent "
        "watches may be anywhere."
    )


def test_a_misspelt_region_is_refused_with_the_nearest(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of those that Azure offers (docs/reference/control-plane.md#regions)."""
    with offering(monkeypatch, "eastus2", "swedencentral"), pytest.raises(pulumi.RunError) as refused:
        regions.validate_location("swedncentral", None)

    assert str(refused.value).startswith(
        "Azure has no SRE Agents in swedncentral (did you mean 'swedencentral'?): choose a location among"
    )


@pytest.mark.parametrize("failing", [True, False], ids=["silent", "vague"])
def test_where_azure_does_not_tell_the_deployment_goes_on(
    monkeypatch: pytest.MonkeyPatch, *, failing: bool
) -> None:
    with offering(monkeypatch, failing=failing) as told:
        regions.validate_location("westeurope", "sub")

    assert ("could not be asked: Azure does not answer." in told[-1]) is failing


def test_a_program_is_warned_once_of_what_azure_does_not_tell(monkeypatch: pytest.MonkeyPatch) -> None:
    """All agents of a fleet ask alike."""

    class Monitor:
        """Of an engine."""

    programs = [Monitor(), Monitor()]
    with offering(monkeypatch, failing=True) as told:
        for program in (*programs, *programs):
            monkeypatch.setattr(regions, "get_monitor", lambda program=program: program)
            regions.validate_location("westeurope", "sub")

    assert sum("could not be asked" in line for line in told) == 2
