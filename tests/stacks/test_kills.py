"""SIGKILL at random moments to whatever takes part in `sre-agent local up` and `destroy`.

The next run converges. `KILLS=50 pytest -s tests/stacks/test_kills.py` spreads so many over both engines and
tells each; `SEED` chooses others.
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
from contextlib import suppress
from itertools import cycle
from pathlib import Path
from typing import Any

import httpx
import pytest

from pulumi_sre_agent.cli.project import find
from sre_agent_local.cli.azure import LocalAzure
from support.cli import LOGIN, SETTINGS, SRE_AGENT, Folder
from support.engines import DEADLINE, eventually, needs_pulumi, processes_with

KILLS = int(os.environ.get("KILLS", "1"))
SEED = int(os.environ.get("SEED", "4"))
AZURE = "-m sre_agent_local.azure "
VICTIMS = ("launcher", "engine", "provider", "plugin", "program", "azure")
LATENCY_SECONDS = 0.05
FIRST_GUESS_SECONDS = 4.0
"""How long a command takes; what it really takes is learnt on the way."""
GROUP = "/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/rg-new"
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
    sre.resources.CommonPrompt(name, agent_id=agent.id, name=name, prompt="Do all of the steps. " * 5)
"""


class Site:
    """A project on disk, its own local Azure, and the processes that work for it."""

    def __init__(self, root: Path, engine: str) -> None:
        self.folder, self.engine = Folder(root), engine
        (root / "stacks" / "__main__.py").write_text(PROGRAM)
        self.marker = f"KILLS_FOLDER={root}"
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
        """List what runs for this project, by pid, with its command line."""
        commands = {}
        for pid in processes_with(self.marker):
            with suppress(OSError):  # ended meanwhile
                commands[pid] = Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
        return commands

    def others(self) -> dict[int, str]:
        """List what should end with a command: all but the local Azure."""
        return {pid: line for pid, line in self.processes().items() if AZURE not in line}

    def victim(self, what: str) -> int | None:
        """Find the process of a part that runs at the moment; shells that stand guard are none."""
        for pid, line in self.processes().items():
            if not line.startswith("/bin/sh") and self._is(what, pid, line):
                return pid
        return None

    def _is(self, what: str, pid: int, line: str) -> bool:
        match what:
            case "launcher":
                return f"{SRE_AGENT} local" in line
            case "engine":
                return "-m sre_agent_local.engine " in line or line.split(maxsplit=1)[0].endswith("/pulumi")
            case "program":
                return "language_host" in line or "pulumi-language-python-exec" in line
            case "provider":
                is_fork = "language_host" in line and "language_host" in self.processes().get(parent(pid), "")
                return is_fork or "pulumi.dynamic" in line or "pulumi-resource-pulumi-python" in line
            case "plugin":
                return "sre_agent_local.azure_native" in line
            case _:
                return AZURE in line

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
        query = {"api-version": "2019-08-01", "resource": "https://management.azure.com"}
        with httpx.Client(base_url=azure.url, trust_env=False) as client:
            login = client.get(
                "/msi/token", params=query, headers={"X-IDENTITY-HEADER": azure.identity_header}
            )
            bearer = {"Authorization": f"Bearer {login.json()['access_token']}"}
            answer = client.get(path, params={"api-version": version}, headers=bearer)
        assert answer.status_code in {200, 404}, answer.text
        return answer.json() if answer.is_success else None


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


@pytest.mark.longest
@pytest.mark.parametrize("site", ENGINES, indirect=True)
def test_whatever_is_killed_the_next_run_converges(site: Site) -> None:
    """Green, nothing pending, nothing found by a refresh, nothing there twice, no process left behind."""
    chance = random.Random(f"{SEED}/{site.engine}")
    assert site.run("start")[0] == 0
    site.slow_down()
    seconds = {"up": FIRST_GUESS_SECONDS, "destroy": FIRST_GUESS_SECONDS}
    killed, wrong = 0, []
    for verb in cycle(seconds):
        what, moment = chance.choice(VICTIMS), chance.uniform(0, 1) * seconds[verb]
        was_killed, printed = site.kill(verb, what, moment)
        killed += was_killed
        begin = time.monotonic()
        told = problems(site, verb)
        seconds[verb] = max(seconds[verb], (time.monotonic() - begin) / 2)
        name = f"{killed}: {site.engine} {verb}, {what} after {moment:.1f} s"
        print(name, "killed," if was_killed else "ended before,", told or "converged", flush=True)
        if told:
            wrong.append(f"{name}: {told}\n--- the killed run:\n{printed}")
        if killed >= -(-KILLS // len(ENGINES)):
            break
    assert not wrong, "\n\n".join(wrong)


def problems(site: Site, verb: str) -> list[str]:
    """Run the command again, and return what is wrong then."""
    eventually(lambda: not site.others(), "nothing is left behind")
    code, printed = site.run(verb)
    latest = site.state()
    resources = latest.get("resources") or []
    found = [f"{verb} failed:\n{printed}"] if code else []
    if pending := latest.get("pending_operations"):
        found.append(f"still pending: {pending}")
    if verb == "destroy" and (resources or site.arm(GROUP, "2024-03-01")):
        found.append(f"left: {resources}")
    if verb == "up" and not code:
        found += differences(site, resources)
    eventually(lambda: not site.others(), "nothing is left behind")
    return found


def differences(site: Site, resources: list[dict[str, Any]]) -> Iterator[str]:
    """Compare the state with itself and with Azure, after a run that was green."""
    code, printed = site.run("refresh", "--json")
    changes = json.loads(printed[printed.index("{\n") :])["changes"] if code == 0 else {"failed": 1}
    if set(changes) - {"same", "read"}:
        yield f"a refresh finds {changes}:\n{printed}"
    for key in ("urn", "id"):
        values = [each[key].lower() for each in resources if each.get(key)]
        if len(values) != len(set(values)):
            yield f"twice in the state: {values}"
    roles = site.arm(f"{GROUP}/providers/Microsoft.Authorization/roleAssignments", "2022-04-01")["value"]
    if sum(role["properties"]["scope"].lower() == GROUP.lower() for role in roles) != 1:
        yield f"not one role on the group: {roles}"
