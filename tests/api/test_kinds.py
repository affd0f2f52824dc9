"""The registry: what every kind is called where people read of it."""

import re

from pulumi_sre_agent.api.kinds import KINDS


def test_every_kind_is_spoken_of_in_words_of_its_own() -> None:
    titles = [kind.title for kind in KINDS]

    assert [title for title in titles if not re.fullmatch(r"[A-Za-z0-9]+( [A-Za-z0-9]+)*", title)] == []
    assert len(set(titles)) == len(titles) > 20
    assert {kind.with_article.removeprefix("a ").removeprefix("an ") for kind in KINDS} == {*titles}
