"""What the engine keeps of a provider, and what the provider's process loads."""

import base64
import json
import pickle
import pickletools
import subprocess
import sys

import pytest
from pulumi.dynamic.dynamic import serialize_provider
from pulumi.output import Unknown

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import KINDS
from pulumi_sre_agent.resources._core.registry import model_of, provider_of
from pulumi_sre_agent.resources.skill import SkillProvider
from support import provider_process
from support.azure import LocalAzure
from support.provider_process import UNKNOWN, ProviderError, ProviderProcess
from support.releases import FOLDER
from support.samples import AGENT_ID, SAMPLES

OUTSIDE = {"Agent", "AgentSpace", "AgentSpaceConnector", "RoleAssignment"}
"""Kinds that do not live under an agent."""
CLASSES = sorted(name for name in resources.__all__ if f"{name}Args" in resources.__all__)


def released_pickles() -> dict[str, set[str]]:
    """What the states of earlier releases hold as `__provider`, by kind."""
    pickles: dict[str, set[str]] = {}
    for path in FOLDER.rglob("state.json"):
        for resource in json.loads(path.read_text(encoding="utf-8"))["deployment"]["resources"]:
            if "__provider" in resource.get("inputs", {}):
                kind = resource["type"].rpartition(":")[2]
                pickles.setdefault(kind, set()).add(resource["inputs"]["__provider"])
    return pickles


RELEASED = released_pickles()


@pytest.mark.parametrize("kind", CLASSES)
def test_a_provider_pickles_as_a_bare_reference_to_its_class(kind: str) -> None:
    """Also once it is configured: nothing of a stack gets into the state of another."""
    provider = provider_of(kind)
    provider.traceback = True

    pickled = base64.b64decode(serialize_provider(provider))

    values = [value for _, value, _ in pickletools.genops(pickled) if isinstance(value, str)]
    assert values == [getattr(resources, kind).__module__, f"{kind}Provider"]
    assert pickle.loads(pickled).__dict__ == {}
    assert provider.serialize_as_secret_always is False


@pytest.mark.parametrize("kind", RELEASED)
def test_a_provider_pickles_as_in_every_release(kind: str) -> None:
    """Another text would update every resource of every stack."""
    assert {serialize_provider(provider_of(kind))} == RELEASED[kind]


def test_every_kind_of_the_registry_has_a_class_and_a_sample() -> None:
    """A row alone does nothing."""
    names = {kind.name for kind in KINDS}

    assert set(CLASSES) == names | OUTSIDE >= set(RELEASED)
    assert set(SAMPLES) == names
    for name in names:
        assert {name, f"{name}Args"} <= set(resources.__all__)
        assert model_of(name).title == next(kind.title for kind in KINDS if kind.name == name)


def loaded(code: str) -> set[str]:
    """Top-level packages that a fresh interpreter has loaded after some code."""
    listing = f"{code}\nimport sys, json; print(json.dumps(sorted({{m.split('.')[0] for m in sys.modules}})))"
    shown = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, check=True)
    return set(json.loads(shown.stdout))


def test_declaring_resources_loads_no_client_and_no_validator() -> None:
    """A program's start must not pay for what the provider's process needs."""
    heavy = {"httpx", "azure", "pydantic", "pydantic_core", "tenacity", "pulumi_azure_native"}

    assert loaded("import pulumi_sre_agent.resources") & heavy == set()


def test_check_and_diff_load_no_client() -> None:
    """Previews log in nowhere; azure-native is never loaded by a provider."""
    code = (
        "from pulumi_sre_agent.resources.skill import SkillProvider\n"
        "provider = SkillProvider()\n"
        "inputs = provider.check({}, {'name': 'a'}).inputs\n"
        "provider.diff('id', inputs, inputs)"
    )

    assert loaded(code) & {"httpx", "azure", "pydantic", "tenacity", "pulumi_azure_native"} == set()


