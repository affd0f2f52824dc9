"""Lives of toy stacks: what the program is, what is done to it, and what every engine must then do.

A step runs one command with `toy:gen` set, after the cloud has perhaps been changed behind the engine's back.
`ops` is what a preview must say of every resource that it does not leave alone; `calls` is what the provider
must have been asked to change.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from support.toy import Cloud

Act: TypeAlias = Callable[[Cloud], None]


@dataclass(frozen=True)
class Step:
    """One command and what must come of it."""

    verb: str
    gen: int = 1
    code: int = 0
    before: tuple[Act, ...] = ()
    ops: Mapping[str, str] | None = None
    calls: frozenset[str] | None = None

    def __str__(self) -> str:
        return f"{self.verb} gen {self.gen}"


@dataclass(frozen=True)
class Scenario:
    """A program and the steps of its life."""

    name: str
    program: str
    steps: tuple[Step, ...]
    settings: str = ""
    """More text for Pulumi.yaml."""
    begin: tuple[Act, ...] = ()

    def __str__(self) -> str:
        return self.name


def change(name: str, **properties: object) -> Act:
    """Change a thing behind the engine's back."""
    return lambda cloud: cloud.change(name, **properties)


def drop(name: str) -> Act:
    """Remove a thing behind the engine's back."""
    return lambda cloud: cloud.drop(name)


def fault(method: str, name: str, sentence: str) -> Act:
    """Let a method fail, and nothing else."""

    def act(cloud: Cloud) -> None:
        cloud.heal()
        cloud.fault(method, name, sentence)

    return act


def calls(*spelt: str) -> frozenset[str]:
    return frozenset(spelt)


def replaced(*names: str) -> list[str]:
    return [f"{method} {name}" for method in ("create", "delete") for name in names]


HEAD = """
import pulumi
from pulumi import Alias, ResourceOptions as Options
from support.toy import Thing

gen = pulumi.Config().require_int("gen")


class Box(pulumi.ComponentResource):
    def __init__(self, name, size, opts=None):
        super().__init__("toy:index:Box", name, None, opts)
        inner = Thing(f"{name}-inner", name="inner", size=size, opts=Options(parent=self))
        self.register_outputs({"size": size, "inner": inner.id})

"""

LIVING = frozenset(
    (
        *(
            "plain",
            "same",
            "moved-1",
            "first",
            "second",
            "third",
            "beside",
            "after",
            "host",
            "guest",
            "ignored",
        ),
        *("yes-or-no", "never", "secret", "renamed", "inner", "kept", "gone"),
    )
)
"""The things of the first generation, as the cloud names them."""
LIFE = Scenario(
    name="life",
    program=HEAD
    + """
plain = Thing("plain", size=gen, tags={"env": "dev", "gen": gen}, items=["one", f"two-{gen}"], none=None)
Thing("same", size=1, ratio=0.5, peer=plain.id, deep={"list": [None, {"a": []}], "empty": {}})
Thing("moved", name=f"moved-{gen}")
first = Thing("first", zone=f"z{gen}", diff="before")
second = Thing("second", zone=first.endpoint)
Thing("third", zone=second.endpoint)
Thing("beside", peer=first.id)
Thing("after", size=1, opts=Options(depends_on=[first]))
host = Thing("host", zone=f"z{gen}", diff="before")
Thing("guest", size=1, opts=Options(deleted_with=host))
Thing("ignored", size=gen, tags={"gen": gen, "kept": gen}, opts=Options(ignore_changes=["size", "tags.gen"]))
Thing("yes-or-no", size=gen, diff="plain")
Thing("never", size=gen, diff="never")
Thing("secret", pw=pulumi.Output.secret(f"hush-{gen}"), words=["a", pulumi.Output.secret("b")],
      opts=Options(additional_secret_outputs=["endpoint"]))
if gen == 1:
    Thing("old-name", name="renamed", size=1)
    Box("box", size=gen)
    Thing("kept", size=1, opts=Options(retain_on_delete=True))
    Thing("gone", size=1)
else:
    Thing("new-name", name="renamed", size=1, opts=Options(aliases=[Alias(name="old-name")]))
    Box("crate", size=gen, opts=Options(aliases=[Alias(name="box")]))
    Thing("new", size=1, text="one\\ntwo\\n", js='{"a": 1}')
pulumi.export("plain", plain.id)
pulumi.export("endpoint", plain.endpoint)
pulumi.export("gen", gen)
pulumi.export("pw", pulumi.Output.secret(f"hush-{gen}"))
pulumi.export("nested", {"list": [1, 2.5, {"gen": gen}], "none": None})
""",
    steps=(
        Step("up", calls=calls(*(f"create {name}" for name in LIVING))),
        Step("preview", ops={}),
        Step(
            "preview",
            gen=2,
            ops={
                **dict.fromkeys(
                    ("plain", "beside", "ignored", "yes-or-no", "secret", "crate-inner"), "update"
                ),
                **dict.fromkeys(("moved", "first", "second", "third", "host", "guest"), "replace"),
                **dict.fromkeys(("kept", "gone"), "delete"),
                "new": "create",
            },
        ),
        Step(
            "up",
            gen=2,
            calls=calls(
                *(f"update {name}" for name in ("plain", "ignored", "yes-or-no", "secret", "inner")),
                *(
                    f"create {name}"
                    for name in ("first", "second", "third", "host", "guest", "moved-2", "new")
                ),
                *(f"delete {name}" for name in ("first", "second", "third", "host", "moved-1", "gone")),
            ),
        ),
        Step(
            "refresh",
            gen=2,
            before=(change("plain", size=99), drop("new")),
            calls=calls(),
        ),
        Step("preview", gen=2, ops={"plain": "update", "new": "create"}),
        Step("up", gen=2, calls=calls("update plain", "create new")),
        Step(
            "destroy",
            gen=2,
            calls=calls(
                *(
                    f"delete {name}"
                    for name in LIVING - {"gone", "kept", "guest", "moved-1"} | {"new", "moved-2"}
                )
            ),
        ),
    ),
)

