"""The examples in the components' docstrings: each runs, alone."""

import re
from inspect import cleandoc
from pathlib import Path
from typing import Any

import pulumi
import pytest

import pulumi_sre_agent as sre
from support.directories import SKILL, write
from support.mocks import SUBSCRIPTION, run

GROUP = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/rg-oncall/providers"
CONFIG = {
    "sre-agent:agentId": f"{GROUP}/Microsoft.App/agents/oncall",
    "sre-agent:appInsightsId": f"{GROUP}/microsoft.insights/components/appi-shop",
    "sre-agent:workspaceId": f"{GROUP}/Microsoft.OperationalInsights/workspaces/log-shop",
    "sre-agent:triggerUrl": "https://oncall.azuresre.ai/api/v1/httptriggers/trigger/1",
}
COMPONENTS = [
    name
    for name in sre.__all__
    if isinstance(getattr(sre, name), type) and issubclass(getattr(sre, name), pulumi.ComponentResource)
]
EXAMPLE = re.compile(r"```python\n(.*?)```", re.DOTALL)


@pytest.fixture(autouse=True)
def _directory(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put the agent directory that examples name where they look for it."""
    write(tmp_path / "agents" / "oncall", {"config/skills/triage.yaml": SKILL})
    monkeypatch.chdir(tmp_path)


@pytest.mark.parametrize("name", COMPONENTS)
def test_an_example_makes_what_it_is_about(name: str) -> None:
    (example,) = EXAMPLE.findall(cleandoc(getattr(sre, name).__doc__))
    names: dict[str, Any] = {"pulumi": pulumi, "sre": sre}

    seen = run(lambda: exec(example, names), CONFIG)

    assert len(seen.of(f"sre:index:{name}")) == 1
    assert any(made.parent for made in seen.made)
