"""SIGKILL at random moments to whatever takes part in `sre-agent local up` and `destroy`: the next run converges.

`KILLS=50 pytest tests/stacks/test_kills.py` spreads so many over both engines; `SEED` chooses others. Each kill is told by
number, engine, command, victim and moment.
"""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pulumi_sre_agent.cli.project import find
from sre_agent_local.cli.azure import LocalAzure
from support.cli import LOGIN, SETTINGS, SRE_AGENT, Folder
from support.engines import DEADLINE, _environments, eventually, needs_pulumi

KILLS = int(os.environ.get("KILLS", "2"))
SEED = int(os.environ.get("SEED", "1"))
VICTIMS = ("launcher", "engine", "provider", "plugin", "program", "azure")
LATENCY_SECONDS = 0.05
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-new"
AGENT = f"{GROUP}/providers/Microsoft.App/agents/agent-new"
PROGRAM = """
import pulumi, pulumi_azure_native as azure, pulumi_sre_agent as sre

group = azure.resources.ResourceGroup("rg", resource_group_name="rg-new", location="swedencentral")
identity = azure.managedidentity.UserAssignedIdentity(
    "identity", resource_group_name=group.name, resource_name_="id-new", location="swedencentral"
)
role = sre.resources.RoleAssignment(
    "role", scope=group.id, role="Reader", principal_id=identity.principal_id,
    principal_type="ServicePrincipal",
)
for number in range(2):
    azure.monitor.ActionGroup(
        f"action-{number}", resource_group_name=group.name, action_group_name=f"ag-{number}",
        group_short_name="ag", location="global", enabled=True, webhook_receivers=[{
            "name": "hook", "service_uri": pulumi.Output.secret("https://hook.example/s3cret-of-the-hook"),
        }],
    )
logs = azure.operationalinsights.Workspace(
    "logs", resource_group_name=group.name, workspace_name="log-new", location="swedencentral",
    sku={"name": "PerGB2018"},
)
agent = sre.resources.Agent(
    "agent", name="agent-new", resource_group_name=group.name, location="swedencentral",
    identity={"type": "UserAssigned", "user_assigned_identities": [identity.id]},
    knowledge_graph_configuration={"identity": identity.id, "managed_resources": []},
    action_configuration={"identity": identity.id, "mode": "Review", "access_level": "Low"},
)
for name in ("one", "two"):
    sre.resources.CommonPrompt(name, agent_id=agent.id, name=name, prompt="Do all of the steps in order. " * 3)
"""


class Site:
    """A project on disk, its own local Azure, and the processes that work for it."""

    def __init__(self, root: Path, engine: str) -> None:
        self.folder, self.engine = Folder(root), engine
        (root / "stacks" / "__main__.py").write_text(PROGRAM)
        self.marker = f"KILLS_FOLDER={root}".encode()
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(LOGIN)}
        pulumi = [str(Path(there).parent)] if (there := shutil.which("pulumi")) and engine == "pulumi" else []
        path = os.pathsep.join([*pulumi, os.defpath])
        self.environ = {**inherited, **SETTINGS, "PATH": path, "KILLS_FOLDER": str(root)}

    def start(self, *words: str) -> "subprocess.Popen[str]":
        engine = () if words[0] == "start" else ("--engine", self.engine)
        return subprocess.Popen(
            [sys.executable, str(SRE_AGENT), "local", *words, *engine],
            cwd=self.folder.root,
            env=self.environ,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )

    def run(self, *words: str) -> tuple[int, str]:
        process = self.start(*words)
        printed, _ = process.communicate(timeout=DEADLINE)
        return process.returncode, printed

    def slow_down(self) -> None:
        """Let each request take its time, so that more moments are in the middle of one."""
        azure = LocalAzure(find(self.folder.root, "local")).require()
        azure.admin("PATCH", "switches", {"latencySeconds": LATENCY_SECONDS})

    def processes(self) -> dict[int, str]:
        """List what runs for this project, by pid, with its command line; shells that stand guard are none."""
        found = {}
        for pid, environ in _environments():
            if self.marker in environ.split(b"\0"):
                try:
                    command = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
                except OSError:
                    continue
                found[pid] = command
        return found

    def others(self) -> dict[int, str]:
        """List what should end with a command: all but the local Azure."""
        return {pid: line for pid, line in self.processes().items() if "-m sre_agent_local.azure " not in line}

    def victim(self, what: str) -> int | None:
        """Find the process of a part that runs at the moment."""
        for pid, line in self.processes().items():
            if not line.startswith("/bin/sh") and self._is(what, pid, line):
                return pid
        return None

    def _is(self, what: str, pid: int, line: str) -> bool:
        match what:
            case "launcher":
                return f"{SRE_AGENT} local" in line
            case "engine":
                return "-m sre_agent_local.engine " in line or line.split()[0].endswith("/pulumi")
            case "program":
                return "language_host" in line or "pulumi-language-python-exec" in line
            case "provider":
                is_fork = "language_host" in line and "language_host" in self.processes().get(parent(pid), "")
                return is_fork or "pulumi.dynamic" in line or "pulumi-resource-pulumi-python" in line
            case "plugin":
                return "sre_agent_local.azure_native" in line
            case _:
                return "-m sre_agent_local.azure " in line

    def kill(self, verb: str, what: str, seconds: float) -> tuple[bool, str]:
        """Run a command, and kill a part of it after so long; False where it ended before."""
        process = self.start(verb)
        due = time.monotonic() + seconds
        pid = None
        while process.poll() is None and pid is None:
            time.sleep(0.01)
            pid = self.victim(what) if time.monotonic() >= due else None
        if pid is not None:
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pid = None
        printed, _ = process.communicate(timeout=DEADLINE)
        return pid is not None, printed

    def state(self) -> dict[str, Any]:
        file = self.folder.root / ".local" / "state" / ".pulumi" / "stacks" / "toy" / "local.json"
        return json.loads(file.read_bytes())["checkpoint"].get("latest") or {}

    def arm(self, path: str, version: str) -> Any:
        """GET from ARM, None where there is nothing."""
        azure = LocalAzure(find(self.folder.root, "local")).require()
        login = "/msi/token?api-version=2019-08-01&resource=https://management.azure.com"
        token = azure._send("GET", login, headers={"X-IDENTITY-HEADER": azure.identity_header})["access_token"]
        try:
            return azure._send("GET", f"{path}?api-version={version}", headers={"Authorization": f"Bearer {token}"})
        except Exception as error:
            assert "could not be found" in str(error) or "not found" in str(error), error
            return None


