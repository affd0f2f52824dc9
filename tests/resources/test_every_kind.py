"""What holds for every kind in the registry, through each of its planes, over the real provider process."""

import copy
import re
from collections.abc import Callable, Iterator
from contextlib import closing
from typing import Any

import pytest

from pulumi_sre_agent.api import Client
from pulumi_sre_agent.api.kinds import KINDS, Kind, Plane
from pulumi_sre_agent.resources._core import item_crud
from pulumi_sre_agent.resources._core.item_crud import item_id
from pulumi_sre_agent.resources._core.listing_cache import ListingCache
from pulumi_sre_agent.resources._core.provider import KindProvider
from pulumi_sre_agent.resources._core.registry import provider_of as provider_named
from support.azure import LocalAzure
from support.clients import settings_for
from support.provider_process import ProviderError, ProviderProcess
from support.samples import ROWS, SAMPLES, VARIANTS, Json, Sample


def rows(*wanted: str, variants: bool = False) -> pytest.MarkDecorator:
    """Run a test for every kind and plane of which the sample says what is wanted, and for its variants."""
    found = [(kind, plane, SAMPLES[kind.name], "") for kind, plane in ROWS]
    if variants:
        found += [
            (kind, plane, known, f"-{what}")
            for what, (name, known) in VARIANTS.items()
            for kind, plane in ROWS
            if kind.name == name
        ]
    return pytest.mark.parametrize(
        ("kind", "plane", "known"),
        [
            pytest.param(kind, plane, known, id=f"{kind.name}-{plane}{what}")
            for kind, plane, known, what in found
            if all(getattr(known, each) for each in wanted)
        ],
    )


every_row = rows()
every_variant = rows(variants=True)

Make = Callable[..., Json]


def provider_of(kind: Kind) -> KindProvider:
    return provider_named(kind.name)


def key_of(kind: Kind) -> str | None:
    key: str | None = provider_of(kind).model.key  # type: ignore[attr-defined] # the model of an item
    return key


def name_of(kind: Kind, inputs: Json) -> str:
    return str(inputs.get(key_of(kind) or "", "default"))


@pytest.fixture
def known(kind: Kind) -> Sample:
    return SAMPLES[kind.name]


@pytest.fixture
def new_agent_id(cloud: LocalAzure, fresh: str, known: Sample) -> str:
    """Make an agent in which the kind can live, of which the provider process has seen nothing."""
    return cloud.agent(fresh, **known.agent)


@pytest.fixture
def sample(
    request: pytest.FixtureRequest, cloud: LocalAzure, fresh: str, kind: Kind, plane: Plane, known: Sample
) -> Make:
    """Make the kind's sample under a fresh name, or in a fresh agent, with changes."""
    agent_id = request.getfixturevalue("agent_id" if known.keyed else "new_agent_id")

    def make(fresh: str = fresh, **changes: Any) -> Json:
        args: Json = {"agent_id": agent_id, **copy.deepcopy(known.args)}
        if "plane" in provider_of(kind).model.fields:
            args["plane"] = plane
        if known.keyed:
            args[str(key_of(kind))] = known.keyed(fresh)
        return args | known.prepare(cloud, args) | changes

    return make


@every_variant
def test_an_items_life(providers: ProviderProcess, sample: Make, kind: Kind, known: Sample) -> None:
    """Create, read, preview: nothing to say; delete, delete again: gone; and it can be created anew."""
    provider = provider_of(kind)
    checked = providers.check(provider, sample())
    assert checked.failures == []

    made = providers.create(provider, checked.inputs)
    read = providers.read(provider, made.id, made.outputs, checked.inputs)

    assert made.id == item_id(checked.inputs["agent_id"], kind, name_of(kind, checked.inputs))
    assert made.outputs.keys() - checked.inputs.keys() == known.outputs
    assert made.outputs | checked.inputs == made.outputs
    assert (read.id, read.inputs, read.outputs) == (made.id, checked.inputs, made.outputs)
    assert providers.diff(provider, made.id, read.outputs, checked.inputs).changes is False


@rows("deletable", variants=True)
def test_what_is_deleted_is_gone(
    providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: Kind, known: Sample
) -> None:
    """Deleting it again is no error, a read says that it is gone, and it can be created anew."""
    provider, is_there = provider_of(kind), known.is_there
    inputs = providers.check(provider, sample()).inputs
    made = providers.create(provider, inputs)
    assert is_there(cloud, kind, inputs) is kind.readable

    providers.delete(provider, made.id, made.outputs)
    providers.delete(provider, made.id, made.outputs)

    assert not is_there(cloud, kind, inputs)
    assert providers.read(provider, made.id, made.outputs, inputs).id == ("" if kind.readable else made.id)
    assert providers.create(provider, inputs).id == made.id
    assert is_there(cloud, kind, inputs) is kind.readable


