"""What the agent is told, and by which model it thinks."""

from collections.abc import Iterator

from pulumi_sre_agent.review.findings import Match, Rule, Severity
from pulumi_sre_agent.review.preview import Preview
from pulumi_sre_agent.review.text import changed_share, code

PROMPTS = ("agent_prompt", "custom_instructions", "instructions", "prompt", "skill_content")
"""Properties that hold what the agent is told, of whichever kind."""
SHARE = 0.3
"""Of the words, from which a prompt counts as another one."""

EUROPE = frozenset(
    {
        "francecentral",
        "germanywestcentral",
        "italynorth",
        "northeurope",
        "norwayeast",
        "polandcentral",
        "spaincentral",
        "swedencentral",
        "switzerlandnorth",
        "uksouth",
        "westeurope",
    }
)
"""Regions where the service takes Azure OpenAI by default: Anthropic lies outside the EU Data Boundary."""


def _prompts(preview: Preview) -> Iterator[Match]:
    for change in preview.real_changes:
        for name in PROMPTS:
            before, after = change.value(name, of="before"), change.value(name)
            if isinstance(before, str) and isinstance(after, str) and before != after:
                share = changed_share(before, after)
                if share >= SHARE:
                    yield Match(
                        change,
                        f"{change.title} would be told something else: {share:.0%} of {code(name)} differs.",
                    )


def _model(preview: Preview) -> Iterator[Match]:
    for change in preview.of("Agent"):
        after = change.value("default_model", "provider")
        before = change.value("default_model", "provider", of="before")
        if change.after is None or not after or after == before:
            continue
        region = str(change.value("location") or "").lower().replace(" ", "")
        if after == "Anthropic" and region in EUROPE:
            yield Match(
                change,
                f"The agent {code(change.name)} in {code(region)} would think with `Anthropic`, outside the "
                "EU Data Boundary.",
                path=("default_model", "provider"),
            )
        elif before:
            yield Match(
                change,
                f"The agent {code(change.name)} would think with {code(after)} instead of {code(before)}.",
                Severity.LOW,
            )


RULES = (
    Rule(
        "prompt-rewritten",
        "A prompt is rewritten",
        Severity.LOW,
        "An agent with another prompt is another agent: what was tried with the old one says little of it.",
        "Rehearse it before production.",
        _prompts,
    ),
    Rule(
        "model-provider-boundary",
        "The model provider changes, or lies outside the data boundary",
        Severity.MEDIUM,
        "What the agent reads goes to the provider; Anthropic's models are not in the EU Data Boundary.",
        "Take `MicrosoftFoundry` where data must stay, or have the exception written down.",
        _model,
        is_standing=True,
    ),
)
