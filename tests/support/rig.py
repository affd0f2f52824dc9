"""The engine's core without processes: goals go in as programs send them, an imaginary cloud answers."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from sre_agent_local.engine.config import Config
from sre_agent_local.engine.crypt import Crypter
from sre_agent_local.engine.deployment import Deployment
from sre_agent_local.engine.diff import changed_keys, detailed_diff
from sre_agent_local.engine.errors import EngineError
from sre_agent_local.engine.events import Diagnostic, Listener, Reporter, Step, Summary
from sre_agent_local.engine.goals import Goal
from sre_agent_local.engine.resource import Resource
from sre_agent_local.engine.responses import CheckFailure, Diff, ProviderError, Result
from sre_agent_local.engine.stack import UnlockedStack
from sre_agent_local.engine.state import Backend
from sre_agent_local.engine.step_executor import RunStopped
from sre_agent_local.engine.step_executor import StepFailed as Failed
from sre_agent_local.engine.values import Properties, unwrap_secrets
from sre_agent_local.protocol import alias_pb2

THING = "toy:index:Thing"
BOX = "toy:index:Box"
STACK = Goal(type="pulumi:pulumi:Stack", name="toy-dev", custom=False)
ROOT = "urn:pulumi:dev::toy::pulumi:pulumi:Stack::toy-dev"


def urn(name: str, type_: str = THING) -> str:
    return f"urn:pulumi:dev::toy::{type_}::{name}"


def thing(name: str, **options: Any) -> Goal:
    """Make a goal for a thing; `zone` is what a change of replaces it, `inputs` are all others."""
    options.setdefault("inputs", {"size": 1})
    return Goal(type=THING, name=name, custom=True, **{"parent": ROOT, **options})


def alias(urn: str = "", **spec: Any) -> alias_pb2.Alias:
    """Make an alias: a whole URN, or what was different then."""
    return alias_pb2.Alias(urn=urn) if urn else alias_pb2.Alias(spec=alias_pb2.Alias.Spec(**spec))


def resting_on(name: str, *others: str, key: str = "zone", **options: Any) -> Goal:
    """Make a thing whose input `key` comes from other things."""
    urns = tuple(urn(other) for other in others)
    inputs = {key: "+".join(others), **options.pop("inputs", {})}
    return thing(name, inputs=inputs, dependencies=urns, property_dependencies={key: urns}, **options)


class FakeCrypter(Crypter):
    """Seals by turning the text round, and derives no key."""

    salt = "v1:salt:probe"

    def __init__(self) -> None:
        """Derive nothing."""

    def encrypt(self, plaintext: str) -> str:
        return f"sealed {plaintext[::-1]}"

    def decrypt(self, ciphertext: str) -> str:
        return ciphertext.removeprefix("sealed ")[::-1]


@dataclass
class Cloud:
    """What exists, what was asked, and what goes wrong."""

    things: dict[str, Properties] = field(default_factory=dict)
    calls: list[str] = field(default_factory=list)
    errors: dict[str, Exception] = field(default_factory=dict)
    """By call, as `create a`."""
    half_made: frozenset[str] = frozenset()
    """Names of things that are created, but do not come up."""
    vague: bool = False
    """Whether diffs of a provider's configuration are left to the engine."""
    during: dict[str, Callable[[], object]] = field(default_factory=dict)
    """What happens while a call is carried out."""

    def meet(self, method: str, name: str) -> None:
        call = f"{method} {name}"
        self.calls.append(call)
        if call in self.during:
            self.during[call]()
        if call in self.errors:
            raise self.errors[call]


class FakeProvider:
    """A provider of things in a Cloud; its answers are as `Provider` gives them."""

    def __init__(self, cloud: Cloud, name: str) -> None:
        self.cloud, self.name = cloud, name
        self.configured: Properties = {}

    def check_config(
        self, _new: Resource, _olds: Properties, news: Properties
    ) -> tuple[Properties, list[CheckFailure]]:
        return news, [CheckFailure("region", "is unheard of")] if news.get("region") == "mars" else []

    def diff_config(self, old: Resource, news: Properties, _ignore: Sequence[str]) -> Diff | None:
        if self.cloud.vague:
            return None
        moved = old.inputs.get("region") != news.get("region")
        return Diff(changes=old.outputs != news, replaces=("region",) if moved else ())

    def configure(self, _resource: Resource, inputs: Properties) -> None:
        self.configured = inputs

    def check(
        self, _new: Resource, _olds: Properties, news: Properties
    ) -> tuple[Properties, list[CheckFailure]]:
        if news.get("size") != -1:
            return news, []
        odd = [CheckFailure("odd", "is odd")] if "odd" in news else []
        return news, [CheckFailure("size", "must not be negative"), CheckFailure("", "makes no sense"), *odd]

    def diff(self, old: Resource, news: Properties, _ignore: Sequence[str]) -> Diff:
        self.cloud.meet("diff", old.name)
        before, after = unwrap_secrets(old.inputs), unwrap_secrets(news)
        keys = changed_keys(before, after)
        return Diff(
            changes=bool(keys),
            replaces=tuple(key for key in keys if key == "zone"),
            diffs=keys,
            detailed_diff=detailed_diff(before, after),
            delete_before_replace=bool(news.get("before")),
            warning="cannot tell" if news.get("warn") else "",
        )

    def create(self, new: Resource, *, preview: bool) -> Result:
        if preview:
            return Result(id="", outputs=new.inputs)
        self.cloud.meet("create", new.name)
        self.cloud.things[new.name] = new.inputs
        init_errors = ("not healthy",) if new.name in self.cloud.half_made else ()
        return Result(
            id=f"id-{new.name}", outputs={**new.inputs, "endpoint": new.name}, init_errors=init_errors
        )

    def update(self, old: Resource, new: Resource, *, preview: bool) -> Result:
        if not preview:
            self.cloud.meet("update", new.name)
            self.cloud.things[new.name] = new.inputs
        return Result(id=old.id, outputs={**new.inputs, "endpoint": new.name})

    def read(self, resource: Resource, **_known: Properties) -> Result:
        self.cloud.meet("read", resource.name)
        found = self.cloud.things.get(resource.name)
        if found is None:
            return Result(id="", outputs={})
        init_errors = ("not healthy",) if resource.name in self.cloud.half_made else ()
        return Result(
            id=resource.id,
            outputs={**found, "endpoint": resource.name},
            inputs=found,
            init_errors=init_errors,
        )

    def delete(self, old: Resource) -> None:
        self.cloud.meet("delete", old.name)
        self.cloud.things.pop(old.name, None)

    def invoke(self, token: str, args: Properties) -> tuple[Properties, list[CheckFailure]]:
        return {"token": token, **args, **self.configured}, []

    def close(self) -> None:
        self.cloud.calls.append(f"close {self.name}")


