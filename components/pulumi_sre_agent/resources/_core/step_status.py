"""What a step waits for, told to the engine while it lasts: engines show it beside the step.

An engine names its address to each provider that it starts, as the first argument. Which resource a call is
about stands in the request, which the SDK keeps to itself: it is looked for where the SDK calls, and a status
whose resource is not found there is one of the whole run.
"""

import logging
import re
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cached_property
from types import FrameType
from typing import Any

ADDRESS = re.compile(r"127\.0\.0\.1:\d+")
COUNTDOWN = " s left"
"""How a status ends that is new each time it is told."""
SECONDS = 5.0
"""How long the engine may take to listen."""

WAITS = logging.getLogger("pulumi_sre_agent.waits")
"""Where `api.http.waits` tells."""


@dataclass
class _Step:
    urn: str
    mask: Callable[[str], str]
    told: str = ""


_STEP: ContextVar[_Step | None] = ContextVar("step", default=None)


def listen() -> None:
    """From now on pass on what steps wait for, where an engine has started this process."""
    if not WAITS.handlers and len(sys.argv) > 1 and ADDRESS.fullmatch(sys.argv[1]):
        WAITS.addHandler(_EngineHandler(sys.argv[1]))
        WAITS.setLevel(logging.INFO)
        WAITS.propagate = False


@contextmanager
def of_step(caller: FrameType | None, mask: Callable[[str], str]) -> Iterator[None]:
    """Let what is waited for in here be about the step that `caller` serves; `mask` takes secrets out."""
    if not WAITS.handlers:
        yield
        return
    request = caller.f_locals.get("request") if caller else None
    token = _STEP.set(_Step(str(getattr(request, "urn", "")), mask))
    try:
        yield
    finally:
        _STEP.reset(token)


class _EngineHandler(logging.Handler):
    """Sends what a step waits for to the engine's log, once as long as it stays the same."""

    def __init__(self, address: str) -> None:
        super().__init__()
        self._address = address

    @cached_property
    def _engine(self) -> Any:
        import grpc  # noqa: PLC0415 - programs only declare resources
        from pulumi.runtime.proto import engine_pb2_grpc  # noqa: PLC0415 - as above

        return engine_pb2_grpc.EngineStub(grpc.insecure_channel(self._address))

    def emit(self, record: logging.LogRecord) -> None:
        step, message = _STEP.get(), record.getMessage()
        if step is None or (message == step.told and not message.endswith(COUNTDOWN)):
            return
        step.told = message
        import grpc  # noqa: PLC0415 - as above
        from pulumi.runtime.proto import engine_pb2  # noqa: PLC0415 - as above

        status = engine_pb2.LogRequest(
            severity=engine_pb2.INFO, message=step.mask(message), urn=step.urn, ephemeral=True
        )
        with suppress(grpc.RpcError):  # the engine may be about to end
            self._engine.Log(status, timeout=SECONDS)
