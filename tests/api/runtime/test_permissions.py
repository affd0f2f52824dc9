"""What the login may do, by all of its roles at a scope."""

from typing import Any

import pytest

from pulumi_sre_agent.api.runtime.permissions import may
from support.scripted import Script, reply

GROUP = "/subscriptions/sub/resourceGroups/rg-net"
WRITE = "Microsoft.Network/virtualNetworks/write"


@pytest.mark.parametrize(
    ("roles", "allowed"),
    [
        pytest.param([{"actions": ["*"]}], True, id="owner"),
        pytest.param([{"actions": ["*/read"]}, {"actions": ["microsoft.network/*"]}], True, id="any-role"),
        pytest.param([{"actions": ["*/read"]}], False, id="reader"),
        pytest.param([{"actions": ["*"], "notActions": ["Microsoft.Network/*/write"]}], False, id="but-not"),
        pytest.param([], False, id="no-role"),
    ],
)
def test_one_role_that_allows_is_enough(
    script: Script, roles: list[dict[str, Any]], *, allowed: bool
) -> None:
    """In any letter case; what a role leaves out, another may allow."""
    script.on("GET", "/rg-net/providers/Microsoft.Authorization/permissions$", reply(200, {"value": roles}))

    with script.azure() as azure:
        assert may(azure.control, GROUP, WRITE) is allowed
