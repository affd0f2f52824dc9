"""Whatever a service repeats of a secret, and in whichever form, no provider tells it or keeps it in plain.

Secrets are the sample's own, wherever a field of its kind says so, and every longer text that a program could
make one.
"""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from pulumi_sre_agent import resources
from pulumi_sre_agent.api.secrets import MASK
from pulumi_sre_agent.resources._core.registry import model_of, provider_of
from pulumi_sre_agent.resources._core.secret_inputs import SECRET_INPUTS, secret_texts
from pulumi_sre_agent.schema.annotations import SensitiveField, SensitiveMembers
from pulumi_sre_agent.schema.fields import Field
from pulumi_sre_agent.schema.validation import get_path
from support import provider_process
from support.azure import GENERAL, LocalAzure
from support.echoes import SHORTEST, nine_forms
from support.provider_process import Found, ProviderError, ProviderProcess
from support.samples import ROWS, SAMPLES, Json
from support.stack import stack_config

SIGNATURE = "4dabf18193072939515e22adb298388d"
"""Marks a secret on its way to the engine."""
ENDLESS = 300
"""A message of Azure is cut after some hundred characters."""


ODD = 's3cr/+&"<t>1'


@dataclass(frozen=True)
class Case:
    """A kind on a plane, with arguments other than those of its sample."""

    kind: str
    plane: str = ""
    args: Json = field(default_factory=dict)
    change: Json = field(default_factory=dict)
    """What makes an update of it, where the same again is none."""
    has_operations: bool = False

    def __str__(self) -> str:
        return "-".join(filter(None, [self.kind, self.plane, *(["other"] if self.args else [])]))


CASES = [
    *(Case(kind.name, plane, has_operations=SAMPLES[kind.name].operations) for kind, plane in ROWS),
    Case("GitHubDomain", "data", {"auth_type": "Pat", "pat": "s3cret-pat"}),
    Case("PluginInstallation", "data", {"source_url": "contoso/plugins", "pat": "s3cret-pat"}),
    Case("PluginInstallation", "data", {"spec": {"marketplace": "contoso", "apiKey": "s3cret-key"}}),
    Case(
        "IncidentPlatform",
        "data",
        {"type": "PagerDuty", "connection_key": "u+s3cret-key", "obo_user": "a@contoso.com"},
        has_operations=True,
    ),
    Case(
        "Agent",
        args={
            "log_configuration": {
                "application_insights_configuration": {
                    "app_id": "app-1",
                    "connection_string": "InstrumentationKey=s3cret",
                }
            },
            "incident_management_configuration": {
                "type": "PagerDuty",
                "connection_name": "pagerduty",
                "connection_key": "s3cret-key",
            },
            "git_hub_configuration": {
                "repositories": [{"owner": "contoso", "name": "payments"}],
                "pat_token_override": "s3cret-pat",
            },
        },
        change={"tags": {"team": "ledger"}},
        has_operations=True,
    ),
    Case(
        "AgentSpaceConnector",
        args={
            "name": "queries",
            "data_connector_type": "Mcp",
            "data_source": "s3cret-source",
            "endpoint": "https://example.net",
            "identity": "system",
            "extended_properties": {
                "type": "http",
                "endpoint": "https://example.net/mcp",
                "authType": "BearerToken",
                "bearerToken": "s3cret-bearer",
            },
        },
        has_operations=True,
    ),
]


@pytest.fixture(scope="module")
def later(cloud: LocalAzure) -> Iterator[ProviderProcess]:
    """Run the process of a later run, which has sent nothing that it could remember."""
    with provider_process.running(stack_config(cloud), cloud.environ) as process:
        yield process


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


def free_texts(kind: str, inputs: Json) -> list[str]:
    """Name the inputs that a program may make secrets of: texts, but no names, places or choices."""
    fields, key = provider_of(kind).model.fields, getattr(provider_of(kind).model, "key", None)
    fixed = {key, "agent_id", "plane", "domain", "space_id", "resource_group_name", "location", "name"}
    return [
        name
        for name, value in inputs.items()
        if isinstance(value, str) and name not in fixed
        if not fields[name].choices and SHORTEST <= len(value) <= ENDLESS and not value.startswith("/")
    ]


def odd(value: Any) -> Any:
    """Give the secrets of a sample characters that each form spells otherwise."""
    return json.loads(json.dumps(value).replace("s3cret", json.dumps(ODD)[1:-1]))


