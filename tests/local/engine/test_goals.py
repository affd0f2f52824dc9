"""What a program's requests mean, and which of them are refused by name."""

from pathlib import Path
from typing import Any

import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import alias_pb2, resource_pb2, source_pb2

from sre_agent_local.engine.goals import (
    UnsupportedError,
    read_read_request,
    read_register_request,
    refuse_invoke,
)
from sre_agent_local.engine.values import MARK
from support.rig import alias

ROOT = Path("/srv/project")
Request = resource_pb2.RegisterResourceRequest
Hooks = Request.ResourceHooksBinding


def request(**members: Any) -> Request:
    return Request(**{"type": "toy:index:Thing", "name": "a", "custom": True, **members})


def struct(**values: Any) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update(values)
    return made


def test_everything_that_is_served() -> None:
    """Lists whose order is chance are sorted; what was not said is None."""
    goal = read_register_request(
        request(
            object=struct(b=1, a="x"),
            dependencies=["urn:2", "urn:1"],
            propertyDependencies={"a": Request.PropertyDependencies(urns=["urn:2", "urn:1"])},
            protect=False,
            deleteBeforeReplaceDefined=True,
            aliases=[
                alias_pb2.Alias(urn="urn:old"),
                alias_pb2.Alias(spec=alias_pb2.Alias.Spec(name="b", noParent=True)),
            ],
            aliasURNs=["urn:older"],
            customTimeouts=Request.CustomTimeouts(create="1h2m3s", update="500ms"),
            sourcePosition=source_pb2.SourcePosition(uri="file:///srv/project/my%20app/x.py", line=7),
        ),
        ROOT,
    )

    assert goal.inputs == {"a": "x", "b": 1}
    assert goal.dependencies == ("urn:1", "urn:2")
    assert goal.property_dependencies == {"a": ("urn:1", "urn:2")}
    assert (goal.protect, goal.retain_on_delete, goal.delete_before_replace) == (False, None, False)
    assert goal.aliases == (alias("urn:old"), alias(name="b", noParent=True), alias("urn:older"))
    assert goal.custom_timeouts == {"create": 3723, "update": 0.5}
    assert goal.source_position == "project:///my app/x.py#7"


def test_without_property_dependencies_every_property_depends_on_all() -> None:
    goal = read_register_request(request(object=struct(a=1, b=2), dependencies=["urn:1"]), ROOT)

    assert goal.property_dependencies == {"a": ("urn:1",), "b": ("urn:1",)}


@pytest.mark.parametrize(
    ("members", "what"),
    [
        ({"remote": True}, "a remote component"),
        ({"importId": "x"}, "the option `import_`"),
        ({"transforms": [{"token": "x"}]}, "the option `transforms`"),
        ({"hooks": Hooks(after_delete=["x"])}, "the option `hooks`"),
        ({"replace_with": ["urn:x"]}, "the option `replace_with`"),
        ({"replacement_trigger": struct_pb2.Value(string_value="x")}, "the option `replacement_trigger`"),
        ({"hideDiffs": ["x"]}, "the option `hide_diffs`"),
        ({"envVarMappings": {"a": "b"}}, "the option `env_var_mappings`"),
        ({"state_migrations": [{"token": "x"}]}, "state migrations"),
        ({"packageRef": "x"}, "a parameterised package"),
        ({"pluginDownloadURL": "https://x"}, "a plugin download URL"),
        ({"type": "pulumi:pulumi:StackReference"}, "the built-in package `pulumi`"),
        ({"type": "pulumi:providers:pulumi-python"}, "a provider of its own for dynamic resources"),
        ({"object": struct(file={MARK: "c44067f5952c0a294b673a41bacd8c17"})}, "assets"),
    ],
)
def test_what_is_refused(members: dict[str, Any], what: str) -> None:
    """Each in a sentence that names it, the resource, and the way out."""
    refused = request(**members)

    with pytest.raises(UnsupportedError) as error:
        read_register_request(refused, ROOT)
    assert str(error.value).startswith(f"{refused.type} resource 'a' uses {what}")
    assert str(error.value).endswith("install the Pulumi CLI for this program")


def test_reading_a_resource() -> None:
    goal = read_read_request(
        resource_pb2.ReadResourceRequest(
            id="x", type="toy:index:Thing", name="a", properties=struct(n=1), dependencies=["urn:2", "urn:1"]
        ),
        ROOT,
    )

    assert (goal.read_id, goal.inputs, goal.dependencies) == ("x", {"n": 1}, ("urn:1", "urn:2"))


@pytest.mark.parametrize(
    "members", [{"tok": "pulumi:pulumi:getResource"}, {"tok": "a:b:c", "packageRef": "x"}]
)
def test_functions_that_are_refused(members: dict[str, str]) -> None:
    with pytest.raises(
        UnsupportedError, match=f"invoke of {members['tok']} uses a function of the engine itself"
    ):
        refuse_invoke(resource_pb2.ResourceInvokeRequest(**members))  # type: ignore[arg-type]  # strings all