class FakePlugins:
    """Starts fake providers."""

    def __init__(self, cloud: Cloud) -> None:
        self.cloud = cloud

    def start(self, name: str, version: str) -> FakeProvider:
        self.cloud.meet("start", f"{name} {version}".strip())
        return FakeProvider(self.cloud, name)


@dataclass
class Outcome(Listener):
    """What one run did, as it was told."""

    all_done: list[Step] = field(default_factory=list)
    notes: list[Diagnostic] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    """What went wrong, or was said, in order."""
    summary: Summary | None = None
    has_failed: bool = False
    made: dict[str, Resource] = field(default_factory=dict)

    def done(self, step: Step, seconds: float) -> None:
        assert seconds >= 0
        self.all_done.append(step)

    def failed(self, _step: Step, reason: str) -> None:
        self.errors.append(reason)

    def noted(self, note: Diagnostic) -> None:
        self.notes.append(note)
        self.errors.append(note.message)

    def ended(self, summary: Summary) -> None:
        self.summary = summary

    @property
    def steps(self) -> list[str]:
        """Spell what was done, as `create a`, without sames, the stack and default providers."""
        return [f"{step.op} {step.name}" for step in self._shown() if step.op != "same"]

    @property
    def sames(self) -> list[str]:
        return [step.name for step in self._shown() if step.op == "same"]

    def _shown(self) -> list[Step]:
        return [step for step in self.all_done if step.name not in ("toy-dev", "default")]

    def step(self, name: str, op: str = "") -> Any:
        """Find the last step on a resource, or the last that was an `op`."""
        return [step for step in self.all_done if step.name == name and op in ("", step.op)][-1]


@dataclass
class Rig:
    """A stack of things."""

    folder: Path
    cloud: Cloud = field(default_factory=Cloud)
    config: Config = field(
        default_factory=lambda: Config(values={"toy:region": "here"}, secret_keys=frozenset())
    )
    parallel: int = 4
    plugins: Any = None
    """What starts providers; by default fake ones of the cloud."""
    may_change: Callable[[], bool] = lambda: True
    """What is asked before anything is changed."""

    @property
    def backend(self) -> Backend:
        return Backend(self.folder, "toy", "dev")

    def up(self, *goals: Goal, preview: bool = False) -> Outcome:
        """Register goals one after the other, and delete the rest if all went well."""
        with self._parts(preview) as parts:
            for goal in (STACK, *goals):
                if not parts.register(goal):
                    break
            else:
                parts.deployment.delete_rest()
        return parts.outcome

    def destroy(self) -> Outcome:
        with self._parts() as parts:
            parts.deployment.delete_rest()
        return parts.outcome

    def refresh(self) -> Outcome:
        with self._parts() as parts:
            parts.deployment.refresh()
        return parts.outcome

    def state(self) -> dict[str, dict[str, Any]]:
        """Read the stored resources by name, with a mark for those that wait for something."""
        found = {}
        for resource in (self.backend.read() or {}).get("resources", []):
            name = resource["urn"].split("::", 3)[3]
            waiting = "deleted" if resource.get("delete") else "pending"
            special = resource.get("delete") or resource.get("pendingReplacement")
            found[f"{name} ({waiting})" if special else name] = resource
        return found

    def names(self) -> list[str]:
        """Name the things in the state, in its order."""
        return [name for name, spelt in self.state().items() if spelt["type"] in (THING, BOX)]

    @contextmanager
    def _parts(self, preview: bool = False) -> Iterator["Parts"]:
        parts = Parts(self, preview)
        yield parts
        parts.deployment.close()
        parts.outcome.has_failed = parts.report.failed


class Parts:
    """The parts of one run."""

    def __init__(self, rig: Rig, preview: bool) -> None:
        self.outcome = Outcome()
        self.report = Reporter(self.outcome)
        plugins: Any = rig.plugins or FakePlugins(rig.cloud)
        self.deployment = Deployment(
            rig.backend,
            UnlockedStack(config=rig.config, secrets=FakeCrypter()),
            plugins,
            self.report,
            parallel=rig.parallel,
            preview=preview,
            may_change=rig.may_change,
        )

    def register(self, goal: Goal) -> bool:
        """Register one goal as the monitor does; False once the run has failed."""
        try:
            made = self.deployment.register(goal)
            if not made.custom:
                self.deployment.outputs(made.urn, {"size": 1})
        except (EngineError, ProviderError) as error:
            self.report.error(str(error))
            return False
        except (Failed, RunStopped):
            return False
        self.outcome.made[made.name] = made
        return True


def changed(goal: Goal, **options: Any) -> Goal:
    return replace(goal, **options)
