"""The package's schema, as `pulumi package get-schema` prints it: of the types and functions that there are.

Tokens, names and required inputs are azure-native's. It names the types of nested objects itself, after the
path to them, and what Azure alone answers is of any type.
"""

from collections.abc import Mapping

from .property_values import Json
from .resource_types import ACTIONS, CLIENT_CONFIG, GETTERS, TYPES
from .resource_types.definition import Action, Field, IdSet, ListOf, MapOf, ResourceType, Shape

ANY = {"$ref": "pulumi.json#/Any"}
SCALARS: Mapping[object, Json] = {
    str: {"type": "string"},
    int: {"type": "integer"},
    float: {"type": "number"},
    bool: {"type": "boolean"},
    dict: {"type": "object", "additionalProperties": {"type": "string"}},
    object: ANY,
}
CONFIG = ("subscriptionId", "tenantId", "clientId", "location", "metadataHost")
IDENTITY = ("clientId", "objectId", "subscriptionId", "tenantId")


def package_schema(version: str) -> Json:
    """Describe the package in Pulumi's terms."""
    types: Json = {}
    config = {"variables": dict.fromkeys(CONFIG, SCALARS[str])}
    return {
        "name": "azure-native",
        "displayName": "Azure Native, local",
        "version": version,
        "description": "Stands in for azure-native on this machine, for the resources that "
        "pulumi-sre-agent needs of it.",
        "config": config,
        "provider": {"inputProperties": config["variables"]},
        "resources": {token: _resource(each, types) for token, each in TYPES.items()},
        "functions": {
            **{token: _getter(each, types) for token, each in GETTERS.items()},
            **{token: _action(each) for token, each in ACTIONS.items()},
            CLIENT_CONFIG: {"outputs": _outputs(dict.fromkeys(IDENTITY, SCALARS[str]))},
        },
        "types": types,
    }


def _resource(kind: ResourceType, types: Json) -> Json:
    required = [name for name, field in kind.fields.items() if field.required and name != "location"]
    return {
        "description": f"ARM: {kind.path}, api-version {kind.api_version}.",
        "properties": _result(kind, types),
        "inputProperties": {
            **_strings(kind.path_inputs),
            **_members(kind.token, kind.fields, types),
        },
        "requiredInputs": sorted({*kind.path_inputs, *required} - {kind.name_input}),
    }


def _getter(kind: ResourceType, types: Json) -> Json:
    return {
        "inputs": {"properties": _strings(kind.path_inputs), "required": sorted(kind.path_inputs)},
        "outputs": _outputs({"id": SCALARS[str], **_result(kind, types)}),
    }


def _action(action: Action) -> Json:
    return {
        "inputs": {"properties": _strings(action.path_inputs), "required": sorted(action.path_inputs)},
        "outputs": _outputs(dict.fromkeys(action.outputs, ANY)),
    }


def _result(kind: ResourceType, types: Json) -> Json:
    outputs = {
        name: ANY if field is None else _type(kind.token, name, field.shape, types)
        for name, _, field in kind.every_output()
    }
    return {**outputs, "azureApiVersion": SCALARS[str]}


def _outputs(properties: Json) -> Json:
    return {"type": "object", "properties": properties}


def _strings(names: tuple[str, ...]) -> Json:
    return dict.fromkeys(names, SCALARS[str])


def _members(owner: str, fields: Mapping[str, Field], types: Json) -> Json:
    return {name: _type(owner, name, field.shape, types) for name, field in fields.items()}


def _type(owner: str, name: str, shape: Shape, types: Json) -> Json:
    """Describe a value; an object goes among the types, under the name of its owner and its own."""
    if isinstance(shape, ListOf):
        return {"type": "array", "items": _type(owner, name, shape.item, types)}
    if isinstance(shape, IdSet):
        return {"type": "array", "items": SCALARS[str]}
    if isinstance(shape, MapOf):
        return {"type": "object", "additionalProperties": _type(owner, name, shape.value, types)}
    if not isinstance(shape, Mapping):
        return SCALARS[shape]
    token = owner + name[0].upper() + name[1:]
    types[token] = {
        "type": "object",
        "properties": _members(token, shape, types),
        "required": sorted(member for member, field in shape.items() if field.required),
    }
    return {"$ref": f"#/types/{token}"}
