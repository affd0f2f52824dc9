"""The package's front door."""

import subprocess
import sys

import pytest
from pulumi.provider.experimental.analyzer import Analyzer

import pulumi_sre_agent as sre


def test_everything_promised_is_there() -> None:
    """Every public name loads, and `dir` shows it."""
    for name in sre.__all__:
        assert getattr(sre, name) is not None
    assert set(sre.__all__) <= set(dir(sre))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="has no attribute 'Agnet'"):
        _ = sre.Agnet


@pytest.mark.parametrize(
    ("statement", "spared"),
    [
        pytest.param("import pulumi_sre_agent", "pulumi", id="package"),
        pytest.param(
            "import pulumi_sre_agent; pulumi_sre_agent.resources.Skill", "pulumi_azure_native", id="resources"
        ),
        pytest.param(
            "import pulumi_sre_agent; pulumi_sre_agent.Agent", "pulumi_azure_native", id="components"
        ),
        pytest.param("import pulumi_sre_agent; pulumi_sre_agent.Agent", "azure.identity", id="login"),
    ],
)
def test_what_is_not_used_is_not_loaded(statement: str, spared: str) -> None:
    """Importing costs next to nothing, and azure-native loads with the first component that needs it."""
    check = f"{statement}; import sys; sys.exit({spared!r} in sys.modules)"

    assert subprocess.run([sys.executable, "-c", check], check=False, timeout=60).returncode == 0


COMPONENTS = [
    sre.Access,
    sre.Agent,
    sre.Alerts,
    sre.Dashboard,
    sre.Extensions,
    sre.Identity,
    sre.Spend,
    sre.Telemetry,
    sre.WebhookBridge,
]


def test_components_describe_themselves() -> None:
    """Pulumi can infer a schema from each, in which everything has its description."""
    found = Analyzer("sre").analyze(COMPONENTS)["component_definitions"]

    assert found.keys() == {component.__name__ for component in COMPONENTS}
    for component in found.values():
        assert component.description
        for name, each in {**component.inputs, **component.outputs}.items():
            assert each.description, name