def test_unknown_values_travel_through_the_process(providers: ProviderProcess) -> None:
    """What comes in unknown goes out unknown, also inside lists."""
    args = {"agent_id": UNKNOWN, "name": "a", "skill_content": UNKNOWN, "tools": ["b", UNKNOWN, "a"]}

    checked = providers.check(SkillProvider(), args)

    assert checked.failures == []
    assert checked.inputs == args | {"plane": "data", "tools": ["a", "b", UNKNOWN]}
    assert providers.diff(SkillProvider(), "any", {**args, "agent_id": AGENT_ID}, args).replaces == [
        "agent_id"
    ]


def test_an_item_of_an_agent_that_is_not_there_yet_is_compared() -> None:
    """As in the preview of an agent's replacement."""
    item = {"agent_id": f"{AGENT_ID}-old", "name": "a", "skill_content": "x" * 51, "plane": "data"}

    unknown = Unknown()  # type: ignore[no-untyped-call] # untyped in the SDK
    diff = SkillProvider().diff(f"{AGENT_ID}-old/skills/a", item, {**item, "agent_id": unknown})

    assert (diff.replaces, diff.delete_before_replace) == (["agent_id"], True)


def test_a_role_on_what_is_not_there_yet_is_compared(providers: ProviderProcess) -> None:
    """As in the preview of an agent's replacement."""
    role = {"scope": AGENT_ID, "principal_id": "p", "principal_type": "User", "role": "Reader"}

    assert providers.diff(
        provider_of("RoleAssignment"), AGENT_ID, role, {**role, "scope": UNKNOWN}
    ).replaces == ["scope"]


def test_a_fault_reaches_the_engine_with_its_property(providers: ProviderProcess) -> None:
    """One failure each."""
    checked = providers.check(SkillProvider(), {"agent_id": AGENT_ID, "name": "a", "plane": "side"})

    assert checked.failures == [
        ("plane", "plane must be one of data, control"),
        ("", "skill_content is missing"),
    ]


CODE = {"agent_id": AGENT_ID, "name": "a", "skill_content": "x" * 51, "plane": "data"}


def test_malformed_configuration_is_told_in_one_line(cloud: LocalAzure) -> None:
    """By every call that needs it."""
    with (
        provider_process.running({"sre:plane": "side"}, cloud.environ) as process,
        pytest.raises(ProviderError) as refused,
    ):
        process.check(SkillProvider(), CODE)

    assert str(refused.value).strip() == 'sre:plane must be "data" or "control", not \'side\'.'


def test_a_defect_is_told_in_one_line_too(providers: ProviderProcess) -> None:
    """With how to see more."""
    with pytest.raises(ProviderError) as broken:
        providers.update(provider_of("RoleAssignment"), "id", {}, {})

    assert str(broken.value).strip() == (
        "a defect in pulumi_sre_agent stopped this (KeyError): run `pulumi config set sre:traceback true`"
        " and try again to see where"
    )


def test_an_id_that_is_none_is_refused_in_one_line(providers: ProviderProcess) -> None:
    """As when somebody imports it."""
    with pytest.raises(ProviderError) as refused:
        providers.diff(provider_of("Agent"), "no ARM id", CODE, CODE)

    assert str(refused.value).strip().startswith("'no ARM id' is not an id of Microsoft.App/agents, which")


def test_tracebacks_come_back_on_request(cloud: LocalAzure) -> None:
    """For errors of either sort."""
    with (
        provider_process.running({"sre:traceback": "true", "sre:plane": "side"}, cloud.environ) as process,
        pytest.raises(ProviderError, match=r"Traceback(.|\n)*ConfigError: sre:plane"),
    ):
        process.check(SkillProvider(), CODE)
    with (
        provider_process.running({"sre:traceback": "true"}, cloud.environ) as process,
        pytest.raises(ProviderError, match=r"Traceback(.|\n)*KeyError"),
    ):
        process.update(provider_of("RoleAssignment"), "id", {}, {})
