"""What `pulumi package get-schema azure-native` prints."""

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc
import pytest

from sre_agent_local.azure_native.resource_types import TYPES
from sre_agent_local.protocol import provider_pb2 as proto
from support.azure_native import Plugin
from support.engines import needs_pulumi

Json = dict[str, Any]


@pytest.fixture
def schema(plugin: Plugin) -> Json:
    found: Json = json.loads(plugin.stub.GetSchema(proto.GetSchemaRequest()).schema)
    return found


def references(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        yield from (target for name, target in value.items() if name == "$ref" and isinstance(target, str))
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from references(each)


def test_it_has_every_type_and_nothing_refers_to_what_is_not_there(schema: Json) -> None:
    assert set(schema["resources"]) == set(TYPES)
    assert {*references(schema)} - {"pulumi.json#/Any"} <= {f"#/types/{name}" for name in schema["types"]}
    assert schema["types"]["azure-native:network:SubnetDelegations"]["properties"]["serviceName"] == {
        "type": "string"
    }


@pytest.mark.parametrize("token", TYPES)
def test_it_requires_what_a_check_requires(plugin: Plugin, schema: Json, token: str) -> None:
    """Names are made up and locations are configured where a program says none."""
    _, refusals = plugin.check(token.removeprefix("azure-native:"), {"location": "westus2"})
    missing = {line.split("'")[1] for line in refusals if line.startswith("missing required property")}

    described = schema["resources"][token]
    assert set(described["requiredInputs"]) == missing
    assert missing <= set(described["inputProperties"])


def test_there_is_one_version_of_schemas(plugin: Plugin) -> None:
    with pytest.raises(grpc.RpcError) as refused:
        plugin.stub.GetSchema(proto.GetSchemaRequest(version=1))

    assert refused.value.details() == "Unsupported schema version 1: there is version 0."


@needs_pulumi
def test_the_pulumi_cli_prints_it(launcher: Path, schema: Json, tmp_path: Path) -> None:
    environ = {
        **os.environ,
        "PULUMI_HOME": str(launcher.parents[2]),
        "PULUMI_BACKEND_URL": f"file://{tmp_path}",
        "PULUMI_SKIP_UPDATE_CHECK": "true",
    }
    command = ["pulumi", "package", "get-schema", "azure-native"]
    done = subprocess.run(
        command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False, timeout=120
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout)["resources"].keys() == schema["resources"].keys()