@rows("visible", variants=True)
def test_a_change_by_somebody_else_shows_as_exactly_that_property(
    providers: ProviderProcess, cloud: LocalAzure, sample: Make, kind: Kind, known: Sample
) -> None:
    """And writing the item again puts it back."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample()).inputs
    made = providers.create(provider, inputs)
    for name, value in known.visible.items():
        known.write(cloud, kind, {**inputs, name: value})

        read = providers.read(provider, made.id, made.outputs, inputs)
        diff = providers.diff(provider, made.id, read.outputs, inputs)

        assert [key for key in inputs if read.inputs.get(key) != inputs[key]] == [name]
        assert read.outputs | read.inputs == read.outputs
        assert (diff.changes, diff.replaces) == (None, [])

    outputs = providers.update(provider, made.id, read.outputs, inputs)
    assert outputs | inputs == outputs
    assert providers.read(provider, made.id, outputs, inputs).inputs == inputs


@every_variant
def test_a_changed_property_is_updated_in_place(
    providers: ProviderProcess, sample: Make, kind: Kind, known: Sample
) -> None:
    """Afterwards the item is what the program says, and nothing else of it has changed."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample()).inputs
    made = providers.create(provider, inputs)
    outputs = made.outputs
    for name, value in (known.changes | known.hidden).items():
        news = providers.check(provider, {**inputs, name: value}, inputs).inputs

        diff = providers.diff(provider, made.id, outputs, news)
        outputs = providers.update(provider, made.id, outputs, news)

        assert (diff.changes, diff.replaces) == (None, [])
        assert outputs | news == outputs
        assert providers.read(provider, made.id, outputs, news).inputs == news
        inputs = news


@every_row
def test_a_change_of_identity_replaces(
    providers: ProviderProcess, sample: Make, kind: Kind, known: Sample
) -> None:
    """The old item goes first, since names are unique within an agent."""
    provider, key = provider_of(kind), key_of(kind)
    olds = providers.check(provider, sample()).inputs
    others = {"agent_id": f"{olds['agent_id']}-2", **known.replaces}
    if key and known.keyed:
        others[key] = known.keyed("another")

    for name, value in others.items():
        diff = providers.diff(provider, "any", olds, {**olds, name: value})

        assert (diff.changes, diff.replaces, diff.delete_before_replace) == (None, [name], True)


@every_row
def test_letter_case_of_the_agents_id_is_no_change(
    providers: ProviderProcess, sample: Make, kind: Kind
) -> None:
    """And the check keeps the old spelling, so that another change does not show it either."""
    provider = provider_of(kind)
    olds = providers.check(provider, sample()).inputs
    upper = olds["agent_id"].upper()

    news = providers.check(provider, sample(agent_id=upper), olds).inputs

    assert news == olds
    assert providers.diff(provider, "any", olds, {**olds, "agent_id": upper}).changes is False


@rows("keyed")
def test_letter_case_of_the_name_is_no_change(providers: ProviderProcess, sample: Make, kind: Kind) -> None:
    """As Azure compares names; a replacement would delete what the program still has, to make it anew."""
    provider, key = provider_of(kind), key_of(kind)
    assert key
    olds = providers.check(provider, sample()).inputs
    other = olds[key].swapcase()

    news = providers.check(provider, sample(**{key: other}), olds).inputs

    assert news == olds
    assert providers.diff(provider, "any", olds, {**olds, key: other}).changes is False


@every_row
def test_an_item_of_an_agent_that_is_gone_is_gone(
    providers: ProviderProcess, agent_id: str, sample: Make, kind: Kind
) -> None:
    """A real 404 of the agent is one of the item."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample(agent_id=f"{agent_id}-gone")).inputs
    id_ = item_id(inputs["agent_id"], kind, name_of(kind, inputs))

    assert providers.read(provider, id_, inputs, inputs).id == ""
    providers.delete(provider, id_, inputs)


@rows("refuses", "changes")
def test_a_create_overwrites_only_what_it_may_adopt(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, sample: Make, kind: Kind, known: Sample
) -> None:
    """Without `adopt` it says what differs and how to go on; with it, the item becomes the program's."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample(agent_id=new_agent_id)).inputs
    changed = next(iter(known.changes))
    known.write(cloud, kind, {**inputs, changed: known.changes[changed]})
    cloud.forget_requests()

    with pytest.raises(ProviderError) as refused:
        providers.create(provider, inputs)

    agent = new_agent_id.rsplit("/", 1)[-1]
    what = f"{kind.title} {inputs[str(key_of(kind))]}" if key_of(kind) else kind.title
    assert str(refused.value).strip() == (
        f"{what} of agent {agent} already exists and differs in {changed}: "
        "set adopt=True to take it over and make it what the program says, or remove it first"
    )
    assert [entry for entry in cloud.requests() if entry["method"] != "GET"] == []

    adopting = providers.check(provider, sample(agent_id=new_agent_id, adopt=True)).inputs
    made = providers.create(provider, adopting)

    assert providers.read(provider, made.id, made.outputs, adopting).inputs == adopting
    assert providers.diff(provider, made.id, made.outputs, inputs).changes is False


