"""A toy provider plugin over the toy cloud: custom resources, invokes, detailed diffs, previews.

`install(folder)` writes the executable `pulumi-resource-toycloud` there. Package `toycloud` has a resource,
`toycloud:index:Bucket` (a change of `name` or `zone` replaces it), and an invoke, `toycloud:index:find`. Its
configuration is `region` (a change replaces) and `secretive` (whether it handles secrets itself).
"""

import sys
from collections.abc import Collection, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format, struct_pb2
from pulumi.runtime.proto import plugin_pb2, provider_pb2, provider_pb2_grpc

from support.toy import cloud

Json = dict[str, Any]

UNKNOWN = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
SCRIPT = '#!/bin/sh\nexec {python} -u -m support.toy_plugin "$@"\n'


def install(folder: Path) -> Path:
    """Write the plugin's executable into a folder, and return the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    file = folder / "pulumi-resource-toycloud"
    file.write_text(SCRIPT.format(python=sys.executable))
    file.chmod(0o755)
    return folder


class Plugin(provider_pb2_grpc.ResourceProviderServicer):
    """Answers the engine; one instance serves one provider resource."""

    def __init__(self) -> None:
        self._region = ""

    def GetPluginInfo(self, _request: Any, _context: Any) -> Any:  # noqa: N802 - the protocol's name
        return plugin_pb2.PluginInfo(version="1.2.3")

    def CheckConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        news = plain(request.news)
        failures = []
        if news.get("region") == "mars":
            failures.append(provider_pb2.CheckFailure(property="region", reason="is too far"))
        return provider_pb2.CheckResponse(inputs=request.news, failures=failures)

    def DiffConfig(self, request: Any, _context: Any) -> Any:  # noqa: N802
        return difference(plain(request.old_inputs), plain(request.news), replacing=("region",))

    def Configure(self, request: Any, _context: Any) -> Any:  # noqa: N802
        arguments = plain(request.args)
        self._region = str(arguments.get("region", ""))
        cloud().log(method="configure", name=self._region, variables=dict(request.variables))
        keeps = arguments.get("secretive") == "true"
        return provider_pb2.ConfigureResponse(
            acceptSecrets=keeps, supportsPreview=True, acceptResources=False, acceptOutputs=False
        )

    def Check(self, request: Any, _context: Any) -> Any:  # noqa: N802
        news = plain(request.news)
        failures = []
        if isinstance(news.get("size"), float) and news["size"] < 0:
            failures.append(provider_pb2.CheckFailure(property="size", reason="must not be negative"))
        inputs = struct({"class": "standard", **news})
        return provider_pb2.CheckResponse(inputs=inputs, failures=failures)

    def Diff(self, request: Any, _context: Any) -> Any:  # noqa: N802
        olds, news = plain(request.old_inputs), plain(request.news)
        cloud().log(method="diff", name=olds.get("name"), olds=plain(request.olds), news=news)
        ignored = set(request.ignoreChanges)
        return difference(olds, news, replacing=("name", "zone"), ignored=ignored)

    def Create(self, request: Any, context: Any) -> Any:  # noqa: N802
        inputs = plain(request.properties)
        name = str(inputs.get("name"))
        if request.preview:
            return provider_pb2.CreateResponse(properties=struct({**inputs, "endpoint": UNKNOWN}))
        cloud().log(method="create", name=name, props=inputs, region=self._region)
        self._meet("create", name, context)
        outputs = {**inputs, "endpoint": f"https://{name}.{self._region}", "serial": 1}
        cloud().put(name, outputs)
        return provider_pb2.CreateResponse(id=f"id-{name}", properties=struct(outputs))

    def Update(self, request: Any, context: Any) -> Any:  # noqa: N802
        inputs, olds = plain(request.news), plain(request.olds)
        name = str(inputs.get("name"))
        serial = olds.get("serial", 0) + (0 if request.preview else 1)
        outputs = {
            **inputs,
            "endpoint": olds.get("endpoint"),
            "serial": UNKNOWN if request.preview else serial,
        }
        if not request.preview:
            cloud().log(method="update", name=name, olds=olds, news=inputs)
            self._meet("update", name, context)
            cloud().put(name, outputs)
        return provider_pb2.UpdateResponse(properties=struct(outputs))

    def Read(self, request: Any, _context: Any) -> Any:  # noqa: N802
        name = request.id.removeprefix("id-")
        cloud().log(method="read", name=name, props=plain(request.properties), inputs=plain(request.inputs))
        found = cloud().get(name)
        if found is None:
            return provider_pb2.ReadResponse()
        inputs = {key: value for key, value in found.items() if key not in ("endpoint", "serial")}
        return provider_pb2.ReadResponse(id=request.id, properties=struct(found), inputs=struct(inputs))

    def Delete(self, request: Any, context: Any) -> Any:  # noqa: N802
        name = request.id.removeprefix("id-")
        cloud().log(method="delete", name=name, props=plain(request.properties))
        self._meet("delete", name, context)
        cloud().drop(name)
        return empty_pb2.Empty()

    def Invoke(self, request: Any, _context: Any) -> Any:  # noqa: N802
        arguments = plain(request.args)
        cloud().log(method="invoke", name=request.tok, props=arguments)
        if arguments.get("name") == "nobody":
            failure = provider_pb2.CheckFailure(property="name", reason="is nobody")
            return provider_pb2.InvokeResponse(failures=[failure])
        answer: Any = {"return": struct({**arguments, "region": self._region})}  # a keyword of Python
        return provider_pb2.InvokeResponse(**answer)

    def Cancel(self, _request: Any, _context: Any) -> Any:  # noqa: N802
        return empty_pb2.Empty()

    @staticmethod
    def _meet(method: str, name: str, context: Any) -> None:
        try:
            cloud().meet(method, name)
        except Exception as error:  # noqa: BLE001 - whatever the test planted
            context.abort(grpc.StatusCode.UNKNOWN, str(error))


def plain(properties: struct_pb2.Struct) -> Json:
    found: Json = json_format.MessageToDict(properties)
    return found


def struct(properties: Mapping[str, Any]) -> struct_pb2.Struct:
    made = struct_pb2.Struct()
    made.update({key: value for key, value in properties.items() if value is not None})
    return made


def difference(olds: Json, news: Json, *, replacing: tuple[str, ...], ignored: Collection[str] = ()) -> Any:
    """Tell two sets of properties apart, property by property."""
    rows = {}
    for key in sorted(olds.keys() | news.keys()):
        if key.startswith("__") or key in ignored or olds.get(key) == news.get(key):
            continue
        kind = "ADD" if key not in olds else "DELETE" if key not in news else "UPDATE"
        kind += "_REPLACE" if key in replacing else ""
        rows[key] = provider_pb2.PropertyDiff(kind=provider_pb2.PropertyDiff.Kind.Value(kind), inputDiff=True)
    some = provider_pb2.DiffResponse.DIFF_SOME if rows else provider_pb2.DiffResponse.DIFF_NONE
    return provider_pb2.DiffResponse(
        changes=some,
        diffs=list(rows),
        replaces=[key for key in rows if key in replacing],
        detailedDiff=rows,
        hasDetailedDiff=True,
        deleteBeforeReplace=news.get("diff") == "before",
    )


def main() -> None:
    server = grpc.server(ThreadPoolExecutor(max_workers=8))
    provider_pb2_grpc.add_ResourceProviderServicer_to_server(Plugin(), server)
    port = server.add_insecure_port("127.0.0.1:0")
    server.start()
    print(port, flush=True)
    server.wait_for_termination()


if __name__ == "__main__":
    main()
