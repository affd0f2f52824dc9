"""Whatever a service repeats of a secret, and in whichever form, no provider tells it or keeps it in plain.

Secrets are the sample's own, wherever a field of its kind says so, and every longer text that a program could
make one.
"""

import base64
import copy
import html
import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, quote_plus

import pytest

from pulumi_sre_agent.api.kinds import KINDS, Kind, Plane
from pulumi_sre_agent.resources._core.registry import provider_of
from pulumi_sre_agent.resources._core.secret_inputs import SECRET_INPUTS, secret_texts
from support import provider_process
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import ROWS, SAMPLES, Json
from support.stack import stack_config

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Marks a secret on its way to the engine."""
SHORTEST = 8
ENDLESS = 300
"""A message of Azure is cut after some hundred characters."""


@pytest.fixture(scope="module")
def later(cloud: LocalAzure) -> Iterator[ProviderProcess]:
    """Run the process of a later run, which has sent nothing that it could remember."""
    with provider_process.running(stack_config(cloud), cloud.environ) as process:
        yield process


def nine_forms(secret: str) -> list[str]:
    """Spell a secret in nine ways: as it is, in URLs, base64, a Basic header, HTML, JSON, upper case, cut."""
    return [
        secret,
        quote(secret, safe=""),
        quote_plus(secret),
        base64.b64encode(secret.encode()).decode(),
        "Basic " + base64.b64encode(f"ops:{secret}".encode()).decode(),
        html.escape(secret),
        json.dumps(secret)[1:-1],
        secret.upper(),
        secret[: max(SHORTEST, 3 * len(secret) // 4)],
    ]


def secrets_of(kind: str, inputs: Json) -> list[str]:
    """Return its secrets, those that a program makes of its texts, too, of a length that can be told."""
    texts = secret_texts(provider_of(kind).model.root, inputs)
    return sorted(text for text in texts if SHORTEST <= len(text) <= ENDLESS)


def told_in_plain(value: Any, ours: Any) -> str:
    """Return all of an answer that is no secret of the engine's, and not what was there before."""
    if isinstance(value, dict):
        known = ours if isinstance(ours, dict) else {}
        inner = (
            () if SIGNATURE in value else [told_in_plain(each, known.get(key)) for key, each in value.items()]
        )
        return " ".join(inner)
    if isinstance(value, list):
        known = dict(enumerate(ours if isinstance(ours, list) else ()))
        return " ".join(told_in_plain(each, known.get(at)) for at, each in enumerate(value))
    return "" if value == ours else str(value)


def free_texts(kind: Kind, inputs: Json) -> list[str]:
    """Name the inputs that a program may make secrets of: texts, but no names, places or choices."""
    fields = provider_of(kind.name).model.fields
    key = getattr(provider_of(kind.name).model, "key", None)
    return [
        name
        for name, value in inputs.items()
        if isinstance(value, str) and name not in {key, "agent_id", "plane", "domain"}
        if not fields[name].choices and SHORTEST <= len(value) <= ENDLESS and not value.startswith("/")
    ]


@pytest.mark.parametrize(("kind", "plane"), ROWS, ids=[f"{kind.name}-{plane}" for kind, plane in ROWS])
def test_no_echo_of_a_secret_gets_through(
    cloud: LocalAzure,
    providers: ProviderProcess,
    later: ProviderProcess,
    fresh: str,
    kind: Kind,
    plane: Plane,
) -> None:
    """Neither of a refused write, nor of a later refused read, nor of a read that brings one back."""
    provider, known = provider_of(kind.name), SAMPLES[kind.name]
    args: Json = {"agent_id": cloud.agent(fresh, **known.agent), **copy.deepcopy(known.args)}
    if "plane" in provider.model.fields:
        args["plane"] = plane
    if known.keyed:
        args[provider.model.key] = known.keyed(fresh)  # type: ignore[attr-defined] # the model of an item
    inputs = providers.check(provider, args | {SECRET_INPUTS: free_texts(kind, args)}).inputs
    made, path = providers.create(provider, inputs), f"/agents/{fresh}[-/]"
    later.read(provider, made.id, made.outputs, inputs)  # which has seen that the agent answers

    for secret in secrets_of(kind.name, inputs):
        forms = nine_forms(secret)
        told = list(tell(cloud, path, " | ".join(forms), inputs, made, kind, (providers, later)))
        assert [(form, each) for each in told for form in forms if form.lower() in each.lower()] == []


def tell(
    cloud: LocalAzure,
    path: str,
    message: str,
    inputs: Json,
    made: provider_process.Found,
    kind: Kind,
    processes: tuple[ProviderProcess, ProviderProcess],
) -> Iterator[str]:
    """Yield all that is told in plain while Azure repeats a message."""
    provider, (first, later) = provider_of(kind.name), processes
    refused = {"kind": "status", "status": 400, "code": "BadThing", "message": message}
    for rule, call in (
        (refused, lambda: first.update(provider, made.id, made.outputs, inputs)),
        (refused, lambda: later.read(provider, made.id, made.outputs, inputs)),
        ({"kind": "echo", "message": message}, lambda: later.read(provider, made.id, made.outputs, inputs)),
    ):
        cloud.fault(path=path, **rule)
        try:
            answer: Any = call()
        except ProviderError as error:
            yield str(error)
        else:
            found = answer.inputs | answer.outputs if isinstance(answer, provider_process.Found) else answer
            yield told_in_plain(found, {**made.outputs, SECRET_INPUTS: inputs.get(SECRET_INPUTS)})
        finally:
            cloud.clear_faults()


def test_there_is_something_to_repeat() -> None:
    """Every field that a kind calls secret has one in its sample."""
    assert any(secrets_of(kind.name, SAMPLES[kind.name].args) for kind in KINDS)
