"""What a run stands for is deleted under no other name, and made anew only where something is created."""

import threading
from threading import Barrier, Event

from pulumi_sre_agent.resources._core.claims import Claims
from support.scripted import at_once, wait_for_company


def test_an_update_never_makes_up_for_a_delete_that_was_left_out() -> None:
    claims, deleted = Claims(), list[str]()
    claims.claim(["/agents/a"])

    assert claims.delete(["/AGENTS/A"], lambda: deleted.append("a")) is False
    with claims.updating(["/agents/a"]):
        assert deleted == []


def test_a_create_makes_up_for_it_once() -> None:
    claims, deleted = Claims(), list[str]()
    claims.claim(["/knowledge/x", "/connectors/x"])

    assert claims.delete(["/knowledge/x", "/connectors/x"], lambda: deleted.append("x")) is False
    with claims.creating(["/knowledge/x", "/connectors/x"]):
        assert deleted == ["x"]


def test_what_a_create_turns_out_to_be_waits_for_nobody_who_waits_for_the_create() -> None:
    """As with two resources of one role, of which one is created while the other is compared."""
    claims = Claims()
    compare = threading.Thread(target=claims.claim, args=(["/a", "/b"],), daemon=True)

    def create() -> None:
        with claims.creating(["/b"]):
            compare.start()
            compare.join(0.1)  # it has the first by now, and waits for the second
            claims.note(["/a"])

    creation = threading.Thread(target=create, daemon=True)
    creation.start()
    creation.join(10)
    compare.join(10)

    assert not creation.is_alive()
    assert not compare.is_alive()
    assert not claims.delete(["/a"], lambda: None)


def test_a_create_waits_for_a_delete_of_the_same_that_is_under_way() -> None:
    """Or it would find what is about to go, and the run would end without it."""
    claims, begun, company, steps = Claims(), Event(), Barrier(2), list[str]()

    def delete() -> None:
        begun.set()
        wait_for_company(company)
        steps.append("deleted")

    def create() -> None:
        begun.wait(5)
        with claims.creating(["/AGENTS/A"]):
            steps.append("created")
            wait_for_company(company)

    at_once(lambda: claims.delete(["/agents/a"], delete), create)

    assert steps == ["deleted", "created"]
