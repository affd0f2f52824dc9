"""sre.Lock: what keeps something from being deleted."""

import pulumi
import pytest

import pulumi_sre_agent as sre
from support.mocks import SUBSCRIPTION, run

TYPE = "azure-native:authorization:ManagementLockByScope"
GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg"


def test_a_lock_is_made_on_its_scope() -> None:
    seen = run(lambda: sre.Lock("keep", {"scope": GROUP, "kind": "CanNotDelete"}))

    made = seen.one(TYPE)
    assert (made.name, made.parent) == ("keep", "keep")
    assert made.inputs == {"scope": GROUP, "level": "CanNotDelete", "lockName": "lock-CanNotDelete"}


def test_it_may_have_a_name_and_say_why() -> None:
    seen = run(
        lambda: sre.Lock("keep", {"scope": GROUP, "kind": "ReadOnly", "name": "audit", "notes": "until June"})
    )

    assert seen.one(TYPE).inputs == {
        "scope": GROUP,
        "level": "ReadOnly",
        "lockName": "audit",
        "notes": "until June",
    }


def test_a_kind_that_there_is_none_of_is_refused() -> None:
    with pytest.raises(pulumi.RunError) as refused:
        run(lambda: sre.Lock("keep", {"scope": GROUP, "kind": "Delete"}))  # type: ignore[typeddict-item] # wrong on purpose

    assert str(refused.value) == (
        "The lock cannot be: kind must be one of CanNotDelete, ReadOnly (did you mean 'CanNotDelete'?)."
    )
