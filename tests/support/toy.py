"""A toy cloud for engine tests: one dynamic resource over a folder of JSON files.

TOY_DIR names the folder. It holds `things/<name>.json` (what exists), `calls.jsonl` (what the provider was
asked, in order of arrival) and `faults.json` (what goes wrong). The provider class lives in an importable
module and keeps no state, so its pickle is a short reference.
"""

import fcntl
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi import Input, ResourceOptions
from pulumi.dynamic import (
    CheckFailure,
    CheckResult,
    CreateResult,
    DiffResult,
    ReadResult,
    Resource,
    ResourceProvider,
    UpdateResult,
)

Json = dict[str, Any]


@dataclass(frozen=True)
class Cloud:
    """The folder behind the toy resources: tests look into it and break things in it."""

    folder: Path

    def things(self) -> dict[str, Json]:
        """Return every thing that exists, by name."""
        files = sorted((self.folder / "things").glob("*.json"))
        return {file.stem: json.loads(file.read_bytes()) for file in files}

    def put(self, name: str, properties: Mapping[str, Any]) -> None:
        """Change or make a thing behind the engine's back."""
        file = self._file(name)
        file.parent.mkdir(parents=True, exist_ok=True)
        temporary = file.with_suffix(f".{os.getpid()}.{time.monotonic_ns()}.tmp")
        temporary.write_text(json.dumps(properties))
        temporary.replace(file)

    def change(self, name: str, **properties: object) -> None:
        """Change properties of a thing behind the engine's back."""
        self.put(name, {**(self.get(name) or {}), **properties})

    def drop(self, name: str) -> None:
        """Remove a thing, or nothing if it is gone."""
        self._file(name).unlink(missing_ok=True)

    def get(self, name: str) -> Json | None:
        file = self._file(name)
        return json.loads(file.read_bytes()) if file.exists() else None

    def log(self, **call: object) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        with (self.folder / "calls.jsonl").open("a") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            file.write(json.dumps(call, default=lambda value: f"<{type(value).__name__}>") + "\n")

    def calls(self, *methods: str) -> list[Json]:
        """Return what the provider was asked, all of it or only these methods."""
        log = self.folder / "calls.jsonl"
        calls = [json.loads(line) for line in log.read_text().splitlines()] if log.exists() else []
        return [call for call in calls if not methods or call["method"] in methods]

    def count(self, *methods: str) -> Counter[tuple[str, str]]:
        """Count calls by (method, name of the thing)."""
        return Counter((call["method"], str(call["name"])) for call in self.calls(*methods))

    def forget_calls(self) -> None:
        (self.folder / "calls.jsonl").unlink(missing_ok=True)

    def fault(self, method: str, name: str, sentence: str = "", *, seconds: float = 0) -> None:
        """Make a method on a thing take a while, or fail with a sentence."""
        self.folder.mkdir(parents=True, exist_ok=True)
        rules = {**self._faults(), f"{method} {name}": {"sentence": sentence, "seconds": seconds}}
        (self.folder / "faults.json").write_text(json.dumps(rules))

    def heal(self) -> None:
        """Forget all faults."""
        (self.folder / "faults.json").unlink(missing_ok=True)

    def meet(self, method: str, name: object) -> None:
        """Let the fault of this method and thing, if there is one, happen."""
        rule = self._faults().get(f"{method} {name}", {})
        time.sleep(rule.get("seconds", 0))
        if rule.get("sentence"):
            sys.tracebacklimit = 0  # an expected error shows no stack
            raise ToyError(rule["sentence"])

    def _faults(self) -> dict[str, Json]:
        file = self.folder / "faults.json"
        return json.loads(file.read_bytes()) if file.exists() else {}

    def _file(self, name: str) -> Path:
        return self.folder / "things" / f"{name}.json"


class ToyError(Exception):
    """What a toy provider raises on purpose."""


def cloud() -> Cloud:
    return Cloud(Path(os.environ["TOY_DIR"]))


class ThingProvider(ResourceProvider):
    """Things are named by their `name`; a change of it replaces.

    An input `diff` chooses how a diff is told: unset leaves `changes` to the engine, "plain" says yes or no,
    "never" always says no, "before" deletes first when it replaces.
    """

    serialize_as_secret_always = False

    def check(self, _olds: Json, news: Json) -> CheckResult:
        cloud().log(method="check", name=news.get("name"), news=news)
        size = news.get("size")
        faults = (
            [CheckFailure("size", "must not be negative")] if isinstance(size, float) and size < 0 else []
        )
        return CheckResult(news, faults)

    def diff(self, _id: str, _olds: Json, _news: Json) -> DiffResult:
        olds, news = _own(_olds), _own(_news)
        cloud().log(method="diff", name=olds.get("name"), olds=olds, news=news)
        cloud().meet("diff", olds.get("name"))
        how = news.get("diff")
        changed = any(olds.get(key) != value for key, value in news.items()) or any(
            key not in news for key in olds if key not in ("endpoint", "serial")
        )
        return DiffResult(
            changes={"plain": changed, "never": False}.get(str(how)),
            replaces=[key for key in ("name", "zone") if olds.get(key) != news.get(key)],
            delete_before_replace=how == "before",
        )

    def create(self, props: Json) -> CreateResult:
        props = _own(props)
        name = props["name"]
        cloud().log(method="create", name=name, props=props)
        cloud().meet("create", name)
        outs = {**props, "endpoint": f"https://{name}.toy", "serial": 1}
        cloud().put(name, outs)
        cloud().meet("created", name)
        return CreateResult(name, outs)

    def read(self, id_: str, props: Json) -> ReadResult:
        cloud().log(method="read", name=id_, props=_own(props))
        cloud().meet("read", id_)
        found = cloud().get(id_)
        if found is None:
            return ReadResult("", {})
        provider = {key: value for key, value in props.items() if key == "__provider"}
        inputs = {key: value for key, value in found.items() if key not in ("endpoint", "serial")}
        return ReadResult(id_, {**provider, **found}, {**provider, **inputs})

    def update(self, id_: str, olds: Json, news: Json) -> UpdateResult:
        news = _own(news)
        cloud().log(method="update", name=id_, olds=_own(olds), news=news)
        cloud().meet("update", id_)
        outs = {**news, "endpoint": f"https://{news['name']}.toy", "serial": olds.get("serial", 0) + 1}
        cloud().put(id_, outs)
        return UpdateResult(outs)

    def delete(self, id_: str, props: Json) -> None:
        cloud().log(method="delete", name=id_, props=_own(props))
        cloud().meet("delete", id_)
        cloud().drop(id_)


class Thing(Resource, module="toy", name="Thing"):
    """A thing of the toy cloud: `name` (default: the resource's), and whatever else it is given."""

    def __init__(self, resource_name: str, opts: ResourceOptions | None = None, **props: Input[Any]) -> None:
        props = {"name": resource_name, **props, "endpoint": None, "serial": None}
        super().__init__(ThingProvider(), resource_name, props, opts)


def _own(props: Mapping[str, Any]) -> Json:
    return {key: value for key, value in props.items() if key != "__provider"}
