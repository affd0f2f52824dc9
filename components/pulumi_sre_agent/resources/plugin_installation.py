"""A plugin installation: skills that an agent has from a marketplace, or straight from a repository."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, NotRequired

from pulumi import Input, ResourceOptions
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import MARKETPLACE, PLUGIN_INSTALLATION
from pulumi_sre_agent.schema.annotations import NotReturned, References, SensitiveField, SensitiveMembers
from pulumi_sre_agent.schema.rules import PRESENT, matches
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.item_args import NamedItemArgs, item_model
from ._core.provider import ItemProvider, Resource

ANY_MARKETPLACE = References(MARKETPLACE, lambda _spec, _name: True)
"""Which one is meant is in members that nobody has published."""


class PluginInstallationArgs(NamedItemArgs):
    """Arguments of `PluginInstallation`: `spec`, or `source_url` and what goes with it.

    See docs/reference/data-plane.md#plugins.
    """

    spec: NotRequired[Annotated[Input[dict[str, Any]], SensitiveMembers(), ANY_MARKETPLACE]]
    """What to install from which marketplace, in Azure's camelCase: its members are not published."""
    source_url: NotRequired[
        Annotated[
            Input[str],
            NotReturned(),
            matches(
                r"https://[^/\s@]+/\S+|[\w.-]+/[\w.-]+",
                "must be owner/repo, or an https address without a login",
            ),
        ]
    ]
    """Repository with `plugin.json` and `skills/`, as `owner/repo` or its address; `name` is the plugin's."""
    path_in_repo: NotRequired[Annotated[Input[str], NotReturned()]]
    """Folder of the plugin in the repository. Default: its root."""
    pat: NotRequired[Annotated[Input[str], SensitiveField(), PRESENT]]
    """Token that reads a private repository; Azure never shows it."""


def _check_source(inputs: Inputs) -> Iterator[ValidationError]:
    spec, source = get_path(inputs, "spec"), get_path(inputs, "source_url")
    if spec is None and source is None:
        yield error_at(("spec",), "is missing, unless source_url says which repository to install from")
    if spec is not None and source is not None:
        yield error_at(("source_url",), "and spec exclude each other")
    for name in ("path_in_repo", "pat"):
        if get_path(inputs, name) is not None and source is None:
            yield error_at((name,), "needs source_url")


class PluginInstallationProvider(ItemProvider):
    """Pickled into state by this path."""

    model = replace(
        item_model(PLUGIN_INSTALLATION, PluginInstallationArgs, _check_source),
        may_be_hidden=lambda inputs: inputs.get("source_url") is not None,
    )


class PluginInstallation(Resource):
    """A plugin of an agent.

    What is installed straight from a repository gets its name from there: under another name than `name` a
    refresh does not find it and takes it to be there. No way to uninstall is published: where Azure refuses,
    the plugin stays, and a warning says so.
    """

    provider = PluginInstallationProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[PluginInstallationArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
