"""Steps and events of an engine, for what shows them."""

import io
from collections.abc import Callable, Sequence
from typing import Any

from sre_agent_local.engine.display import Operation, Printer
from sre_agent_local.engine.events import Diagnostic, Listener, Op, Step, Summary
from sre_agent_local.engine.resource import Resource

Json = dict[str, Any]

STACK = "urn:pulumi:dev::toy::pulumi:pulumi:Stack::toy-dev"
CONFIG = {"toy:size": "5", "toy:pw": "[secret]"}


def step(op: Op, name: str = "a", old: Json | None = None, new: Json | None = None, **more: Any) -> Step:
    provider = more.pop("provider", "")

    def state(inputs: Json | None, identity: str) -> Resource | None:
        if inputs is None:
            return None
        return Resource(
            urn=f"urn:pulumi:dev::toy::toy:index:Thing::{name}",
            type="toy:index:Thing",
            custom=True,
            id=identity,
            inputs={"__provider": "x", **inputs},
            outputs=inputs,
            provider=provider,
        )

    return Step(op=op, old=state(old, f"id-{name}"), new=state(new, ""), **more)


def root(op: Op = Op.SAME) -> Step:
    stack = Resource(urn=STACK, type="pulumi:pulumi:Stack", custom=False)
    return Step(op=op, old=None if op is Op.CREATE else stack, new=stack)


DEFAULT = Step(
    op=Op.CREATE,
    new=Resource(
        urn="urn:pulumi:dev::toy::pulumi:providers:toy::default_1_0_0",
        type="pulumi:providers:toy",
        custom=True,
    ),
)


Event = Callable[[Listener], None]


def started(step: Step) -> Event:
    return lambda view: view.started(step)


def done(step: Step, seconds: float = 0.01) -> Event:
    return lambda view: view.done(step, seconds)


def failed(step: Step, reason: str) -> Event:
    return lambda view: view.failed(step, reason)


def noted(severity: str, message: str, urn: str = "") -> Event:
    return lambda view: view.noted(Diagnostic(severity=severity, message=message, urn=urn))


def ended(**members: Any) -> Event:
    return lambda view: view.ended(Summary(**members))


def to_display(view: type, operation: Operation, events: Sequence[Event], **options: Any) -> list[str]:
    out = io.StringIO()
    display = view(operation, Printer(out=out), **options)
    for event in events:
        event(display)
    return out.getvalue().splitlines()


def both(made: Step, seconds: float = 0.01) -> list[Event]:
    return [started(made), done(made, seconds)]


UP = Operation(action="update", stack="dev", project="toy")
PREVIEW = Operation(action="update", stack="dev", project="toy", preview=True)
REFRESH = Operation(action="refresh", stack="dev", project="toy")
