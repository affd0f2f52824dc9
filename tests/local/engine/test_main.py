"""The command line: what it refuses and with which exit code, and the `stack` commands."""

import argparse
import json
from collections.abc import Callable, Collection, Mapping
from pathlib import Path
from typing import Any

import pytest

from sre_agent_local.engine import __main__, commands, crypt
from sre_agent_local.engine.crypt import Crypter
from sre_agent_local.engine.display import Operation
from sre_agent_local.engine.events import Op, Summary

Json = dict[str, Any]

ROOT = {
    "urn": "urn:pulumi:dev::toy::pulumi:pulumi:Stack::toy-dev",
    "custom": False,
    "type": "pulumi:pulumi:Stack",
    "outputs": {"size": 5, "name": "n", "list": [1]},
}
PROVIDER = {
    "urn": "urn:pulumi:dev::toy::pulumi:providers:toy::default",
    "custom": True,
    "id": "1",
    "type": "pulumi:providers:toy",
}
THING = {
    "urn": "urn:pulumi:dev::toy::toy:index:Thing::a",
    "custom": True,
    "id": "a",
    "type": "toy:index:Thing",
    "parent": ROOT["urn"],
    "provider": f"{PROVIDER['urn']}::1",
    "dependencies": [PROVIDER["urn"]],
    "propertyDependencies": {"size": [PROVIDER["urn"]], "name": []},
    "deletedWith": ROOT["urn"],
}
SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


class Shell:
    """Runs commands in this process, in a project of its own."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self._capsys = folder, capsys
        (folder / "__main__.py").touch()
        (folder / "Pulumi.yaml").write_text("name: toy\nruntime: python\n")
        self.stack_file = folder / "Pulumi.dev.yaml"
        self.stack_file.write_text("config: {azure-native:metadataHost: 'http://127.0.0.1:1'}\n")
        self.environ = {
            "PULUMI_BACKEND_URL": f"file://{folder}/state",
            "PULUMI_CONFIG_PASSPHRASE": "phrase",
            "PULUMI_STACK": "dev",
        }

    def __call__(self, *argv: str, code: int = 0) -> str:
        """Run a command, check its exit code, and return what it printed where that belongs."""
        found = __main__.main([*argv, "--cwd", str(self.folder)], self.environ)
        out, err = self._capsys.readouterr()
        assert found == code, err
        assert "Traceback" not in err
        if code:
            assert err.startswith("error: ")
            assert len(err.splitlines()) == 1
        return out + err

    def take(self, deployment: Json, *, version: int = 3, code: int = 0) -> str:
        """Import a deployment."""
        file = self.folder / "import.json"
        file.write_text(json.dumps({"version": version, "deployment": deployment}))
        return self("stack", "import", "--file", str(file), code=code)


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    """Make a project whose keys take no time to derive: those that do are for `test_crypt.py`."""
    monkeypatch.setattr(crypt, "ROUNDS", 1)
    return Shell(tmp_path, capsys)


@pytest.fixture
def made(shell: Shell) -> Shell:
    shell("stack", "init")
    return shell


def test_help_needs_nothing_of_the_engine(capsys: pytest.CaptureFixture[str]) -> None:
    """`--help` names every verb and the exit codes."""
    with pytest.raises(SystemExit) as ended:
        __main__.main(["--help"])

    assert ended.value.code == 0
    text = capsys.readouterr().out
    assert [
        verb for verb in ("up", "preview", "refresh", "destroy", "stack", "cancel") if verb not in text
    ] == []
    assert "Exit codes" in text


@pytest.mark.parametrize("argv", [[], ["frob"], ["up", "--bogus"], ["stack"], ["up", "--parallel", "x"]])
def test_wrong_usage_exits_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    """What the command line does not know is said in one sentence."""
    with pytest.raises(SystemExit) as ended:
        __main__.main(argv)

    assert ended.value.code == 2
    assert capsys.readouterr().err.startswith("error: ")


def test_init_makes_a_stack_once(shell: Shell) -> None:
    """It writes a salt only where there is none, and makes no stack twice."""
    assert shell("stack", "init", "dev") == "Created stack 'dev'\n"

    written = shell.stack_file.read_text()
    assert written.startswith("encryptionsalt: v1:")
    assert "already exists" in shell("stack", "init", "dev", code=1)
    shell.environ["PULUMI_BACKEND_URL"] = f"file://{shell.folder}/other"
    shell("stack", "init", "-s", "dev")
    assert shell.stack_file.read_text() == written


def test_init_checks_the_passphrase(made: Shell) -> None:
    """A salt that is there already must fit."""
    made.environ |= {"PULUMI_BACKEND_URL": f"file://{made.folder}/other", "PULUMI_CONFIG_PASSPHRASE": "wrong"}

    assert "incorrect passphrase" in made("stack", "init", code=1)


@pytest.mark.parametrize(
    ("argv", "environ", "code", "sentence"),
    [
        (["up", "--yes"], {}, 6, "no stack named 'dev' found"),
        (["refresh", "--preview-only"], {}, 6, "no stack named 'dev' found"),
        (["stack", "output"], {}, 6, "no stack named 'dev' found"),
        (["up"], {}, 2, "--yes or --skip-preview must be passed"),
        (["up", "--yes", "--parallel", "0"], {}, 2, "--parallel must be at least 1"),
        (["preview"], {"PULUMI_STACK": ""}, 2, "no stack selected"),
        (["preview", "--stack", "dev", "--show-sames"], {}, 2, "--show-sames is for --json"),
        (["preview", "--stack", "a b"], {}, 2, "a stack name may only contain"),
        (["preview"], {"PULUMI_BACKEND_URL": "https://example.com"}, 1, "keeps state in files only"),
        (["preview", "--stack", "prod"], {}, 1, "install Pulumi"),
        (["stack", "init"], {"PULUMI_CONFIG_PASSPHRASE_FILE": "/nowhere"}, 0, "Created stack"),
    ],
)
def test_refusals(
    argv: list[str], environ: Mapping[str, str], code: int, sentence: str, shell: Shell
) -> None:
    """Each is one sentence with Pulumi's own exit code, and makes no stack."""
    shell.environ |= environ

    assert sentence in shell(*argv, code=code)