def parent(pid: int) -> int:
    try:
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


@pytest.fixture
def site(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Site]:
    made = Site(tmp_path / "project", request.param)
    yield made
    made.folder.stop()


ENGINES = [pytest.param("embedded", id="embedded"), pytest.param("pulumi", id="pulumi", marks=needs_pulumi)]


@pytest.mark.parametrize("site", ENGINES, indirect=True)
def test_whatever_is_killed_the_next_run_converges(site: Site) -> None:
    """Green, nothing pending, nothing found by a refresh, nothing there twice, no process left behind."""
    chance = random.Random(f"{SEED}/{site.engine}")
    assert site.run("start")[0] == 0
    site.slow_down()
    seconds = {}
    for verb in ("up", "destroy"):
        begin = time.monotonic()
        code, printed = site.run(verb)
        assert code == 0, printed
        seconds[verb] = time.monotonic() - begin
    wrong, killed = [], 0
    tries = 0
    while killed < max(KILLS // len(ENGINES), 1) and tries < 3 * KILLS + 9:
        verb = ("up", "destroy")[tries % 2]
        tries += 1
        what, moment = chance.choice(VICTIMS), chance.uniform(0.1, 1.0) * seconds[verb]
        was_killed, printed = site.kill(verb, what, moment)
        killed += was_killed
        name = f"{killed}: {site.engine} {verb}, {what} at {moment:.1f} s"
        problem = after(site, verb)
        print(name, "killed" if was_killed else "ended before", problem or "converged", flush=True)
        if problem:
            wrong.append(f"{name}: {problem}\n--- the killed run:\n{printed}")
    assert not wrong, "\n\n".join(wrong)


def after(site: Site, verb: str) -> str:
    """Run the command again, and return what is wrong then."""
    eventually(lambda: not site.others(), f"nothing is left behind: {site.others()}")
    code, printed = site.run(verb)
    if code:
        return f"{verb} failed:\n{printed}"
    latest = site.state()
    if latest.get("pending_operations"):
        return f"still pending: {latest['pending_operations']}"
    if verb == "destroy":
        left = [each["urn"] for each in latest.get("resources") or ()]
        there = site.arm(GROUP, "2024-03-01")
        return f"left: {left} {there}" if left or there else ""
    code, printed = site.run("refresh", "--json")
    changes = json.loads(printed[printed.index("{") :])["changes"] if code == 0 else {"failed": 1}
    if set(changes) - {"same", "read"}:
        return f"a refresh finds {changes}:\n{printed}"
    urns = [each["urn"] for each in latest["resources"]]
    ids = [each["id"].lower() for each in latest["resources"] if each.get("id")]
    if len(urns) != len(set(urns)) or len(ids) != len(set(ids)):
        return f"twice in the state: {urns} {ids}"
    roles = site.arm(f"{GROUP}/providers/Microsoft.Authorization/roleAssignments", "2022-04-01")["value"]
    readers = [role for role in roles if role["properties"]["scope"].lower() == GROUP.lower()]
    if len(readers) != 1:
        return f"{len(readers)} roles on the group"
    eventually(lambda: not site.others(), f"nothing is left behind: {site.others()}")
    return ""
