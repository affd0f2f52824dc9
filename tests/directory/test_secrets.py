"""What the stack's config has encrypted is in no fault of a directory, wherever somebody has put it."""

from support.directories import AGENT, Faults
from support.mocks import configured

SECRET = "s3cr/+&t-1"


def test_no_fault_repeats_a_secret_of_the_config(faults: Faults) -> None:
    """Such as one that stands where a member's name should."""
    files = {
        "agent.json": {**AGENT, SECRET: 1},
        "connectors.json": {"connectors": [], SECRET: 1},
    }

    with configured({"sre-agent:variables": f'{{"A": "{SECRET}"}}'}, ["sre-agent:variables"]):
        found = faults(files)

    assert {each.partition(":")[0] for each in found} == {*files}
    assert [each for each in found if SECRET in each] == []
    assert all("'***' is no" in each for each in found)


def test_a_secret_is_no_name(faults: Faults) -> None:
    """A name becomes Pulumi's, which stands in plain in the state, in previews and in logs."""
    connector = {"name": "${WHO}", "properties": {"dataConnectorType": "Kusto", "dataSource": "https://x"}}
    files = {"connectors.secrets.env": f"WHO={SECRET}\n", "connectors.json": [connector]}

    found = faults(files)

    assert found == [
        "connectors.json:3: the name of the connector is a secret, and names are told: name it otherwise"
    ]
