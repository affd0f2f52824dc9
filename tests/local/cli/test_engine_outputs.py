"""What a stack says after its runs: outputs, and its state."""

import json
from pathlib import Path

import pytest

from support.cli import FakePulumi, Folder, call
from support.local_stack import OUTPUTS, initialised


def test_outputs(folder: Folder, pulumi: FakePulumi) -> None:
    """Outputs print as a table, one by one, or as JSON; the local Azure need not run."""
    initialised(folder)
    pulumi.answers("stack output", OUTPUTS, as_json=True)

    def shown(*words: str) -> str:
        return call(folder, "local", "outputs", *words, path=pulumi.path).out

    assert shown() == "  endpoint  http://127.0.0.1:1/agents/a\n  sizes     [1, 2]\n  token     [secret]\n"
    assert shown("endpoint") == "http://127.0.0.1:1/agents/a\n"
    assert shown("sizes", "--json") == "[\n  1,\n  2\n]\n"
    assert json.loads(shown("--json", "--show-secrets")) == json.loads(OUTPUTS)
    assert "--show-secrets" in pulumi.calls[-1]["argv"]
    assert "IDENTITY_HEADER" not in pulumi.calls[-1]["environ"]


def test_unknown_output(folder: Folder, pulumi: FakePulumi) -> None:
    """A misspelt output is answered with those that there are."""
    initialised(folder)
    pulumi.answers("stack output", OUTPUTS, as_json=True)
    refused = call(folder, "local", "outputs", "endpiont", path=pulumi.path)

    assert (refused.code, refused.out) == (2, "")
    assert refused.err == "error: Stack 'local' has no output 'endpiont' (it has: endpoint, sizes, token).\n"


def test_no_outputs(folder: Folder, pulumi: FakePulumi) -> None:
    """A stack without outputs says so beside the empty result."""
    initialised(folder)
    pulumi.answers("stack output", "{}", as_json=True)
    shown = call(folder, "local", "outputs", path=pulumi.path)

    assert (shown.code, shown.out, shown.err) == (0, "", "Stack 'local' has no outputs.\n")


def test_export(folder: Folder, pulumi: FakePulumi, tmp_path: Path) -> None:
    """The state is printed, or written to a file, just as the engine gives it."""
    initialised(folder)
    pulumi.answers("stack export", '{"version": 3}\n')
    file = tmp_path / "state.json"
    shown = call(folder, "local", "export", path=pulumi.path)
    written = call(folder, "local", "export", "--file", str(file), path=pulumi.path)

    assert (shown.code, shown.out, shown.err) == (0, '{"version": 3}\n', "")
    assert (written.code, written.out, written.err) == (0, "", f"Wrote {file}.\n")
    assert file.read_text() == '{"version": 3}\n'


@pytest.mark.parametrize("verb", ["outputs", "export"])
def test_never_deployed(folder: Folder, verb: str) -> None:
    """Without a state there is nothing to read."""
    refused = call(folder, "local", verb)

    assert (refused.code, refused.out) == (1, "")
    assert refused.err == ("error: Stack 'local' was never deployed here: run `sre-agent local up` first.\n")
