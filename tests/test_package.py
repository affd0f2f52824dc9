"""The package's front door."""

import json
import subprocess
import sys
from importlib.resources import files
from typing import Annotated, Any, Literal, get_args, get_origin

import pulumi
import pytest
from pulumi.provider.experimental.analyzer import Analyzer, PropertyDefinition
from typing_extensions import get_original_bases, is_typeddict

import pulumi_sre_agent as sre
from support.mocks import Registered, run


def test_everything_promised_is_there() -> None:
    """Every public name loads, and `dir` shows it."""
    for name in sre.__all__:
        assert getattr(sre, name) is not None
    assert set(sre.__all__) <= set(dir(sre))


def test_a_name_that_is_not_there_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="attribute Agnet"):
        _ = sre.Agnet  # type: ignore[attr-defined] # that is the point


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


def test_there_is_no_plugin_for_the_engine_to_fetch() -> None:
    """Without this file `pulumi install`, `new` and every `up` look for a binary that nobody has made."""
    said = json.loads(files(sre).joinpath("pulumi-plugin.json").read_text("utf-8"))

    assert said == {"resource": False}


class Reader(Analyzer):
    """Pulumi's schema inference, taught what it does not know: choices, marks, docstrings of bases."""

    def analyze_property(self, arg: Any, typ: type, name: str, **known: Any) -> PropertyDefinition:
        if get_origin(arg) is Annotated:
            arg = get_args(arg)[0]
        if get_origin(arg) is Literal:
            arg = type(get_args(arg)[0])
        return super().analyze_property(arg, typ, name, **known)

    def get_docstring(self, typ: type, name: str) -> str | None:
        said = super().get_docstring(typ, name)
        bases = (base for base in get_original_bases(typ) if is_typeddict(base))
        return said or next(filter(None, (self.get_docstring(base, name) for base in bases)), None)


COMPONENTS = [
    found
    for found in (getattr(sre, name) for name in sre.__all__)
    if isinstance(found, type) and issubclass(found, pulumi.ComponentResource)
]


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_describes_itself(component: type[pulumi.ComponentResource]) -> None:
    """A schema can be inferred from its types, in which everything is described, however deep it lies."""
    found = Reader("sre").analyze([component])

    described = found["component_definitions"][component.__name__]
    assert described.description
    members = {**described.inputs, **described.outputs}
    for type_ in found["type_definitions"].values():
        members |= {f"{type_.name}.{name}": member for name, member in type_.properties.items()}
    assert [name for name, member in members.items() if not member.description] == []


@pytest.mark.parametrize("component", COMPONENTS)
def test_a_component_refuses_what_it_does_not_know(component: Any) -> None:
    """Before anything is registered, and with the name that was probably meant."""
    seen: list[Registered] = []
    wrong = {"tagz": {}, "directry": "agents/oncall", "peeple": [], "existing_subnet": "/subscriptions/1"}

    with pytest.raises(pulumi.RunError) as refused:
        seen.append(run(lambda: component("it", wrong)))

    lines = str(refused.value).splitlines()
    assert {f"{name} is not a property here" for name in wrong} == {
        line.partition(" cannot be: ")[2].split(" (")[0].rstrip(".")
        for line in lines
        if "not a property" in line
    }
    assert seen == []


def test_a_component_takes_outputs_and_what_is_awaited() -> None:
    async def region() -> str:
        return "swedencentral"

    def program() -> None:
        args: Any = {
            "identity_name": "id",
            "resource_group_name": pulumi.Output.from_input("rg"),
            "location": region(),
        }
        sre.Identity("it", args)

    made = run(program).one("azure-native:managedidentity:UserAssignedIdentity")

    assert made.inputs.items() >= {"resourceGroupName": "rg", "location": "swedencentral"}.items()
