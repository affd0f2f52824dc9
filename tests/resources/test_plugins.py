"""Plugins: marketplaces, and what is installed from them (docs/reference/data-plane.md#plugins)."""

import hashlib

import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.resources import plugins
from pulumi_sre_agent.resources._core.registry import provider_of
from support.azure import LocalAzure
from support.provider_process import Found, ProviderError, ProviderProcess
from support.samples import SAMPLES, Json

MARKETPLACE, INSTALLATION = provider_of("Marketplace"), provider_of("PluginInstallation")
BASE = "/api/v2/plugins"


def make(providers: ProviderProcess, agent_id: str, name: str, **more: object) -> tuple[Json, Found]:
    args = {**SAMPLES["Marketplace"].args, "name": name, "agent_id": agent_id, **more}
    inputs = providers.check(MARKETPLACE, args).inputs
    return inputs, providers.create(MARKETPLACE, inputs)


def test_a_marketplace_is_there_once_it_is_cloned(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    """So what is installed from it can be."""
    make(providers, agent_id, fresh)

    shown = cloud.data("GET", agent_id, f"{BASE}/marketplaces/{fresh}").json()["spec"]
    assert shown["cloneStatus"] == "Ready"


def test_a_function_says_what_a_marketplace_is() -> None:
    """The check is content with it; a repository's owner is whose it is unless somebody else is named."""
    made = plugins.github_marketplace("contoso/plugins", pat="s3cret-pat", description="Ours.")

    assert made == {
        "spec": {
            "sourceType": "github",
            "sourceUrl": "contoso/plugins",
            "owner": {"name": "contoso"},
            "credentials": {"authMethod": "pat", "pat": "s3cret-pat"},
            "description": "Ours.",
        }
    }
    assert resources.validate("Marketplace", {"name": "contoso", **made}) == []
    assert plugins.github_marketplace("a/b", owner="c") == {
        "spec": {"sourceType": "github", "sourceUrl": "a/b", "owner": {"name": "c"}}
    }


def test_why_a_clone_failed_is_told_without_the_token(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    """And the next run tries again."""
    message = "Repository not found with s3cret-pat."
    cloud.fault("operationFailed", method="POST", path="/marketplaces$", message=message, times=1)

    with pytest.raises(ProviderError) as refused:
        make(providers, agent_id, fresh)

    assert f"plugin marketplace {fresh} of" in str(refused.value)
    assert str(refused.value).strip().endswith("could not be cloned: Repository not found with ***.")
    make(providers, agent_id, fresh)


@pytest.mark.parametrize("along", [True, False])
def test_a_plugin_comes_from_a_marketplace_and_brings_skills(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str, *, along: bool
) -> None:
    """Its life is quiet; a marketplace takes it along where it should, else it goes by itself."""
    market_inputs, market = make(providers, agent_id, f"{fresh}-m", delete_installations=along)
    args = {"name": fresh, "marketplace": f"{fresh}-m", "agent_id": agent_id}
    inputs = providers.check(INSTALLATION, args).inputs

    made = providers.create(INSTALLATION, inputs)

    skill = f"/api/v2/extendedAgent/skills/{fresh}"
    assert made.outputs["imported_skills"] == [fresh]
    read = providers.read(INSTALLATION, made.id, made.outputs, inputs)
    assert (read.inputs, read.outputs) == (inputs, made.outputs)
    assert cloud.data("GET", agent_id, skill).is_success
    diff = providers.diff(INSTALLATION, made.id, made.outputs, {**inputs, "marketplace": "other"})
    assert diff.replaces == ["marketplace"]

    providers.delete(MARKETPLACE, market.id, market.outputs)
    assert cloud.data("GET", agent_id, skill).is_success is not along
    providers.delete(INSTALLATION, made.id, made.outputs)
    assert cloud.data("GET", agent_id, skill).status_code == 404
    assert market_inputs["delete_installations"] is along


@pytest.mark.parametrize("name", ["spec", "source_url", "path_in_repo", "pat"])
def test_a_plugin_comes_from_one_place(name: str) -> None:
    """A marketplace, a repository, or what a specification says."""
    values = {
        "spec": {"version": "1"},
        "source_url": "contoso/runbooks",
        "path_in_repo": "a",
        "pat": "s3cret",
    }

    [fault] = resources.validate(
        "PluginInstallation", {"name": "runbooks", "marketplace": "contoso", name: values[name]}
    )

    assert fault.reason == f"{name} and marketplace exclude each other"


def test_a_pinned_plugin_brings_what_it_is_pinned_to_or_fails(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, fresh: str
) -> None:
    """By commit and SHA-256; what somebody changes in a skill of it is drift of the pin."""
    make(providers, agent_id, f"{fresh}-m")
    args: Json = {"name": fresh, "marketplace": f"{fresh}-m", "agent_id": agent_id}
    wrong = providers.check(INSTALLATION, {**args, "pin": {"skills": {fresh: "0" * 64}}}).inputs

    with pytest.raises(ProviderError, match=f"brought other content of {fresh} than it is pinned to: look"):
        providers.create(INSTALLATION, wrong)

    skill = f"/api/v2/extendedAgent/skills/{fresh}"
    stored = cloud.data("GET", agent_id, skill).json()
    sha256 = hashlib.sha256(stored["properties"]["skillContent"].encode()).hexdigest()
    installed = cloud.data("GET", agent_id, f"{BASE}/installations/{fresh}").json()
    pin = {"commit": installed["commit"], "skills": {fresh: sha256}}
    inputs = providers.check(INSTALLATION, {**args, "adopt": True, "pin": pin}).inputs
    made = providers.create(INSTALLATION, inputs)
    assert providers.read(INSTALLATION, made.id, made.outputs, inputs).inputs == inputs

    stored["properties"]["skillContent"] = (
        "# Something else\n\nThat nobody has looked at, and that runs all the same."
    )
    assert cloud.data("PUT", agent_id, skill, stored).is_success
    read = providers.read(INSTALLATION, made.id, made.outputs, inputs)
    assert [key for key in inputs if read.inputs[key] != inputs[key]] == ["pin"]
    assert providers.diff(INSTALLATION, made.id, read.outputs, inputs).changes is None
    outputs = providers.update(INSTALLATION, made.id, read.outputs, inputs)
    assert providers.read(INSTALLATION, made.id, outputs, inputs).inputs == inputs

    with pytest.raises(ProviderError, match=r"brought another commit, [0-9a-f]{40}, than it is pinned to"):
        providers.update(INSTALLATION, made.id, outputs, {**inputs, "pin": {**pin, "commit": "1" * 40}})
