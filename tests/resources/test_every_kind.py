"""What holds for every kind in the registry, through each of its planes, over the real provider process."""

import base64
import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from pulumi_sre_agent.api.kinds import KINDS, Kind, Plane
from pulumi_sre_agent.resources._dynamic import PROVIDERS, KindProvider
from support.azure import LocalAzure
from support.provider_process import ProviderError, ProviderProcess
from support.samples import ROWS, SAMPLES, Json

every_row = pytest.mark.parametrize(
    ("kind", "plane"), ROWS, ids=[f"{kind.name}-{plane}" for kind, plane in ROWS]
)

Make = Callable[..., Json]


def provider_of(kind: Kind) -> KindProvider:
    return PROVIDERS[kind.name]()


def write_behind(cloud: LocalAzure, kind: Kind, inputs: Json) -> None:
    """Somebody else writes the item through the same plane, in the portal or with curl."""
    agent_id, name = inputs["agent_id"], inputs["name"]
    spec = {"name": name, **provider_of(kind).model.to_wire(inputs)}
    if inputs["plane"] == "data":
        path, body = f"{kind.data}/{name}", {"name": name, "type": kind.envelope, "properties": spec}
        cloud.poll(lambda: cloud.data("PUT", agent_id, path, body).is_success)
    else:
        value = {"value": base64.b64encode(json.dumps(spec).encode()).decode()} if kind.encoded else spec
        answer = cloud.arm("PUT", f"{agent_id}/{kind.control}/{name}", {"properties": value})
        cloud.settle(answer)


def stored(cloud: LocalAzure, kind: Kind, inputs: Json) -> Json | None:
    answer = cloud.data("GET", inputs["agent_id"], f"{kind.data}/{inputs['name']}")
    return answer.json()["properties"] if answer.is_success else None


@pytest.fixture
def sample(agent_id: str, fresh: str, kind: Kind, plane: Plane) -> Make:
    """Make the kind's sample under a fresh name, with changes."""

    def make(**changes: Any) -> Json:
        args = copy.deepcopy(SAMPLES[kind.name].args)
        return {"agent_id": agent_id, "plane": plane, **args, "name": fresh, **changes}

    return make


@every_row
def test_an_items_life(
    providers: ProviderProcess, cloud: LocalAzure, agent_id: str, sample: Make, kind: Kind, plane: Plane
) -> None:
    """Create, read, preview: nothing to say; delete, delete again: gone; and it can be created anew."""
    provider = provider_of(kind)
    checked = providers.check(provider, sample())
    assert checked.failures == []

    made = providers.create(provider, checked.inputs)
    read = providers.read(provider, made.id, made.outputs, checked.inputs)

    assert made.id == f"{agent_id}/{kind.segment}/{checked.inputs['name']}"
    assert made.outputs == checked.inputs
    assert (read.id, read.inputs, read.outputs) == (made.id, checked.inputs, made.outputs)
    assert providers.diff(provider, made.id, read.outputs, checked.inputs).changes is False

    providers.delete(provider, made.id, made.outputs)
    providers.delete(provider, made.id, made.outputs)

    assert stored(cloud, kind, checked.inputs) is None
    assert providers.read(provider, made.id, made.outputs, checked.inputs).id == ""
    assert providers.create(provider, checked.inputs).id == made.id
    assert stored(cloud, kind, checked.inputs) is not None


@every_row
def test_a_change_by_somebody_else_shows_as_exactly_that_property(
    providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: Kind, plane: Plane
) -> None:
    """And writing the item again puts it back."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample()).inputs
    made = providers.create(provider, inputs)
    for name, value in SAMPLES[kind.name].changes.items():
        write_behind(cloud, kind, {**inputs, name: value})

        read = providers.read(provider, made.id, made.outputs, inputs)
        diff = providers.diff(provider, made.id, read.outputs, inputs)

        assert [key for key in inputs if read.inputs.get(key) != inputs[key]] == [name]
        assert read.inputs == read.outputs
        assert (diff.changes, diff.replaces) == (None, [])

    assert providers.update(provider, made.id, read.outputs, inputs) == inputs
    assert providers.read(provider, made.id, inputs, inputs).inputs == inputs


@every_row
def test_a_changed_property_is_updated_in_place(
    providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: Kind, plane: Plane
) -> None:
    """Afterwards the item is what the program says, and nothing else of it has changed."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample()).inputs
    made = providers.create(provider, inputs)
    for name, value in SAMPLES[kind.name].changes.items():
        news = providers.check(provider, {**inputs, name: value}, inputs).inputs

        diff = providers.diff(provider, made.id, inputs, news)
        outputs = providers.update(provider, made.id, inputs, news)

        assert (diff.changes, diff.replaces) == (None, [])
        assert outputs == news
        assert providers.read(provider, made.id, outputs, news).inputs == news
        inputs = news


@every_row
@pytest.mark.parametrize(("name", "value"), [("name", "another"), ("agent_id", None)], ids=["name", "agent"])
def test_a_change_of_identity_replaces(
    providers: ProviderProcess, agent_id: str, sample: Make, kind: Kind, name: str, value: str | None
) -> None:
    """The old item goes first, since names are unique within an agent."""
    provider = provider_of(kind)
    olds = providers.check(provider, sample()).inputs

    diff = providers.diff(provider, "any", olds, {**olds, name: value or f"{agent_id}-2"})

    assert (diff.changes, diff.replaces, diff.delete_before_replace) == (None, [name], True)


