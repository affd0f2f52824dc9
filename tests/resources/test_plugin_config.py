"""Plugin configurations: free objects, whose secrets are told by their names."""

import asyncio
from typing import Any

from pulumi import Output

from pulumi_sre_agent.resources._core.registry import model_of
from pulumi_sre_agent.resources._core.secret_inputs import mark_secrets
from support.checked import faults_of, wire


def test_its_properties_are_the_spec() -> None:
    """Azure has them side by side with the name, so none of them may be called so."""
    assert wire("PluginConfig", properties={"folder": "a", "deep": {"b": [1, None]}}) == {
        "folder": "a",
        "deep": {"b": [1, None]},
    }
    assert faults_of("PluginConfig", properties={"name": "x"}) == [
        "properties.name is the plugin's own name, which the argument name says"
    ]


def test_what_sounds_like_a_secret_is_one() -> None:
    properties = model_of("PluginConfig").fields["properties"]

    async def make() -> Any:
        return mark_secrets(properties, {"folder": "a", "login": {"apiKey": "s3cret"}})

    made = asyncio.run(make())

    assert made["folder"] == "a"
    assert isinstance(made["login"]["apiKey"], Output)
