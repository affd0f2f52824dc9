"""A stack as a policy is shown it: secrets in plain, and values that are not known yet."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_sre_agent.review.changes import UNKNOWN
from pulumi_sre_agent.review.policy.stack import inventory_of
from support.previews import urn

TOKEN = "token-of-the-tests"
SHOP = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.App/agents/shop"


class UnknownValueError(Exception):
    """Raised for a value that is not known yet, as the SDK does."""


class Props(dict[str, Any]):
    """Properties as the SDK hands them over."""

    def __getitem__(self, key: str) -> Any:
        value = super().__getitem__(key)
        if value == UNKNOWN:
            raise UnknownValueError(key)
        return Props(value) if isinstance(value, Mapping) else value


@dataclass
class Resource:
    """A resource as the SDK describes it."""

    resource_type: str
    props: Mapping[str, Any]
    urn: str
    name: str = "one"
    dependencies: list[Any] = field(default_factory=list)
    property_dependencies: dict[str, list[Any]] = field(default_factory=dict)


def resource(kind: str, logical_name: str, **props: object) -> Resource:
    address = urn(kind, logical_name)
    return Resource(address.split("$")[-1].split("::")[0], Props(props), address, logical_name)


def test_secrets_are_taken_out_and_what_is_unknown_stays_so() -> None:
    agent = resource("Agent", "shop", name="shop", location="swedencentral")
    extended = {"endpoint": UNKNOWN, "bearerToken": TOKEN, "customHeaders": None}
    connector = resource(
        "Connector", "ops", name="ops", agent_id=SHOP, data_connector_type="Mcp", extended_properties=extended
    )
    connector.property_dependencies["agent_id"] = [agent]
    found = inventory_of([agent, connector], UnknownValueError)
    (item,) = found.agents[0].of("Connector")

    assert item.properties["extended_properties"] == {"endpoint": UNKNOWN, "bearerToken": "[secret]"}
    assert TOKEN not in json.dumps(item.properties)


def test_what_is_around_agents_is_there_and_what_is_no_resource_is_not() -> None:
    role = resource("azure-native:authorization:RoleAssignment", "r", roleDefinitionId="x", scope=SHOP)
    component = Resource("sre:index:Agent", Props(), "urn:pulumi:s::p::sre:index:Agent::shop")
    others = Resource("aws:s3:Bucket", Props(), "urn:pulumi:s::p::aws:s3:Bucket::b")
    found = inventory_of([component, others, role], UnknownValueError)

    assert found.agents == ()
    assert [item.kind for item in found.surroundings] == ["azure-native:authorization:RoleAssignment"]
