"""Pulumi's protocol: a package whose modules are the stubs in `pulumi.runtime.proto`.

Imported from here they do not bring in the SDK around them, which takes longer than all else that the engine
and the stand-in plugin load.
"""
# ruff: noqa: PLC0414 - "as" is how a name is exported

from importlib.util import find_spec
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pulumi.runtime.proto import alias_pb2 as alias_pb2
    from pulumi.runtime.proto import engine_pb2 as engine_pb2
    from pulumi.runtime.proto import engine_pb2_grpc as engine_pb2_grpc
    from pulumi.runtime.proto import plugin_pb2 as plugin_pb2
    from pulumi.runtime.proto import provider_pb2 as provider_pb2
    from pulumi.runtime.proto import provider_pb2_grpc as provider_pb2_grpc
    from pulumi.runtime.proto import resource_pb2 as resource_pb2
    from pulumi.runtime.proto import resource_pb2_grpc as resource_pb2_grpc
    from pulumi.runtime.proto import source_pb2 as source_pb2
    from pulumi.runtime.proto import status_pb2 as status_pb2

MARK = "4dabf18193072939515e22adb298388d"
"""The member that says what kind of special value an object stands for."""
SECRET = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the kind of a marked object, and no secret itself
UNKNOWN_TEXT = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
"""How a value travels that is not known yet."""

_SDK = find_spec("pulumi")
__path__ = [f"{folder}/runtime/proto" for folder in (_SDK and _SDK.submodule_search_locations) or ()]
