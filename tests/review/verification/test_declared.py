"""Which of what a stack declares is compared with one live agent."""

from pulumi_sre_agent.review.inventory.inventory import Agent, Inventory, Item
from pulumi_sre_agent.review.verification import declared
from support.scripted import AGENT, Script


def test_other_agents_of_a_stack_are_not_compared_with_this_one() -> None:
    """Nor what lives under them: the stack of a fleet declares several. Letter case does not count."""
    skill = Item(kind="Skill", name="triage", properties={})
    ours = Agent(name="pay", id=AGENT, properties={}, items=(skill,))
    other = Agent(name="shop", id=AGENT.replace("pay", "shop"), properties={}, items=(skill,))

    with Script().azure() as azure:
        every = [*declared.checks(azure, AGENT.upper(), Inventory(agents=(ours, other)))]

    assert [check.name for check in every] == ["Agent pay", "Skill triage"]
