"""Which tests can see a module: its own, those of its room, those of the rooms above, whole deployments."""

from pathlib import Path

STAGES = ("its own tests", "its room's", "those of the rooms above", "whole deployments")
ROOMS = (
    "api",
    "schema",
    "resources",
    "directory",
    "identity",
    "monitoring",
    "network",
    "agent",
    "fleet",
    "cli",
)
"""The rooms of the toolkit as its arrows point: a test of one sees the rooms before it."""
DEPLOYMENTS = ("engine", "stacks", "local/cli", "upgrade")


def stage(tests: Path, path: str, number: int) -> list[str]:
    """Return what pytest is given for one stage of a module's tests; it may be nothing."""
    package, *folders, file = path.split("/")
    folders = [name for name in folders if name != "_core"]
    own, above = ["local", *folders], []
    if package == "pulumi_sre_agent":
        own = folders
        above = [*ROOMS[ROOMS.index(folders[0]) + 1 :], *(each.name for each in tests.glob("test_*.py"))]
    room = "local/engine" if own[0] == "local" else own[0]
    files = ["/".join([*own, f"test_{file}"]), *_naming(tests, path, room)]
    wanted = (files, ["/".join(own), room], above, DEPLOYMENTS)
    paths = [f"tests/{each}" for each in dict.fromkeys(wanted[number]) if (tests / each).exists()]
    seen = [f"--ignore=tests/{each}" for each in files if (tests / each).exists()]
    return [*paths, *(seen if number == 1 else [])] if paths else []


def _naming(tests: Path, path: str, room: str) -> list[str]:
    """Return the files of the room's tests that import the module or speak of its class."""
    module, stem = path.removesuffix(".py").replace("/", "."), Path(path).stem
    words = (f"from {module} import", f'"{stem.title().replace("_", "")}"')
    files = ((file, file.read_text(encoding="utf-8")) for file in sorted((tests / room).rglob("test_*.py")))
    return [file.relative_to(tests).as_posix() for file, text in files if any(word in text for word in words)]
