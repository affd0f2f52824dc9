"""A plugin of pytest: of what the files have, run only the tests that a list names, in its order.

Named on the command line, one that is no longer there, since a mutant has changed its parameters, would end
the run, and the others would not be heard.
"""

import json
from pathlib import Path

import pytest


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--tests-in", type=Path, help="a JSON list of ids")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    if (file := config.getoption("--tests-in")) is None:
        return
    order = {test: number for number, test in enumerate(json.loads(file.read_text(encoding="utf-8")))}
    config.hook.pytest_deselected(items=[item for item in items if item.nodeid not in order])
    items[:] = sorted((each for each in items if each.nodeid in order), key=lambda each: order[each.nodeid])
