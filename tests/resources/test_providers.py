"""What the engine keeps of a provider, and what the provider's process loads."""

import json
import subprocess
import sys

import pytest
from pulumi.dynamic.dynamic import serialize_provider

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.kinds import KINDS
from pulumi_sre_agent.resources._core.registry import model_of, provider_of
from pulumi_sre_agent.resources.skill import SkillProvider
from support import provider_process
from support.azure import LocalAzure
from support.provider_process import UNKNOWN, ProviderError, ProviderProcess
from support.samples import AGENT_ID, SAMPLES

OUTSIDE = {"Agent", "AgentSpace", "AgentSpaceConnector", "RoleAssignment"}
"""Kinds that do not live under an agent."""
PICKLES = {
    "Agent": "gASVOQAAAAAAAACMIHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmFnZW50lIwNQWdlbnRQcm92aWRlcpSTlClSlC4=",
    "AgentPower": (
        "gASVRAAAAAAAAACMJnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmFnZW50X3Bvd2VylIwSQWdlbnRQb3dlclByb3"
        "ZpZGVylJOUKVKULg=="
    ),
    "AgentSpace": (
        "gASVRAAAAAAAAACMJnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmFnZW50X3NwYWNllIwSQWdlbnRTcGFjZVByb3"
        "ZpZGVylJOUKVKULg=="
    ),
    "AgentSpaceConnector": (
        "gASVVwAAAAAAAACMMHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmFnZW50X3NwYWNlX2Nvbm5lY3RvcpSMG0FnZW"
        "50U3BhY2VDb25uZWN0b3JQcm92aWRlcpSTlClSlC4="
    ),
    "AzureDevOpsAuthentication": (
        "gASVYwAAAAAAAACMNnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmF6dXJlX2Rldm9wc19hdXRoZW50aWNhdGlvbp"
        "SMIUF6dXJlRGV2T3BzQXV0aGVudGljYXRpb25Qcm92aWRlcpSTlClSlC4="
    ),
    "CommonPrompt": (
        "gASVSAAAAAAAAACMKHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmNvbW1vbl9wcm9tcHSUjBRDb21tb25Qcm9tcHRQcm92aWRlcpSTlClS"
        "lC4="
    ),
    "Connector": (
        "gASVQQAAAAAAAACMJHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmNvbm5lY3RvcpSMEUNvbm5lY3RvclByb3ZpZGVylJOUKVKULg=="
    ),
    "ConnectorV2Connection": (
        "gASVWwAAAAAAAACMMnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmNvbm5lY3Rvcl92Ml9jb25uZWN0aW9ulIwdQ2"
        "9ubmVjdG9yVjJDb25uZWN0aW9uUHJvdmlkZXKUk5QpUpQu"
    ),
    "ConnectorV2McpServer": (
        "gASVWgAAAAAAAACMMnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmNvbm5lY3Rvcl92Ml9tY3Bfc2VydmVylIwcQ2"
        "9ubmVjdG9yVjJNY3BTZXJ2ZXJQcm92aWRlcpSTlClSlC4="
    ),
    "CustomInstructions": (
        "gASVVAAAAAAAAACMLnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmN1c3RvbV9pbnN0cnVjdGlvbnOUjBpDdXN0b21JbnN0cn"
        "VjdGlvbnNQcm92aWRlcpSTlClSlC4="
    ),
    "GitHubDomain": (
        "gASVSAAAAAAAAACMKHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmdpdGh1Yl9kb21haW6UjBRHaXRIdWJEb21haW"
        "5Qcm92aWRlcpSTlClSlC4="
    ),
    "GlobalToolPermissions": (
        "gASVWwAAAAAAAACMMnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmdsb2JhbF90b29sX3Blcm1pc3Npb25zlIwdR2"
        "xvYmFsVG9vbFBlcm1pc3Npb25zUHJvdmlkZXKUk5QpUpQu"
    ),
    "Hook": ("gASVNwAAAAAAAACMH3B1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmhvb2uUjAxIb29rUHJvdmlkZXKUk5QpUpQu"),
    "HttpTrigger": (
        "gASVRgAAAAAAAACMJ3B1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmh0dHBfdHJpZ2dlcpSME0h0dHBUcmlnZ2VyUH"
        "JvdmlkZXKUk5QpUpQu"
    ),
    "IncidentFilter": (
        "gASVTAAAAAAAAACMKnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmluY2lkZW50X2ZpbHRlcpSMFkluY2lkZW50Rm"
        "lsdGVyUHJvdmlkZXKUk5QpUpQu"
    ),
    "IncidentIndexing": (
        "gASVUAAAAAAAAACMLHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmluY2lkZW50X2luZGV4aW5nlIwYSW5jaWRlbn"
        "RJbmRleGluZ1Byb3ZpZGVylJOUKVKULg=="
    ),
    "IncidentPlatform": (
        "gASVUAAAAAAAAACMLHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmluY2lkZW50X3BsYXRmb3JtlIwYSW5jaWRlbn"
        "RQbGF0Zm9ybVByb3ZpZGVylJOUKVKULg=="
    ),
    "KnowledgeDocument": (
        "gASVUgAAAAAAAACMLXB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmtub3dsZWRnZV9kb2N1bWVudJSMGUtub3dsZWRnZURvY3"
        "VtZW50UHJvdmlkZXKUk5QpUpQu"
    ),
    "KnowledgeFolder": (
        "gASVTgAAAAAAAACMK3B1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmtub3dsZWRnZV9mb2xkZXKUjBdLbm93bGVkZ2VGb2xkZX"
        "JQcm92aWRlcpSTlClSlC4="
    ),
    "KnowledgeItem": (
        "gASVSgAAAAAAAACMKXB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLmtub3dsZWRnZV9pdGVtlIwVS25vd2xlZGdlSXRlbVByb3"
        "ZpZGVylJOUKVKULg=="
    ),
    "Marketplace": (
        "gASVRQAAAAAAAACMJnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLm1hcmtldHBsYWNllIwTTWFya2V0cGxhY2VQcm"
        "92aWRlcpSTlClSlC4="
    ),
    "PluginConfig": (
        "gASVSAAAAAAAAACMKHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnBsdWdpbl9jb25maWeUjBRQbHVnaW5Db25maW"
        "dQcm92aWRlcpSTlClSlC4="
    ),
    "PluginInstallation": (
        "gASVVAAAAAAAAACMLnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnBsdWdpbl9pbnN0YWxsYXRpb26UjBpQbHVnaW"
        "5JbnN0YWxsYXRpb25Qcm92aWRlcpSTlClSlC4="
    ),
    "QuickstartPlan": (
        "gASVTAAAAAAAAACMKnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnF1aWNrc3RhcnRfcGxhbpSMFlF1aWNrc3Rhcn"
        "RQbGFuUHJvdmlkZXKUk5QpUpQu"
    ),
    "Repo": "gASVNwAAAAAAAACMH3B1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnJlcG+UjAxSZXBvUHJvdmlkZXKUk5QpUpQu",
    "RepoInstructions": (
        "gASVUAAAAAAAAACMLHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnJlcG9faW5zdHJ1Y3Rpb25zlIwYUmVwb0luc3RydWN0aW"
        "9uc1Byb3ZpZGVylJOUKVKULg=="
    ),
    "RoleAssignment": (
        "gASVTAAAAAAAAACMKnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnJvbGVfYXNzaWdubWVudJSMFlJvbGVBc3NpZ25tZW50"
        "UHJvdmlkZXKUk5QpUpQu"
    ),
    "ScheduledTask": (
        "gASVSgAAAAAAAACMKXB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnNjaGVkdWxlZF90YXNrlIwVU2NoZWR1bGVkVG"
        "Fza1Byb3ZpZGVylJOUKVKULg=="
    ),
    "Skill": "gASVOQAAAAAAAACMIHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnNraWxslIwNU2tpbGxQcm92aWRlcpSTlClSlC4=",
    "Subagent": (
        "gASVPwAAAAAAAACMI3B1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnN1YmFnZW50lIwQU3ViYWdlbnRQcm92aWRlcpSTlClSlC4="
    ),
    "SubagentPermissions": (
        "gASVVgAAAAAAAACML3B1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnN1YmFnZW50X3Blcm1pc3Npb25zlIwbU3ViYW"
        "dlbnRQZXJtaXNzaW9uc1Byb3ZpZGVylJOUKVKULg=="
    ),
    "SynthesizedKnowledge": (
        "gASVWAAAAAAAAACMMHB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnN5bnRoZXNpemVkX2tub3dsZWRnZZSMHFN5bnRoZXNpem"
        "VkS25vd2xlZGdlUHJvdmlkZXKUk5QpUpQu"
    ),
    "Tool": "gASVNwAAAAAAAACMH3B1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnRvb2yUjAxUb29sUHJvdmlkZXKUk5QpUpQu",
    "ToolEnablement": (
        "gASVTAAAAAAAAACMKnB1bHVtaV9zcmVfYWdlbnQucmVzb3VyY2VzLnRvb2xfZW5hYmxlbWVudJSMFlRvb2xFbmFibG"
        "VtZW50UHJvdmlkZXKUk5QpUpQu"
    ),
}
"""What state holds as `__provider`: changing one updates every resource of every stack, so never do."""


@pytest.mark.parametrize("kind", PICKLES)
def test_a_provider_pickles_as_the_same_reference_forever(kind: str) -> None:
    """Also once it is configured: nothing of a stack gets into the state of another."""
    provider = provider_of(kind)
    provider.traceback = True

    assert serialize_provider(provider) == PICKLES[kind]
    assert provider.serialize_as_secret_always is False


def test_every_kind_of_the_registry_has_a_class_and_a_sample() -> None:
    """A row alone does nothing."""
    names = {kind.name for kind in KINDS}

    assert set(PICKLES) == names | OUTSIDE
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
    with provider_process.running({"sre:traceback": "true", "sre:plane": "side"}, cloud.environ) as process:
        with pytest.raises(ProviderError, match=r"Traceback(.|\n)*ConfigError: sre:plane"):
            process.check(SkillProvider(), CODE)
        with pytest.raises(ProviderError, match=r"Traceback(.|\n)*KeyError"):
            process.update(provider_of("RoleAssignment"), "id", {}, {})