@every_row
def test_an_interrupted_create_converges(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, sample: Make, kind: Kind, known: Sample
) -> None:
    """What a killed run left behind is what the program says: the next create takes it."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample(agent_id=new_agent_id)).inputs
    known.write(cloud, kind, inputs)

    made = providers.create(provider, inputs)

    assert made.outputs | inputs == made.outputs
    assert providers.read(provider, made.id, made.outputs, inputs).inputs == inputs


@rows("secrets")
def test_an_interrupted_create_writes_its_secret(
    providers: ProviderProcess, cloud: LocalAzure, new_agent_id: str, sample: Make, kind: Kind, known: Sample
) -> None:
    """Azure shows none, so that what looks like the program's may still have another, or lack it."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample(agent_id=new_agent_id)).inputs
    known.write(cloud, kind, inputs)
    last = max(entry["seq"] for entry in cloud.requests())

    providers.create(provider, inputs)

    written = [entry["path"] for entry in cloud.requests(last) if entry["method"] in {"PUT", known.method}]
    assert [path for path in written if new_agent_id.rpartition("/")[2] in path]


@rows("refuses", "changes")
def test_two_resources_of_one_name_do_not_overwrite_each_other(
    providers: ProviderProcess, sample: Make, kind: Kind, known: Sample
) -> None:
    """The second finds what the first has made in the same run."""
    provider = provider_of(kind)
    changed = next(iter(known.changes.items()))
    providers.create(provider, providers.check(provider, sample()).inputs)

    with pytest.raises(ProviderError, match=f"already exists and differs in {changed[0]}"):
        providers.create(provider, providers.check(provider, sample(**dict([changed]))).inputs)


@every_row
def test_an_item_can_be_read_by_its_id_alone(providers: ProviderProcess, sample: Make, kind: Kind) -> None:
    """As a program does that looks something up; what it asks for comes back as it is."""
    provider = provider_of(kind)
    inputs = providers.check(provider, sample()).inputs
    made = providers.create(provider, inputs)
    asked = {name: inputs[name] for name in ("agent_id", "plane", key_of(kind)) if name in inputs}

    found = providers.read(provider, made.id, asked, asked)

    assert (found.id, found.inputs) == (made.id, asked)


@pytest.fixture
def standing(monkeypatch: pytest.MonkeyPatch, cloud: LocalAzure, kind: Kind) -> Iterator[KindProvider]:
    """Connect a provider that runs in this process, on a clock that stands still."""
    monkeypatch.setattr(item_crud, "LISTINGS", ListingCache(clock=lambda: 0.0))
    with closing(Client(settings_for(cloud, monkeypatch))) as azure:
        provider = provider_of(kind)
        monkeypatch.setattr(provider, "client", lambda: azure)
        yield provider


@rows("keyed")
def test_creating_many_lists_once(
    providers: ProviderProcess,
    cloud: LocalAzure,
    standing: KindProvider,
    sample: Make,
    kind: Kind,
    plane: Plane,
    fresh: str,
) -> None:
    """One round trip per item: the collection is listed before the first, then each item is written."""
    standing.create(providers.check(standing, sample()).inputs)
    cloud.forget_requests()

    for number in range(4):
        standing.create(providers.check(standing, sample(f"{fresh}-{number}")).inputs)

    sent = cloud.requests(plane=plane)
    is_write = re.compile(SAMPLES[kind.name].path.format(f"{fresh}-[0-9]")).search
    writes = [
        entry for entry in sent if entry["method"] == SAMPLES[kind.name].method and is_write(entry["path"])
    ]
    collections = tuple(place for place in (kind.data, f"/{kind.control}") if place)
    lists = [entry for entry in sent if entry["method"] == "GET" and entry["path"].endswith(collections)]
    assert len(writes) == 4
    assert lists == []


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
