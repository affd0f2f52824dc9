"""What a run stands for is deleted under no other name, and made anew only where something is created."""

from pulumi_sre_agent.resources._core.claims import Claims


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
