"""Where a provider's program is found, and how it is started."""

import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from sre_agent_local.engine.plugins import Plugins
from sre_agent_local.engine.process import Child
from sre_agent_local.engine.project import Project
from sre_agent_local.engine.resource import DYNAMIC, Resource
from sre_agent_local.engine.responses import ProviderError

PLUGIN = f"""#!{sys.executable}
import os, sys
from concurrent.futures import ThreadPoolExecutor
import grpc
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc


class Provider(provider_pb2_grpc.ResourceProviderServicer):
    def Check(self, request, context):
        answer = provider_pb2.CheckResponse()
        project = os.environ["PULUMI_PROJECT"]
        answer.inputs.update({{"where": __file__, "engine": sys.argv[1], "project": project}})
        return answer


server = grpc.server(ThreadPoolExecutor(1))
provider_pb2_grpc.add_ResourceProviderServicer_to_server(Provider(), server)
port = server.add_insecure_port("127.0.0.1:0")
server.start()
print(port, flush=True)
print("hello", flush=True)
server.wait_for_termination()
"""


THING = Resource(urn="urn:pulumi:dev::toy::toy:index:Thing::a", type="toy:index:Thing", custom=True)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def plugins(tmp_path: Path, told: list[str]) -> Iterator[Plugins]:
    plugins = Plugins(
        project=Project(name="toy", root=tmp_path, main=tmp_path, config_dir=tmp_path),
        engine="127.0.0.1:1",
        environ={"PULUMI_HOME": str(tmp_path / "home"), "PATH": str(tmp_path / "path")},
        log=told.append,
    )
    yield plugins
    plugins.kill()


def install(folder: Path, text: str = PLUGIN) -> Path:
    folder.mkdir(parents=True)
    program = folder / "pulumi-resource-toy"
    program.write_text(text)
    program.chmod(0o755)
    return program


def versions(home: Path, *versions: str) -> None:
    for version in versions:
        install(home / "plugins" / f"resource-toy-v{version}", "")


def test_a_started_provider_serves(plugins: Plugins, tmp_path: Path, told: list[str]) -> None:
    """It gets the engine's address, the project's name, and what it prints is told."""
    program = install(tmp_path / "path")
    provider = plugins.start("toy", "")
    inputs, _ = provider.check(THING, {}, {})
    provider.close()

    assert inputs == {"where": str(program), "engine": "127.0.0.1:1", "project": "toy"}
    assert told == ["hello"]


@pytest.mark.parametrize(
    ("version", "found"),
    [("1.9.0", "1.9.0"), ("", "1.10.0"), ("2.0.0-beta.1", "2.0.0-beta.1"), ("1.9", None), ("3.0.0", None)],
)
def test_the_home_folder_is_searched_by_version(
    plugins: Plugins, tmp_path: Path, version: str, found: str | None
) -> None:
    """A version that is asked for has to be there; without one, the newest is taken."""
    versions(tmp_path / "home", "1.9.0", "1.10.0", "2.0.0-beta.1") if version else versions(
        tmp_path / "home", "1.9.0", "1.10.0"
    )
    (tmp_path / "home/plugins/resource-toy-vnext").mkdir()
    (tmp_path / "home/plugins/resource-toy-v0.1.0").mkdir()
    if found is None:
        with pytest.raises(ProviderError, match=f"no plugin for the provider toy {version}"):
            plugins._command("toy", version)
    else:
        (command,) = plugins._command("toy", version)
        assert Path(command).parent.name == f"resource-toy-v{found}"


def test_what_the_project_names_comes_first(plugins: Plugins, tmp_path: Path) -> None:
    """Pulumi.yaml names the program itself or its folder."""
    program = install(tmp_path / "own", "")
    versions(tmp_path / "home", "1.0.0")

    plugins.project = replace(plugins.project, plugins={"toy": tmp_path / "own"})
    assert plugins._command("toy", "1.0.0") == [str(program)]
    plugins.project = replace(plugins.project, plugins={"toy": program})
    assert plugins._command("toy", "1.0.0") == [str(program)]


def test_dynamic_resources_are_served_by_this_python(plugins: Plugins) -> None:
    assert plugins._command(DYNAMIC, "") == (sys.executable, "-u", "-m", "pulumi.dynamic")


def test_a_missing_plugin_is_named_with_where_it_could_be(plugins: Plugins, tmp_path: Path) -> None:
    plugins.environ = {"PATH": str(tmp_path)}

    with pytest.raises(ProviderError, match=r"^no plugin for the provider toy: it is neither in .*\.pulumi"):
        plugins.start("toy", "")


def test_a_plugin_that_does_not_serve_is_told(plugins: Plugins, tmp_path: Path) -> None:
    install(tmp_path / "path", "#!/bin/sh\necho usage: none\n")

    with pytest.raises(ProviderError, match="it printed 'usage: none'"):
        plugins.start("toy", "")


def test_the_first_that_asks_gets_the_one_that_runs_already(
    plugins: Plugins, tmp_path: Path, told: list[str]
) -> None:
    """Nobody else gets it, and it is got once."""
    program = install(tmp_path / "path")
    early = install(tmp_path / "early")
    environ = {"PULUMI_PROJECT": "early"}
    plugins.early = Child([str(early), ""], directory=tmp_path, environ=environ, log=told.append)
    asked = [plugins.start(name, "") for name in ("toy", DYNAMIC)]
    served = [provider.check(THING, {}, {})[0] for provider in asked]

    assert [inputs["where"] for inputs in served] == [str(program), str(early)]
    assert plugins.early is None
