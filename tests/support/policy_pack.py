"""The policy pack in use, run by the real SDK as Pulumi runs it, and asked as Pulumi asks it.

The SDK wants an older protobuf than everything else here, so both lie in a folder of their own, and the pack
is a process of its own anyway.
"""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import grpc
from google.protobuf.empty_pb2 import Empty
from google.protobuf.json_format import ParseDict
from google.protobuf.struct_pb2 import Struct
from pulumi.runtime.proto import analyzer_pb2 as proto
from pulumi.runtime.proto.analyzer_pb2_grpc import AnalyzerStub

from pulumi_sre_agent.review.changes import UNKNOWN
from pulumi_sre_agent.review.inventory.inventory import Inventory
from pulumi_sre_agent.review.policy.config import parse
from pulumi_sre_agent.review.policy.standing import changes_of

FOLDER = Path(__file__).parents[2] / "stacks/policy"
SDK = Path(sys.prefix) / "policy"
"""Where `make` puts what is in tests/review/policy/requirements.lock."""
LEVELS = {"advisory": proto.ADVISORY, "mandatory": proto.MANDATORY, "disabled": proto.DISABLED}
STACK = proto.AnalyzerResource(type="pulumi:pulumi:Stack", urn="urn:pulumi:s::p::pulumi:pulumi:Stack::p-s")


@dataclass(frozen=True, order=True)
class Violation:
    """What a policy has against a resource."""

    policy: str
    urn: str
    message: str
    level: int


@dataclass(frozen=True)
class Pack:
    """A pack that runs."""

    analyzer: AnalyzerStub

    def info(self) -> proto.AnalyzerInfo:
        """Return what it says of itself."""
        info: proto.AnalyzerInfo = self.analyzer.GetAnalyzerInfo(Empty())
        return info

    def violations(self, inventory: Inventory, config: Mapping[str, Any]) -> list[Violation]:
        """Configure it, and show it the stack that an inventory would make, as a preview of it does."""
        self._configure(config)
        resources = [*_resources(inventory)]
        for each in resources:
            request = proto.AnalyzeRequest(type=each.type, properties=each.properties, urn=each.urn)
            assert not self.analyzer.Analyze(request).diagnostics  # its policies are over whole stacks
        answer = self.analyzer.AnalyzeStack(proto.AnalyzeStackRequest(resources=[STACK, *resources]))
        return sorted(
            Violation(each.policyName, each.urn, each.message, each.enforcementLevel)
            for each in answer.diagnostics
        )

    def _configure(self, config: Mapping[str, Any]) -> None:
        """Tell it the level and the parameters of each policy, which the engine reads from the file."""
        parsed = parse(config)
        request = proto.ConfigureAnalyzerRequest()
        for policy in self.info().policies:
            own = request.policyConfig[policy.name]
            own.enforcementLevel = LEVELS[parsed.level(policy.name)]
            if isinstance(given := config.get(policy.name), Mapping):
                parameters = {name: value for name, value in given.items() if name != "enforcementLevel"}
                ParseDict(parameters, own.properties)
        self.analyzer.Configure(request)


@contextmanager
def running() -> Iterator[Pack]:
    """Start the pack as Pulumi's language host for Python does, and end it."""
    command = [sys.executable, "-u", "-m", "pulumi.policy", "127.0.0.1:1", str(FOLDER)]
    environment = {**os.environ, "PYTHONPATH": str(SDK)}
    with subprocess.Popen(command, cwd=FOLDER, env=environment, stdout=subprocess.PIPE, text=True) as child:
        try:
            assert child.stdout
            port = child.stdout.readline().strip()
            assert port, "the pack has not started: stderr says why"
            with grpc.insecure_channel(f"127.0.0.1:{port}") as channel:
                yield Pack(AnalyzerStub(channel))
        finally:
            child.terminate()


def _resources(inventory: Inventory) -> Iterator[proto.AnalyzerResource]:
    for item, change in changes_of(inventory):
        known: dict[str, Any] = {**item.properties}
        if change.dependencies:
            known["agent_id"] = UNKNOWN
        yield proto.AnalyzerResource(
            type=change.type,
            urn=change.urn,
            name=change.logical_name,
            properties=ParseDict(known, Struct()),
            propertyDependencies={
                "agent_id": proto.AnalyzerPropertyDependencies(urns=list(change.dependencies))
            },
        )
