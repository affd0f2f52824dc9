"""Arguments with nothing wrong, to be changed in tests."""

import copy
from typing import Any

from support.samples import AGENT_ID, SAMPLES, Json

UAMI = "/subscriptions/s/resourceGroups/g/providers/Microsoft.ManagedIdentity/userAssignedIdentities/id"
SUBNET = "/subscriptions/s/resourceGroups/g/providers/Microsoft.Network/virtualNetworks/v/subnets/agents"
AGENT: Json = {
    "name": "payments-oncall",
    "resource_group_name": "rg-sre",
    "location": "swedencentral",
    "knowledge_graph_configuration": {"identity": UAMI},
}
CONNECTOR: Json = {
    "name": "my-kusto",
    "data_connector_type": "Kusto",
    "data_source": "https://c.kusto.windows.net",
}


def egress(**members: Any) -> Json:
    return {"sandbox_configuration": {"egress": {"mode": "Limited", **members}}}


def args_of(kind: str) -> Json:
    return copy.deepcopy(AGENT if kind == "Agent" else {"agent_id": AGENT_ID, **SAMPLES[kind].args})
