"""Lists of what a sandbox may reach (docs/reference/control-plane.md#egress)."""

from collections.abc import Callable
from typing import Any

import pytest

from pulumi_sre_agent.resources._core.azure_hosts import AZURE_HOSTS
from pulumi_sre_agent.resources._core.model import StackDefaults
from pulumi_sre_agent.resources._core.registry import provider_of
from pulumi_sre_agent.resources._core.sandbox_args import EgressRulesArgs
from pulumi_sre_agent.schema.fields import fields_of
from support.azure import LocalAzure
from support.provider_process import ProviderProcess
from support.samples import Json

PROVIDER = provider_of("Agent")
SUBNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/s"
UAMI = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"
OWN = "api.contoso.com"
Make = Callable[..., Json]


def agent(mode: str | None = "Limited", **egress: Any) -> Json:
    inside = {"vnet_configuration": {"subnet_resource_id": SUBNET}} if mode == "AzureVNet" else {}
    return {
        "name": "one",
        "resource_group_name": "rg",
        "location": "swedencentral",
        "identity": {"type": "UserAssigned", "user_assigned_identities": [UAMI]},
        "knowledge_graph_configuration": {"identity": UAMI},
        "sandbox_configuration": {"egress": {**({"mode": mode} if mode else {}), **egress}},
        **inside,
    }


def check(new: Json, old: Json | None = None) -> tuple[list[str] | None, list[str]]:
    inputs, errors = PROVIDER.model.check(old or {}, new, StackDefaults())
    hosts = inputs["sandbox_configuration"]["egress"].get("allowed_hosts")
    return hosts, [error.reason for error in errors]


@pytest.mark.parametrize(
    ("args", "hosts"),
    [
        (agent("Limited", allowed_hosts=[OWN]), [OWN, *AZURE_HOSTS]),
        (agent("AzureVNet", allowed_hosts=[OWN]), [OWN, *AZURE_HOSTS]),
        (agent("Limited", allowed_hosts=[]), [*AZURE_HOSTS]),
        (agent("AzureVNet", allowed_hosts=[]), []),
        (agent("Limited"), None),
        (agent("Unrestricted", allowed_hosts=[OWN]), [OWN]),
        (agent(None, allowed_hosts=[OWN]), [OWN]),
        (
            agent("Limited", allowed_hosts=["*.azure.com", "MANAGEMENT.azure.com"]),
            [
                "*.azure.com",
                "MANAGEMENT.azure.com",
                *(host for host in AZURE_HOSTS if not host.endswith(".azure.com")),
            ],
        ),
    ],
)
def test_a_list_that_would_cut_the_agent_off_from_azure_is_completed(
    args: Json, hosts: list[str] | None
) -> None:
    """And says the same when it is checked again."""
    completed, errors = check(args)

    assert errors == []
    assert completed == (hosts if hosts is None else sorted(hosts))
    assert check(agent_with(args, completed), agent_with(args, completed)) == (completed, [])


def agent_with(args: Json, hosts: list[str] | None) -> Json:
    egress = args["sandbox_configuration"]["egress"]
    more = {} if hosts is None else {"allowed_hosts": hosts}
    return {**args, "sandbox_configuration": {"egress": {**egress, **more}}}


def test_an_exact_list_is_refused_where_it_cuts_the_agent_off() -> None:
    """With what it lacks; a whole one is taken as it is."""
    _, [reason] = check(agent("Limited", allowed_hosts=[OWN, *AZURE_HOSTS[2:]], exact_allowed_hosts=True))

    assert reason == (
        "sandbox_configuration.egress.allowed_hosts cuts the agent off from Azure, which needs"
        " management.azure.com, login.microsoftonline.com too: name them, or leave exact_allowed_hosts out,"
        " and they are added"
    )
    whole = [OWN, *AZURE_HOSTS]
    assert check(agent("Limited", allowed_hosts=whole, exact_allowed_hosts=True)) == (sorted(whole), [])
    assert check(agent("AzureVNet", allowed_hosts=[], exact_allowed_hosts=True)) == ([], [])


def test_a_list_too_long_to_be_completed_is_refused() -> None:
    """Azure takes a hundred in all."""
    _, [reason] = check(agent("Limited", allowed_hosts=[f"h{number}.contoso.com" for number in range(95)]))

    assert reason.endswith("allowed_hosts must have at most 88 entries, since Azure needs 12 more")


def test_what_is_deployed_as_the_program_says_stays_until_it_changes() -> None:
    """An upgrade of the package shows no change; a change of the list completes it, and so does its mode."""
    deployed = agent("Limited", allowed_hosts=[OWN])

    assert check(deployed, deployed) == ([OWN], [])
    assert check(agent("Limited", allowed_hosts=[OWN, "b.contoso.com"]), deployed)[0] == sorted(
        [OWN, "b.contoso.com", *AZURE_HOSTS]
    )
    assert check(agent("AzureVNet", allowed_hosts=[OWN]), deployed)[0] == sorted([OWN, *AZURE_HOSTS])
    assert check(agent("Limited"), agent("Limited", allowed_hosts=[OWN, *AZURE_HOSTS]))[0] == sorted(
        AZURE_HOSTS
    )