def test_ctrl_c_is_one_sentence(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before anything has begun, Ctrl-C just ends the command."""

    def interrupted(_options: argparse.Namespace, _environ: Mapping[str, str]) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(commands, "run", interrupted)

    assert shell("cancel", code=130) == "error: interrupted\n"


def test_cancel_removes_locks(made: Shell) -> None:
    """Whoever's they are."""
    lock = made.folder / "state" / ".pulumi" / "locks" / "organization" / "toy" / "dev" / "x.json"
    lock.parent.mkdir(parents=True)
    lock.write_text("{}")

    made("cancel", "--yes")

    assert not lock.exists()


def test_outputs(made: Shell) -> None:
    """As JSON, with secrets only where asked for."""
    assert made("stack", "output") == "{}\n"
    crypter = Crypter("phrase")
    outputs = {**ROOT["outputs"], "pw": {**SECRET, "ciphertext": crypter.encrypt('"hush"')}}  # type: ignore[dict-item]  # ROOT is mixed
    state = {"salt": crypter.salt}
    made.take(
        {
            "secrets_providers": {"type": "passphrase", "state": state},
            "resources": [{**ROOT, "outputs": outputs}],
        }
    )

    assert json.loads(made("stack", "output")) == {"list": [1], "name": "n", "pw": "[secret]", "size": 5}
    assert json.loads(made("stack", "output", "--json", "--show-secrets"))["pw"] == "hush"


def test_export_and_import(made: Shell) -> None:
    """What is exported can be imported again; pending operations are dropped with a warning."""
    assert json.loads(made("stack", "export"))["deployment"]["manifest"]["magic"] == ""
    manifest = {"time": "2026-11-22T08:24:30Z", "version": "v3.260.0", "magic": "any"}
    pending = {"type": "creating", "resource": {**THING, "id": ""}}
    deployment = {"manifest": manifest, "resources": [ROOT, PROVIDER, THING], "metadata": {}}

    printed = made.take({**deployment, "pending_operations": [pending]})

    assert f"removing pending operation 'creating' on '{THING['urn']}'" in printed
    file = made.folder / "export.json"
    made("stack", "export", "--file", str(file))
    assert json.loads(file.read_text()) == {"version": 3, "deployment": deployment}


def test_import_reads_standard_input(made: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Without `--file` the deployment comes in through a pipe."""
    file = tmp_path / "piped"
    file.write_text(json.dumps({"version": 3, "deployment": {"resources": [ROOT]}}))
    with file.open() as pipe:
        monkeypatch.setattr("sys.stdin", pipe)

        made("stack", "import")

    assert json.loads(made("stack", "output"))["size"] == 5


def test_import_seals_secrets_in_plain(made: Shell) -> None:
    """An export with `--show-secrets` is encrypted when it is taken in."""
    crypter = Crypter("phrase")
    plain = {**SECRET, "plaintext": '"hush"'}
    thing = {**THING, "inputs": {"pw": plain, "list": [plain, 1]}}
    provider = {"type": "passphrase", "state": {"salt": crypter.salt}}

    made.take({"secrets_providers": provider, "resources": [ROOT, PROVIDER, thing]})

    exported = made("stack", "export")
    assert "hush" not in exported
    sealed = json.loads(exported)["deployment"]["resources"][2]["inputs"]["pw"]
    assert Crypter("phrase", crypter.salt).decrypt(sealed["ciphertext"]) == '"hush"'


def _without(state: Json, *keys: str) -> Json:
    return {key: value for key, value in state.items() if key not in keys}


@pytest.mark.parametrize(
    ("deployment", "sentence"),
    [
        ({"resources": [ROOT, THING, PROVIDER]}, "refers to missing resource"),
        ({"resources": [PROVIDER, THING]}, "refers to missing parent"),
        ({"resources": [PROVIDER, _without(THING, "parent")]}, "refers to missing resource"),
        ({"resources": [ROOT, ROOT]}, "duplicate resource"),
        ({"resources": [{**ROOT, "id": "x"}]}, "is not custom and has an id"),
        ({"resources": [_without(ROOT, "urn")]}, "is missing its URN, its type or"),
        ({"resources": [{**ROOT, "urn": "urn:pulumi:prod::toy::a:b:c::d"}]}, "from a different stack"),
        ({"resources": [{**ROOT, "viewOf": "x"}]}, "'viewOf', which the embedded engine does not know"),
        ({"secrets_providers": {"type": "awskms"}}, "secrets provider 'awskms' is not known"),
        (
            {"resources": [{**ROOT, "outputs": {"pw": {**SECRET, "ciphertext": "v1:a:b"}}}]},
            "encrypted secrets but no secrets_providers",
        ),
    ],
)
def test_import_refuses(deployment: Json, sentence: str, made: Shell) -> None:
    """What the real CLI refuses, and what this engine does not know; the state stays as it was."""
    before = made("stack", "export")

    assert sentence in made.take(deployment, code=1)
    assert made("stack", "export") == before


def test_import_takes_what_is_being_replaced(made: Shell) -> None:
    """A replaced one may be there twice; one that waits for its replacement may rest on what is gone."""
    waiting = {**THING, "pendingReplacement": True, "provider": "gone::1"}

    made.take({"resources": [ROOT, PROVIDER, waiting]})
    made.take({"resources": [ROOT, PROVIDER, THING, {**THING, "delete": True}]})


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("{", "could not read the deployment"),
        ("[]", "no 'deployment'"),
        ('{"deployment": []}', "no 'deployment'"),
    ],
)
def test_import_of_nonsense(text: str, sentence: str, made: Shell) -> None:
    """No JSON, or something else."""
    file = made.folder / "import.json"
    file.write_text(text)

    assert sentence in made("stack", "import", "--file", str(file), code=1)
    assert "has version 9" in made.take({}, version=9, code=1)


Answer = Callable[[Operation], Summary]


class FakeEngine:
    """Stands where the engine would run; its answer is the class's."""

    summary = Summary(result="succeeded", changes={})
    ran: list[tuple[str, bool]]

    def __init__(
        self, _stack: object, unlocked: Callable[[], object], *_parts: object, preview: bool, **_more: object
    ) -> None:
        """Take what an engine takes."""
        self._unlocked, self._preview = unlocked, preview

    def up(self) -> Summary:
        return self._run("up")

    def refresh(self, targets: Collection[str], *, clear_creates: bool) -> Summary:
        assert (list(targets), clear_creates) == ([], False)
        return self._run("refresh")

    def destroy(self) -> Summary:
        return self._run("destroy")

    def _run(self, verb: str) -> Summary:
        self._unlocked()
        FakeEngine.ran.append((verb, self._preview))
        return FakeEngine.summary


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> type[FakeEngine]:
    monkeypatch.setattr("sre_agent_local.engine.commands.Engine", FakeEngine)
    FakeEngine.ran, FakeEngine.summary = [], Summary(result="succeeded", changes={Op.SAME: 1})
    return FakeEngine


@pytest.mark.parametrize(
    ("argv", "ran"),
    [
        (["preview"], [("up", True)]),
        (["up", "--yes"], [("up", False)]),
        (["up", "--yes", "--json"], [("up", False)]),
        (["refresh", "--skip-preview"], [("refresh", False)]),
        (["destroy", "--yes", "--skip-preview", "--diff"], [("destroy", False)]),
    ],
)
def test_what_runs(
    argv: list[str], ran: list[tuple[str, bool]], engine: type[FakeEngine], made: Shell
) -> None:
    """Nothing but what was asked for: no preview comes first."""
    made(*argv)

    assert engine.ran == ran


@pytest.mark.parametrize("changed", [Op.UPDATE, Op.DELETE])
def test_expect_no_changes(changed: Op, engine: type[FakeEngine], made: Shell) -> None:
    """Changes where none were expected are exit code 7; reads and sames are none."""
    made("preview", "--expect-no-changes")
    engine.summary = Summary(result="succeeded", changes={Op.SAME: 2, Op.READ: 1, changed: 0})
    made("preview", "--expect-no-changes")

    engine.summary = Summary(result="succeeded", changes={changed: 1})
    assert "expected for preview" in _last(made("preview", "--expect-no-changes", "--json", code=7))
    assert "expected for refresh" in _last(made("refresh", "--yes", "--expect-no-changes", "--json", code=7))


def test_a_failed_run_fails_the_command(engine: type[FakeEngine], made: Shell) -> None:
    """What was wrong has been told by then."""
    engine.summary = Summary(result="failed", changes={})

    assert __main__.main(["up", "--yes", "--cwd", str(made.folder)], made.environ) == 1


def test_a_preview_needs_the_passphrase_only_for_secrets(engine: type[FakeEngine], made: Shell) -> None:
    """Its key takes long to derive: a preview does so where there is a secret, and whatever writes always."""
    salted, config = made.stack_file.read_text().splitlines()
    secret = Crypter("phrase", salted.removeprefix("encryptionsalt: ")).encrypt("hush")
    made.environ["PULUMI_CONFIG_PASSPHRASE"] = "wrong"
    made("preview", "--json")
    refused = made("up", "--yes", "--skip-preview", "--json", code=1)
    with_secret = config.replace("}", f", toy:pw: {{secure: '{secret}'}}}}")
    made.stack_file.write_text(f"{salted}\n{with_secret}\n")

    assert "incorrect passphrase" in refused
    assert "incorrect passphrase" in made("preview", "--json", code=1)


def test_the_states_own_salt_opens_it(made: Shell) -> None:
    """A state may have another salt than the stack file; a file without one makes do with the state's."""
    crypter = Crypter("phrase")
    provider = {"type": "passphrase", "state": {"salt": crypter.salt}}
    outputs = {"pw": {**SECRET, "ciphertext": crypter.encrypt('"hush"')}}
    made.take({"secrets_providers": provider, "resources": [{**ROOT, "outputs": outputs}]})

    assert json.loads(made("stack", "output", "--show-secrets")) == {"pw": "hush"}
    made.stack_file.write_text("config: {azure-native:metadataHost: 'http://127.0.0.1:1'}\n")
    assert json.loads(made("stack", "output", "--show-secrets")) == {"pw": "hush"}
    assert "encryptionsalt" not in made.stack_file.read_text()


def test_a_stack_without_any_salt_gets_one(made: Shell) -> None:
    """An empty state and a stack file that lost its salt: a new one is written."""
    made.stack_file.write_text("config: {azure-native:metadataHost: 'http://127.0.0.1:1'}\n")

    made("stack", "output")

    assert made.stack_file.read_text().startswith("encryptionsalt: v1:")


def _last(text: str) -> str:
    return text.splitlines()[-1]