@every_row
def test_letter_case_of_the_agents_id_is_no_change(
    providers: ProviderProcess, agent_id: str, sample: Make, kind: Kind
) -> None:
    """And the check keeps the old spelling, so that another change does not show it either."""
    provider = provider_of(kind)
    olds = providers.check(provider, sample()).inputs

    news = providers.check(provider, sample(agent_id=agent_id.upper()), olds).inputs

    assert news == olds
    assert providers.diff(provider, "any", olds, {**olds, "agent_id": agent_id.upper()}).changes is False


@every_row
def test_an_item_of_an_agent_that_is_gone_is_gone(
    providers: ProviderProcess, agent_id: str, sample: Make, kind: Kind
) -> None:
    """A real 404 of the agent is one of the item."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample(agent_id=f"{agent_id}-gone")).inputs
    id_ = f"{agent_id}-gone/{kind.segment}/{inputs['name']}"

    assert providers.read(provider, id_, inputs, inputs).id == ""
    providers.delete(provider, id_, inputs)


@every_row
def test_a_create_overwrites_only_what_it_may_adopt(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, sample: Make, kind: Kind
) -> None:
    """Without `adopt` it says what differs and how to go on; with it, the item becomes the program's."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample(agent_id=new_agent_id)).inputs
    changed = next(iter(SAMPLES[kind.name].changes))
    write_behind(cloud, kind, {**inputs, changed: SAMPLES[kind.name].changes[changed]})
    cloud.forget_requests()

    with pytest.raises(ProviderError) as refused:
        providers.create(provider, inputs)

    agent = new_agent_id.rsplit("/", 1)[-1]
    assert str(refused.value).strip() == (
        f"{kind.title} {inputs['name']} of agent {agent} already exists and differs in {changed}: "
        "set adopt=True to take it over and make it what the program says, or remove it first"
    )
    assert cloud.requests(method="PUT") == []

    adopting = providers.check(provider, sample(agent_id=new_agent_id, adopt=True)).inputs
    made = providers.create(provider, adopting)

    assert providers.read(provider, made.id, made.outputs, adopting).inputs == adopting
    assert providers.diff(provider, made.id, made.outputs, inputs).changes is False


@every_row
def test_an_interrupted_create_converges(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, sample: Make, kind: Kind
) -> None:
    """What a killed run left behind is what the program says: the next create takes it."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample(agent_id=new_agent_id)).inputs
    write_behind(cloud, kind, inputs)

    made = providers.create(provider, inputs)

    assert made.outputs == inputs
    assert providers.read(provider, made.id, made.outputs, inputs).inputs == inputs


@every_row
def test_two_resources_of_one_name_do_not_overwrite_each_other(
    providers: ProviderProcess, sample: Make, kind: Kind
) -> None:
    """The second finds what the first has made in the same run."""
    provider = provider_of(kind)
    changed = next(iter(SAMPLES[kind.name].changes.items()))
    providers.create(provider, providers.check(provider, sample()).inputs)

    with pytest.raises(ProviderError, match=f"already exists and differs in {changed[0]}"):
        providers.create(provider, providers.check(provider, sample(**dict([changed]))).inputs)


@every_row
def test_an_item_can_be_read_by_its_id_alone(providers: ProviderProcess, sample: Make, kind: Kind) -> None:
    """As a program does that looks something up; what it asks for comes back as it is."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample()).inputs
    made = providers.create(provider, inputs)
    asked = {key: inputs[key] for key in ("agent_id", "name", "plane")}

    found = providers.read(provider, made.id, asked, asked)

    assert (found.id, found.outputs) == (made.id, asked)


@every_row
def test_creating_many_lists_once(
    providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: Kind, plane: Plane, fresh: str
) -> None:
    """One round trip per item: the collection is listed at most once, then each item is written."""
    provider = provider_of(kind)
    first = providers.check(provider, sample()).inputs
    providers.create(provider, first)
    cloud.forget_requests()

    for number in range(4):
        inputs = providers.check(provider, sample(name=f"{fresh}-{number}")).inputs
        providers.create(provider, inputs)

    sent = cloud.requests(plane=plane)
    writes = [entry["path"] for entry in sent if entry["method"] == "PUT"]
    lists = [entry["path"] for entry in sent if entry["path"].endswith((kind.data, f"/{kind.control}"))]
    assert (len(writes), len(lists)) == (4, 0)


@pytest.mark.parametrize(
    ("kind", "plane"),
    [(kind, "control") for kind in KINDS if len(kind.planes) == 2],
    ids=[kind.name for kind in KINDS if len(kind.planes) == 2],
)
def test_a_change_of_plane_updates_through_the_new_one(
    providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: Kind
) -> None:
    """Both planes write to the same store, so nothing has to go first."""
    provider = provider_of(kind)
    olds = providers.check(provider, sample()).inputs
    made = providers.create(provider, olds)
    news = providers.check(provider, sample(plane="data"), olds).inputs

    diff = providers.diff(provider, made.id, made.outputs, news)
    cloud.forget_requests()
    outputs = providers.update(provider, made.id, made.outputs, news)

    assert (diff.changes, diff.replaces) == (None, [])
    assert [entry["plane"] for entry in cloud.requests(method="PUT")] == ["data"]
    assert providers.read(provider, made.id, outputs, news).inputs == news
