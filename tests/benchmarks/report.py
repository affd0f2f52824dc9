"""What a report costs beyond its preview, for a thousand items, and for each item against a hundred.

    .venv/bin/python tests/benchmarks/report.py [--runs 5]

Items are of many kinds, and every property of each changes. Prints seconds of processor time for reading
the preview and writing the report in each format, and what an item takes against one of a hundred. Nothing
here is a test: it prints, and a person judges.
"""

import argparse
import random
import statistics
import sys
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from types import ModuleType

sys.path.insert(0, str(Path(__file__).parents[1]))

from pulumi_sre_agent.review import preview as previews
from pulumi_sre_agent.review import report as reports
from pulumi_sre_agent.review.formats import html, json_format, markdown, plain_text
from support.previews import preview, step
from support.samples import SAMPLES, Json

FEW, MANY = 100, 1000
AGENT_ID = "/subscriptions/0/resourceGroups/rg/providers/Microsoft.App/agents/shop"
FORMATS = {"text": plain_text, "markdown": markdown, "html": html, "json": json_format}
WORDS = ("look", "at", "the", "queue", "then", "database", "say", "what", "you", "saw", "propose", "restart")
KINDS = ("Skill", "Subagent", "IncidentFilter", "ScheduledTask", "Hook", "Tool", "CommonPrompt", "Connector")


def document(count: int) -> str:
    """Return the preview of an agent with so many items of many kinds, all of which change."""
    random_ = random.Random(12)
    agent = {"name": "shop", "action_configuration": {"mode": "Review", "access_level": "Low"}}
    steps = [step("Agent", agent, agent, op="same", id=AGENT_ID)]
    for number in range(count):
        kind = KINDS[number % len(KINDS)]
        before: Json = {"agent_id": AGENT_ID, **SAMPLES[kind].args, "name": f"item-{number}"}
        after = {**before, **SAMPLES[kind].changes, "description": text(random_)}
        before["description"] = text(random_)
        steps.append(step(kind, before, after, name=f"item-{number}"))
    return preview(*steps)


def text(random_: random.Random) -> str:
    return "\n".join(" ".join(random_.choices(WORDS, k=14)) for _ in range(12))


def seconds(call: Callable[[], object]) -> float:
    began = time.process_time()
    call()
    return time.process_time() - began


def written(form: ModuleType, given: str) -> str:
    return str(form.render(reports.make(previews.read(given))))


def measure(runs: int) -> None:
    """Print seconds for a thousand items, and the ratio per item to a hundred."""
    documents = {count: document(count) for count in (FEW, MANY)}
    for name, form in FORMATS.items():
        took: dict[int, list[float]] = {FEW: [], MANY: []}
        for _ in range(runs):
            for count, given in documents.items():
                took[count].append(seconds(partial(written, form, given)))
        few, many = (statistics.median(took[count]) for count in (FEW, MANY))
        print(f"{name}: {many:.2f} s for {MANY} items, per item {many / MANY / (few / FEW):.2f} of {FEW}")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--runs", type=int, default=5)
    measure(parser.parse_args().runs)


if __name__ == "__main__":
    main()
