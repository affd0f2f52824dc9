"""One look at a collection for all who are about to create in it."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier, Event

import pytest

from pulumi_sre_agent.resources._core.listing_cache import LIFETIME, Listing, ListingCache
from support.scripted import wait_for_company


def test_one_thread_lists_while_the_others_wait() -> None:
    """Four workers ask at once; the collection is listed once, however long each step takes."""
    company = Barrier(2)
    taken: list[str] = []

    def clock() -> float:
        wait_for_company(company)
        return 0.0

    def take() -> Listing:
        taken.append("skills")
        return {"a": {}}

    listings = ListingCache(clock)
    with ThreadPoolExecutor(4) as workers:
        found = [each.result() for each in [workers.submit(listings.get, "skills", take) for _ in range(4)]]

    assert found == [{"a": {}}] * 4
    assert taken == ["skills"]


def test_a_failure_is_told_to_all_who_waited_and_then_forgotten() -> None:
    """The next create looks again."""
    listings, waiting = ListingCache(), Event()

    def fail() -> Listing:
        waiting.wait(5)
        raise OSError("no answer")

    with ThreadPoolExecutor(2) as workers:
        asked = [workers.submit(listings.get, "skills", fail) for _ in range(2)]
        waiting.set()
        for each in asked:
            with pytest.raises(OSError, match="no answer"):
                each.result()

    assert listings.get("skills", lambda: {"a": {}}) == {"a": {}}


def test_a_listing_grows_old_and_can_be_forgotten() -> None:
    """Other people write to the same collections."""
    now = [0.0]
    listings = ListingCache(clock=lambda: now[0])

    assert listings.get("skills", dict) == {}
    now[0] = LIFETIME
    assert listings.get("skills", lambda: {"a": {}}) == {}
    now[0] = LIFETIME * 1.1
    assert listings.get("skills", lambda: {"a": {}}) == {"a": {}}
    listings.forget("skills")
    assert listings.get("skills", lambda: {"b": {}}) == {"b": {}}
    listings.clear()
    assert listings.get("skills", dict) == {}
