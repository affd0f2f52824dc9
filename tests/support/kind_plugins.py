"""The toolkit's own providers behind the engine's core, without processes: many runs in little time."""

from collections.abc import Sequence
from typing import Any

from pulumi_sre_agent.resources._core.claims import CLAIMS
from pulumi_sre_agent.resources._core.dependents import DEPENDENTS
from pulumi_sre_agent.resources._core.item_crud import LISTINGS
from pulumi_sre_agent.resources._core.provider import KindProvider
from pulumi_sre_agent.resources._core.registry import provider_of
from sre_agent_local.engine.diff import changed_keys, detailed_diff
from sre_agent_local.engine.goals import Goal
from sre_agent_local.engine.resource import Resource
from sre_agent_local.engine.responses import CheckFailure, Diff, ProviderError, Result
from sre_agent_local.engine.values import Properties
from support.azure import LocalAzure
from support.rig import ROOT
from support.stack import stack_config

PACKAGE = "pulumi-python:dynamic/sre:"


class KilledError(BaseException):
    """The engine is killed: what a provider was doing is done, and nothing after it."""


class KindPlugins:
    """Starts the provider of dynamic resources: as for an engine, each start is another run."""

    def __init__(self, azure: LocalAzure) -> None:
        self._config = stack_config(azure)
        self.writes_until_kill: int | None = None

    def start(self, _name: str, _version: str) -> "KindPlugins":
        CLAIMS.clear()
        DEPENDENTS.clear()
        LISTINGS.clear()
        return self

    def check(
        self, new: Resource, olds: Properties, news: Properties
    ) -> tuple[Properties, list[CheckFailure]]:
        result = self._provider(new).check(olds, news)
        return result.inputs, [CheckFailure(each.property, each.reason) for each in result.failures]

    def diff(self, old: Resource, news: Properties, _ignore: Sequence[str]) -> Diff:
        result = self._provider(old).diff(old.id, old.outputs, news)
        rows = detailed_diff(old.inputs, news)
        return Diff(
            changes=bool(rows) if result.changes is None else result.changes,
            replaces=tuple(result.replaces or ()),
            diffs=changed_keys(old.inputs, news),
            detailed_diff=rows if result.changes is None else None,
            delete_before_replace=bool(result.delete_before_replace),
        )

    def create(self, new: Resource, *, preview: bool) -> Result:
        if preview:
            return Result(id="", outputs=new.inputs)
        result = self._write(lambda: self._provider(new).create(new.inputs))
        return Result(id=str(result.id), outputs=dict(result.outs or {}))

    def update(self, old: Resource, new: Resource, *, preview: bool) -> Result:
        if preview:
            return Result(id=old.id, outputs=new.inputs)
        result = self._write(lambda: self._provider(new).update(old.id, old.outputs, new.inputs))
        return Result(id=old.id, outputs=dict(result.outs or {}))

    def read(self, resource: Resource, **_known: Properties) -> Result:
        result = self._call(lambda: self._provider(resource).read(resource.id, resource.outputs))
        return Result(id=str(result.id or ""), outputs=dict(result.outs or {}), inputs=result.inputs)

    def delete(self, old: Resource) -> None:
        self._write(lambda: self._provider(old).delete(old.id, old.outputs))

    def check_config(
        self, _new: Resource, _olds: Properties, news: Properties
    ) -> tuple[Properties, list[CheckFailure]]:
        return news, []

    def diff_config(self, _old: Resource, _news: Properties, _ignore: Sequence[str]) -> Diff:
        return Diff(changes=False)

    def configure(self, _resource: Resource, _inputs: Properties) -> None:
        return

    def close(self) -> None:
        return

    def _provider(self, resource: Resource) -> KindProvider:
        provider = provider_of(resource.type.removeprefix(PACKAGE))
        config: Any = self._config
        provider._config = config
        return provider

    def _write(self, call: Any) -> Any:
        if self.writes_until_kill == 0:
            raise KilledError
        result = self._call(call)
        if self.writes_until_kill is not None:
            self.writes_until_kill -= 1
            if self.writes_until_kill == 0:
                raise KilledError
        return result

    def _call(self, call: Any) -> Any:
        try:
            return call()
        except KilledError:
            raise
        except Exception as error:
            raise ProviderError(type(error).__name__) from error


def goal(kind: str, resource: str, inputs: Properties, **options: Any) -> Goal:
    """Make the goal that the program's resource of a kind comes to."""
    return Goal(
        type=f"{PACKAGE}{kind}",
        name=resource,
        custom=True,
        parent=ROOT,
        inputs=inputs,
        delete_before_replace=bool(provider_of(kind).identity) or None,
        **options,
    )
