"""The registry: what every kind is called where people read of it."""

import json
import re

from pulumi_sre_agent.api.kinds import KINDS
from support.releases import FOLDER


def test_every_kind_is_spoken_of_in_words_of_its_own() -> None:
    titles = [kind.title for kind in KINDS]

    assert [title for title in titles if not re.fullmatch(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*", title)] == []
    assert len(set(titles)) == len(titles) > 20
    assert {kind.with_article.removeprefix("a ").removeprefix("an ") for kind in KINDS} == {*titles}


def test_an_item_has_the_id_that_it_has_in_the_state_of_every_release() -> None:
    """With another, a stack would have two ids of one item, and whoever imports by the old one finds none."""
    released: dict[str, set[str]] = {}
    for state in FOLDER.rglob("state.json"):
        for resource in json.loads(state.read_text("utf-8"))["deployment"]["resources"]:
            kind, steps = resource["type"].rpartition(":")[2], resource.get("id", "").split("/")
            if "agents" in steps[:-2]:
                released.setdefault(kind, set()).add(steps[steps.index("agents") + 2])

    now = {kind.name: {kind.segment} for kind in KINDS if kind.name in released}
    assert now == {kind: released[kind] for kind in now}
    assert len(now) > 20
