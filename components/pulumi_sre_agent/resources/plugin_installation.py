"""A plugin installation: skills that an agent has from a marketplace, or straight from a repository."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Annotated, Any, NotRequired

from pulumi import Input, Output, ResourceOptions
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import MARKETPLACE, PLUGIN_INSTALLATION
from pulumi_sre_agent.schema.annotations import (
    Immutable,
    NotReturned,
    References,
    SensitiveField,
    SensitiveMembers,
)
from pulumi_sre_agent.schema.rules import LOWER_CASE, PRESENT, matches
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.item_args import NamedItemArgs, item_model
from ._core.provider import ItemProvider, Resource

ANY_MARKETPLACE = References(MARKETPLACE, lambda _spec, _name: True)
"""Which one is meant is in members that nobody has published."""


class PluginPinArgs(TypedDict):
    """What an installation brings: something else is refused when it is installed, and is drift later."""

    commit: NotRequired[Annotated[Input[str], NotReturned(), LOWER_CASE]]
    """Commit of the plugin's repository, where Azure says it."""
    skills: Input[dict[str, Input[str]]]
    """SHA-256 of each skill's text in hexadecimal, by the skill's name: all that it brings."""


class PluginInstallationArgs(NamedItemArgs):
    """Arguments of `PluginInstallation`: `marketplace`, or `source_url` and what goes with it, or `spec`.

    See docs/reference/data-plane.md#plugins.
    """

    marketplace: NotRequired[Annotated[Input[str], Immutable(), PRESENT, References(MARKETPLACE)]]
    """Name of the `Marketplace` to install from; `name` is the plugin's. A change replaces this."""
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
    pin: NotRequired[Input[PluginPinArgs]]
    """What it must bring; `sre-agent lock-plugins` writes it into a directory's `plugins.lock.json`."""
    pat: NotRequired[Annotated[Input[str], SensitiveField(), PRESENT]]
    """Token that reads a private repository; Azure never shows it."""


def _check_source(inputs: Inputs) -> Iterator[ValidationError]:
    spec, source = get_path(inputs, "spec"), get_path(inputs, "source_url")
    if get_path(inputs, "marketplace") is not None:
        for name in ("spec", "source_url", "path_in_repo", "pat"):
            if get_path(inputs, name) is not None:
                yield error_at((name,), "and marketplace exclude each other")
        return
    if spec is None and source is None:
        yield error_at(
            ("spec",),
            "is missing, unless source_url says which repository to install from, or marketplace which one",
        )
    if spec is not None and source is not None:
        yield error_at(("source_url",), "and spec exclude each other")
    for name in ("path_in_repo", "pat"):
        if get_path(inputs, name) is not None and source is None:
            yield error_at((name,), "needs source_url")


class PluginInstallationProvider(ItemProvider):
    """Pickled into state by this path."""

    model = replace(
        item_model(
            PLUGIN_INSTALLATION,
            PluginInstallationArgs,
            _check_source,
            outputs=lambda spec: {"imported_skills": spec.get("importedSkills") or []},
        ),
        may_be_hidden=lambda inputs: inputs.get("source_url") is not None,
    )


class PluginInstallation(Resource):
    """A plugin of an agent, which brings skills; deleting it takes them away.

    What is installed straight from a repository gets its name from there: under another name than `name` a
    refresh does not find it and takes it to be there. Where Azure refuses to uninstall, as it once did, the
    plugin stays, and a warning says so.
    """

    provider = PluginInstallationProvider

    imported_skills: Output[list[str]]
    """Names of the skills that it brought."""

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[PluginInstallationArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