FAILURES = Scenario(
    name="failures",
    program=HEAD
    + """
a = Thing("a", size=gen)
b = Thing("b", size=gen, peer=a.id)
Thing("c", size=gen, peer=b.id)
if gen == 1:
    Thing("d", size=1)
pulumi.export("a", a.endpoint)
""",
    steps=(
        Step(
            "up",
            code=1,
            before=(fault("create", "b", "no room"),),
            calls=calls("create a", "create b", "create d"),
        ),
        Step("up", before=(Cloud.heal,), calls=calls("create b", "create c")),
        Step(
            "up",
            gen=2,
            code=1,
            before=(fault("update", "b", "not today"),),
            calls=calls("update a", "update b"),
        ),
        Step(
            "up",
            gen=2,
            code=1,
            before=(fault("delete", "d", "in use"),),
            calls=calls("update b", "update c", "delete d"),
        ),
        Step(
            "refresh",
            gen=2,
            code=1,
            before=(fault("read", "c", "who knows"),),
            calls=calls(),
        ),
        Step("up", gen=2, before=(Cloud.heal,), calls=calls("delete d")),
        Step(
            "destroy",
            gen=2,
            code=1,
            before=(fault("delete", "a", "in use"),),
            calls=calls("delete a", "delete b", "delete c"),
        ),
        Step("destroy", gen=2, before=(Cloud.heal,), calls=calls("delete a")),
    ),
)

PROTECTED = Scenario(
    name="protected",
    program=HEAD
    + """
a = Thing("a", size=1)
if gen != 2:
    Thing("b", size=1, peer=a.id, opts=Options(protect=gen == 1))
    Thing("c", size=1)
""",
    steps=(
        Step("up", calls=calls("create a", "create b", "create c")),
        Step("preview", gen=2, code=1, ops={"b": "delete", "c": "delete"}),
        Step("up", gen=2, code=1, calls=calls("delete c")),
        Step("destroy", code=1, calls=calls()),
        Step("up", gen=3, calls=calls("create c")),
        Step("destroy", gen=3, calls=calls("delete a", "delete b", "delete c")),
    ),
)

BROKEN = Scenario(
    name="broken",
    program=HEAD
    + """
a = Thing("a", size=1)
if gen == 2:
    Thing("negative", size=-1, opts=Options(depends_on=[a]))
if gen == 3:
    raise pulumi.RunError("nothing to do here")
if gen == 4:
    raise ValueError("boom")
if gen == 5:
    Thing("a", size=1)
if gen == 6:
    pulumi.log.error("only said")
if gen == 1:
    Thing("b", size=1)
""",
    steps=(
        Step("up", calls=calls("create a", "create b")),
        Step("up", gen=2, code=1, calls=calls()),
        Step("preview", gen=3, code=1, ops={}),
        Step("up", gen=4, code=1, calls=calls()),
        Step("up", gen=5, code=1, calls=calls()),
        Step("up", gen=6, calls=calls("delete b")),
    ),
)

