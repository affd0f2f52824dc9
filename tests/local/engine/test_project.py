"""Pulumi.yaml: what is read of it, and what is refused by name."""

from pathlib import Path

import pytest

from sre_agent_local.engine import project
from sre_agent_local.engine.errors import EngineError


def write(folder: Path, text: str, *, program: str = "__main__.py") -> Path:
    file = folder / "Pulumi.yaml"
    file.write_text(text)
    (folder / program).parent.mkdir(parents=True, exist_ok=True)
    (folder / program).touch()
    return file


def test_a_project_is_found_from_below(tmp_path: Path) -> None:
    """The nearest Pulumi.yaml above a folder counts; paths are relative to it."""
    write(
        tmp_path,
        """
        name: toy
        description: a toy
        runtime: {name: python}
        main: stacks/
        stackConfigDir: stacks/
        plugins: {providers: [{name: cloud, path: plugins/cloud}]}
        """,
        program="stacks/__main__.py",
    )

    found = project.find(tmp_path / "stacks")

    assert (found.name, found.root) == ("toy", tmp_path)
    assert found.main == found.working_dir == tmp_path / "stacks"
    assert found.stack_file("dev") == tmp_path / "stacks" / "Pulumi.dev.yaml"
    assert found.plugins == {"cloud": tmp_path / "plugins" / "cloud"}


def test_a_program_may_be_a_file(tmp_path: Path) -> None:
    """`main` may name a file; it runs in its folder. An empty `config: text` is the older stackConfigDir."""
    found = project.load(
        write(tmp_path, "{name: toy, runtime: python, main: app.py, config: conf}", program="app.py")
    )

    assert (found.main, found.working_dir) == (tmp_path / "app.py", tmp_path)
    assert found.stack_file("dev") == tmp_path / "conf" / "Pulumi.dev.yaml"


def test_config_types(tmp_path: Path) -> None:
    """The schema's entries, in all their spellings, by full key."""
    found = project.load(
        write(
            tmp_path,
            """
            name: toy
            runtime: python
            config:
              short: text
              flag: false
              toy:size: {type: integer, default: 3}
              must: {type: string, description: needed}
              names: {type: array, items: {type: array, items: {type: string}}}
              hidden: {type: string, secret: true}
              given: {value: 5}
              azure-native:location: west
              azure-native:config:tenantId: {value: t}
            """,
        )
    )

    defaults = {key: declared.default for key, declared in found.config.items()}
    assert defaults == {
        "toy:short": "text",
        "toy:flag": False,
        "toy:size": 3,
        "toy:must": None,
        "toy:names": None,
        "toy:hidden": None,
        "toy:given": 5,
        "azure-native:location": "west",
        "azure-native:tenantId": "t",
    }
    assert found.config["toy:names"].type_name == "array<array<string>>"
    assert found.config["toy:hidden"].secret


@pytest.mark.parametrize(
    ("declared", "good", "bad"),
    [
        ("string", ["", "5"], [5, [], None]),
        ("integer", [5, 5.0, "5", "-5"], [5.5, "x", "5.0", True, None]),
        ("boolean", [True, "false"], ["yes", 1, None]),
        ("object", [{}, {"a": 1}], [[], "x"]),
    ],
)
def test_types_accept(declared: str, good: list[object], bad: list[object]) -> None:
    """Text that reads as a type is of the type, as with Pulumi."""
    kind = project.ConfigType(type=declared)

    assert [value for value in good if not kind.accepts(value)] == []
    assert [value for value in bad if kind.accepts(value)] == []
    of_many = project.ConfigType(type="array", items=kind)
    assert of_many.accepts(good)
    assert not of_many.accepts([*good, bad[0]])
    assert not of_many.accepts("x")
    assert not project.ConfigType(type="number").accepts(1), "a type that there is not"


HEAD = "name: toy\nruntime: python\n"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("runtime: python", "a project needs a 'name'"),
        ("name: a b\nruntime: python", "a project needs a 'name' of letters"),
        ("name: toy", "takes 'runtime: python' without options and not null"),
        ("name: toy\nruntime: nodejs", 'not "nodejs"'),
        ("name: toy\nruntime: {name: yaml}", 'not {"name": "yaml"}'),
        ("name: toy\nruntime: {name: python, options: {virtualenv: v}}", "without options"),
        (HEAD + "options: {refresh: always}", "does not know the setting 'options'"),
        (HEAD + "main: nowhere", "there is no program at 'main'"),
        (HEAD + "plugins: {languages: []}", "not 'plugins.languages'"),
        (HEAD + "plugins: {providers: [{name: x}]}", "needs a 'name' and a 'path'"),
        (HEAD + "plugins: [x]", "'plugins' must be a mapping"),
        (HEAD + "config: [x]", "'config' must be a mapping"),
        (HEAD + "config: {a:b:c: 1}", "could not parse a:b:c as a configuration key"),
        ("{", "invalid YAML file in line 1"),
        ("\x00", "could not read"),
        ("[a]", "holds no mapping"),
    ],
)
def test_refusals(text: str, sentence: str, tmp_path: Path) -> None:
    """What is wrong in Pulumi.yaml, or not known here, is one sentence that names it."""
    file = write(tmp_path, text)

    with pytest.raises(EngineError) as refused:
        project.load(file)

    assert sentence in str(refused.value)
    assert "\n" not in str(refused.value)


def test_no_project(tmp_path: Path) -> None:
    """A folder without a project above it, and no folder at all."""
    with pytest.raises(EngineError, match=r"no Pulumi\.yaml project file found"):
        project.find(tmp_path)
    with pytest.raises(EngineError, match="there is no such folder"):
        project.find(tmp_path / "nowhere")
