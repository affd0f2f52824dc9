"""`plugins.lock.json`: what a directory's plugins must bring (docs/reference/directory-format.md#plugins)."""

import json
from typing import Any

import pytest

from support.directories import Faults, Read

PLUGIN = {"name": "runbooks", "spec": {"marketplaceName": "contoso", "pluginName": "runbooks"}}
FILE = "config/plugins/installations/r.json"
PIN = {"commit": "1" * 40, "skills": {"runbooks": "0" * 64}}


def test_a_plugin_is_pinned_to_what_the_lock_says(reads: Read) -> None:
    """And one of a marketplace is installed from there."""
    [plugin] = reads({FILE: PLUGIN, "plugins.lock.json": {"runbooks": PIN}}).items

    assert plugin.args == {"name": "runbooks", "marketplace": "contoso", "pin": PIN}


@pytest.mark.parametrize(
    ("lock", "sentence"),
    [
        ([], "plugins.lock.json:1: must be an object by plugin: run `sre-agent lock-plugins` again"),
        ({"others": PIN}, "no plugin 'others' is installed here: run `sre-agent lock-plugins` again"),
        (
            {"runbooks": {"commit": "1"}},
            "runbooks: pin.skills is missing: run `sre-agent lock-plugins`",
        ),
        ({"runbooks": {"skills": {"a": 7}}}, "runbooks: pin.skills.a must be text: run `sre-agent lock"),
    ],
)
def test_a_lock_that_fits_nothing_is_refused(faults: Faults, lock: Any, sentence: str) -> None:
    """With its line, and what to do."""
    [fault] = faults({FILE: PLUGIN, "plugins.lock.json": json.loads(json.dumps(lock))})

    assert sentence in str(fault)