READING = Scenario(
    name="reading",
    program=HEAD
    + """
if gen < 3:
    found = Thing("found", name="outside", opts=Options(id="outside"))
    pulumi.export("size", found.id)
if gen == 2:
    Thing("user", size=1, peer=found.endpoint)
if gen == 4:
    made = Thing("made", name="made", size=2)
    again = Thing("again", name="made", size=None, opts=Options(id=made.id))
    Thing("follower", size=again.size, peer=again.endpoint)
    pulumi.export("again", again.endpoint)
""",
    begin=(lambda cloud: cloud.put("outside", {"name": "outside", "size": 7, "endpoint": "https://o"}),),
    steps=(
        Step("up", calls=calls()),
        Step("up", gen=2, calls=calls("create user")),
        Step("refresh", gen=2, before=(change("outside", size=8),), calls=calls()),
        Step("up", gen=3, calls=calls("delete user")),
        Step("preview", gen=4, ops={"made": "create", "again": "read", "follower": "create"}, calls=calls()),
        Step("up", gen=4, calls=calls("create made", "create follower")),
        Step("preview", gen=4, ops={"again": "read"}, calls=calls()),
    ),
)

BUCKETS = frozenset(("boxed", "far", "first", "forced", "ignored", "loose", "plain"))
PLUGIN = Scenario(
    name="plugin",
    settings="plugins: {providers: [{name: toycloud, path: ../plugin}]}\n",
    program=HEAD
    + """
from pulumi import CustomResource, InvokeOptions, Output


class Bucket(CustomResource):
    endpoint: Output[str]
    serial: Output[int]
    size: Output[int]

    def __init__(self, resource_name, opts=None, **props):
        props = {"size": None, **props, "endpoint": None, "serial": None}
        super().__init__("toycloud:index:Bucket", resource_name, props, opts)


class Cloud(pulumi.ProviderResource):
    def __init__(self, name, **props):
        super().__init__("toycloud", name, props)


north = Cloud("north", region="north" if gen < 3 else "arctic", secretive="true")
south = Cloud("south", region="south", note=f"{gen}")
plain = Bucket("plain", name="plain", size=gen, tags={"gen": gen})
far = Bucket("far", name="far", size=1, pw=Output.secret("hush"), opts=Options(provider=north))
Bucket("moved", name=f"moved-{gen}", peer=far.endpoint)
Bucket("first", name="first", zone=f"z{gen}", diff="before")
Bucket("loose", name="loose", pw=Output.secret("hush"), more=far.serial, opts=Options(provider=south))
Bucket("ignored", name="ignored", size=gen, opts=Options(ignore_changes=["size"]))
forced = Options(replace_on_changes=["size"], delete_before_replace=True)
Bucket("forced", name="forced", size=gen, opts=forced)
read = Bucket("read", opts=Options(id="id-outside"))
found = pulumi.runtime.invoke("toycloud:index:find", {"name": "it", "size": 3}, InvokeOptions(provider=south))
later = plain.serial.apply(lambda serial: f"serial {serial}")
box = Box("box", size=1, opts=Options(providers=[north]))
Bucket("boxed", name="boxed", size=1, opts=Options(parent=box))
pulumi.export("endpoint", far.endpoint)
pulumi.export("read", read.size)
pulumi.export("found", found.value if hasattr(found, "value") else found)
pulumi.export("later", later)
""",
    begin=(lambda cloud: cloud.put("outside", {"name": "outside", "size": 7, "endpoint": "https://o"}),),
    steps=(
        Step("up", calls=calls(*(f"create {name}" for name in BUCKETS | {"moved-1", "inner"}))),
        Step("preview", ops={"read": "read"}),
        Step(
            "preview",
            gen=2,
            ops={
                **dict.fromkeys(("south", "plain"), "update"),
                **dict.fromkeys(("first", "forced", "moved"), "replace"),
                "read": "read",
            },
        ),
        Step(
            "up",
            gen=2,
            calls=calls(*replaced("first", "forced"), "create moved-2", "delete moved-1", "update plain"),
        ),
        Step(
            "drift",
            gen=2,
            before=(change("plain", size=99), drop("loose")),
            ops={"plain": "update", "loose": "delete"},
            calls=calls(),
        ),
        Step("refresh", gen=2, calls=calls()),
        Step(
            "up",
            gen=3,
            calls=calls(
                *replaced("first", "forced", "far", "boxed"),
                *("create moved-3", "delete moved-2", "create loose", "update plain"),
            ),
        ),
        Step("destroy", gen=3, calls=calls(*(f"delete {name}" for name in BUCKETS | {"moved-3", "inner"}))),
    ),
)

SCENARIOS = (LIFE, PLUGIN, FAILURES, PROTECTED, BROKEN, READING)