def sample(cloud: LocalAzure, fresh: str, case: Case) -> Json:
    """Return the arguments of a kind, below what it needs to live in."""
    model, known = provider_of(case.kind).model, SAMPLES.get(case.kind)
    args: Json = odd(case.args or (known.args if known else {}))
    if case.kind == "Agent":
        identity = cloud.identity("of-echoes")["id"]
        return {
            **args,
            "name": fresh,
            "resource_group_name": "rg-sre",
            "location": "swedencentral",
            "identity": {"type": "UserAssigned", "user_assigned_identities": [identity]},
            "knowledge_graph_configuration": {"identity": identity, "managed_resources": []},
            "action_configuration": {"identity": identity, "mode": "Review", "access_level": "Low"},
        }
    if case.kind == "AgentSpaceConnector":
        space = f"{cloud.group()}/providers/Microsoft.App/agentSpaces/{fresh}"
        body: Json = {"location": "swedencentral", "properties": {}}
        assert cloud.settle(cloud.arm("PUT", space, body, api_version=GENERAL))["status"] == "Succeeded"
        return {**args, "space_id": space}
    assert known is not None
    place: Json = {"agent_id": cloud.agent(fresh, **known.agent)}
    if "plane" in model.fields:
        place["plane"] = case.plane
    if known.keyed:
        place[model.key] = known.keyed(fresh)  # type: ignore[attr-defined] # the model of an item
    return args | place


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_echo_of_a_secret_gets_through(
    cloud: LocalAzure, providers: ProviderProcess, later: ProviderProcess, fresh: str, case: Case
) -> None:
    """Neither of a refused write, nor of a later refused read, nor of a read that brings one back."""
    provider, made = provider_of(case.kind), create(cloud, providers, fresh, case)

    def write() -> Json:
        return providers.update(provider, made.id, made.outputs, made.inputs | case.change)

    def read() -> Found:
        return later.read(provider, made.id, made.outputs, made.inputs)

    read()  # which has seen that the agent answers
    for secret in secrets_of(case.kind, made.inputs):
        message = " | ".join(forms := nine_forms(secret))
        refused = {"kind": "status", "status": 400, "code": "BadThing", "message": message}
        told = [
            tell(cloud, fresh, refused, made, write),
            tell(cloud, fresh, refused, made, read),
            tell(cloud, fresh, {"kind": "echo", "message": message}, made, read),
        ]
        assert [(form, each) for each in told for form in forms if form.lower() in each.lower()] == []


@pytest.mark.parametrize("case", [case for case in CASES if case.has_operations], ids=str)
def test_no_echo_in_a_failed_operation_gets_through(
    cloud: LocalAzure, providers: ProviderProcess, later: ProviderProcess, fresh: str, case: Case
) -> None:
    """Neither when it fails, nor when a later run reads what it has left."""
    provider, made = provider_of(case.kind), create(cloud, providers, fresh, case)
    for secret in secrets_of(case.kind, made.inputs):
        message = " | ".join(forms := nine_forms(secret))
        providers.delete(provider, made.id, made.outputs)
        failed = {"kind": "operationFailed", "code": message, "message": message}
        told = [
            tell(cloud, fresh, failed, made, lambda: providers.create(provider, made.inputs)),
            tell(cloud, fresh, {}, made, lambda: later.read(provider, made.id, made.outputs, made.inputs)),
        ]
        assert MASK in told[0]
        assert [(form, each) for each in told for form in forms if form.lower() in each.lower()] == []


def create(cloud: LocalAzure, providers: ProviderProcess, fresh: str, case: Case) -> Found:
    args = sample(cloud, fresh, case)
    provider = provider_of(case.kind)
    inputs = providers.checked(provider, args | {SECRET_INPUTS: free_texts(case.kind, args)})
    return providers.create(provider, inputs)


def tell(cloud: LocalAzure, fresh: str, rule: Json, made: Found, call: Callable[[], Json | Found]) -> str:
    """Return all that a call tells in plain while Azure repeats a message."""
    if rule:
        cloud.fault(path=rf"/(agents|agentSpaces)/{fresh}([-/]|$)", **rule)
    try:
        answer = call()
    except ProviderError as error:
        return str(error)
    finally:
        cloud.clear_faults()
    shown = answer.inputs | answer.outputs if isinstance(answer, Found) else answer
    return told_in_plain(shown, {**made.outputs, SECRET_INPUTS: made.inputs.get(SECRET_INPUTS)})


def sensitive_fields(field: Field, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Yield where a kind has secrets: fields that are, and objects some of whose members are."""
    if field.has(SensitiveField) or field.has(SensitiveMembers):
        yield path
    for name, member in (field.members or {}).items():
        yield from sensitive_fields(member, (*path, name))


def test_there_is_something_to_repeat() -> None:
    """Every field that a kind calls secret has one in a sample."""
    kinds = [name for name in dir(resources) if hasattr(getattr(resources, name), "provider")]
    fields = {(kind, path) for kind in kinds for path in sensitive_fields(model_of(kind).root)}

    samples = [(case.kind, odd(case.args or SAMPLES[case.kind].args)) for case in CASES]
    told = {
        (kind, path)
        for kind, args in samples
        for path in sensitive_fields(model_of(kind).root)
        if any(ODD in text for text in secrets_of(kind, nest(path, get_path(args, *path))))
    }
    assert fields - told == set()


def nest(path: tuple[str, ...], value: Any) -> Json:
    """Return an object that has this value, and nothing else, at a place."""
    for name in reversed(path):
        value = {name: value}
    return dict(value)