def test_hosts_show_both_ways(providers: ProviderProcess, cloud: LocalAzure, fresh: str) -> None:
    """Azure seeds its own, a list replaces them; one that somebody takes out shows, and comes back."""
    identity = cloud.identity(fresh)["id"]
    args: Json = {
        **agent("Limited"),
        "name": fresh,
        "resource_group_name": "rg-sre",
        "identity": {"type": "UserAssigned", "user_assigned_identities": [identity]},
        "knowledge_graph_configuration": {"identity": identity},
    }
    inputs = providers.check(PROVIDER, args).inputs
    made = providers.create(PROVIDER, inputs)
    seeded = allowed_hosts(cloud, made.id)
    assert "management.azure.com" in seeded
    assert providers.read(PROVIDER, made.id, made.outputs, inputs).inputs == inputs

    listed = agent_with(args, [OWN])
    news = providers.check(PROVIDER, listed, inputs).inputs
    assert providers.diff(PROVIDER, made.id, made.outputs, news).changes is None
    outputs = providers.update(PROVIDER, made.id, made.outputs, news)
    assert allowed_hosts(cloud, made.id) == sorted([OWN, *AZURE_HOSTS])
    same = providers.check(PROVIDER, listed, news).inputs
    assert providers.diff(PROVIDER, made.id, outputs, same).changes is False

    short = {"properties": {"sandboxConfiguration": {"egress": {"allowedHosts": [OWN]}}}}
    cloud.settle(cloud.arm("PATCH", made.id, short))
    read = providers.read(PROVIDER, made.id, outputs, news)
    assert read.inputs["sandbox_configuration"]["egress"]["allowed_hosts"] == [OWN]
    again = providers.check(PROVIDER, listed, read.inputs).inputs
    assert providers.diff(PROVIDER, made.id, read.outputs, again).changes is None
    providers.update(PROVIDER, made.id, read.outputs, again)
    assert allowed_hosts(cloud, made.id) == sorted([OWN, *AZURE_HOSTS])


RULES: dict[str, tuple[Any, Json]] = {
    "allow_http_mcp_server_network_access": (False, {"allowHttpMcpServerNetworkAccess": True}),
    "allowed_hosts": ([OWN], {"allowedHosts": [OWN, "other.contoso.com"]}),
    "allowed_registries": (["pypi"], {"allowedRegistries": ["npmjs", "pypi"]}),
    "allowed_code_repositories": (["Github"], {"allowedCodeRepositories": []}),
    "http_proxy": (
        {"http_url": "http://proxy:8080", "no_proxy": ["10.0.0.0/8"]},
        {"httpProxy": {"httpUrl": "http://other:8080"}},
    ),
    "vnet_configuration": (
        {"use_private_dns_resolution": True},
        {"vnetConfiguration": {"usePrivateDnsResolution": False}},
    ),
}
"""Each rule as a program has it, and what somebody else patches."""


def test_each_rule_shows_what_somebody_else_makes_of_it(
    providers: ProviderProcess, cloud: LocalAzure, fresh: str
) -> None:
    """That rule alone, which an update puts back; before and after a refresh is quiet."""
    assert RULES.keys() == fields_of(EgressRulesArgs).keys() - {"exact_allowed_hosts"}
    identity = cloud.identity(fresh)["id"]
    args: Json = {
        **agent("AzureVNet", **{name: value for name, (value, _) in RULES.items()}),
        "name": fresh,
        "resource_group_name": "rg-sre",
        "identity": {"type": "UserAssigned", "user_assigned_identities": [identity]},
        "knowledge_graph_configuration": {"identity": identity},
        "vnet_configuration": {"subnet_resource_id": cloud.subnet()},
    }
    inputs = providers.check(PROVIDER, args).inputs
    made = providers.create(PROVIDER, inputs)
    outputs, rules = made.outputs, inputs["sandbox_configuration"]["egress"]
    for name, (_, theirs) in RULES.items():
        assert providers.read(PROVIDER, made.id, outputs, inputs).inputs == inputs
        cloud.settle(
            cloud.arm("PATCH", made.id, {"properties": {"sandboxConfiguration": {"egress": theirs}}})
        )

        read = providers.read(PROVIDER, made.id, outputs, inputs)

        shown = read.inputs["sandbox_configuration"]["egress"]
        assert [rule for rule in rules if shown.get(rule) != rules[rule]] == [name]
        assert providers.diff(PROVIDER, made.id, read.outputs, inputs).changes is None
        outputs = providers.update(PROVIDER, made.id, read.outputs, inputs)
    assert providers.read(PROVIDER, made.id, outputs, inputs).inputs == inputs
    providers.delete(PROVIDER, made.id, outputs)
    assert providers.read(PROVIDER, made.id, outputs, inputs).id == ""


def allowed_hosts(cloud: LocalAzure, agent_id: str) -> list[str]:
    shown = cloud.arm("GET", agent_id).json()["properties"]["sandboxConfiguration"]["egress"]
    hosts: list[str] = shown["allowedHosts"]
    return hosts


def test_a_network_goes_with_either_api_version() -> None:
    """The service takes it in 2026-01-01 too (docs/reference/control-plane.md#api-versions)."""
    args = agent("AzureVNet", vnet_configuration={"use_private_dns_resolution": True})

    assert check({**args, "api_version": "2026-01-01"})[1] == []
