"""The local Azure for tests: the fixture `azure` in `conftest.py` hands out a `LocalAzure`."""

import json
import os
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import httpx

from support import fork_server
from support.fork_server import Forked

Json = dict[str, Any]

SUBSCRIPTION = "00000000-0000-0000-0000-000000000001"
OTHER_SUBSCRIPTION = "00000000-0000-0000-0000-000000000002"
TENANT = "00000000-0000-0000-0000-0000000000aa"
REGION = "swedencentral"

PREVIEW = "2025-05-01-preview"
GENERAL = "2026-01-01"
GROUPS = "2024-03-01"
IDENTITIES = "2023-01-31"
NETWORKS = "2024-05-01"

ARM_AUDIENCE = "https://management.azure.com/"
DATA_AUDIENCE = "https://azuresre.dev"

DEADLINE_SECONDS = 20.0


class LocalAzure:
    """A running local Azure and one HTTP client that is logged in to both planes."""

    def __init__(self, announcement: Json, data: Path, process: Forked) -> None:
        """Take what the server says of itself in azure.json."""
        self.url = url = str(announcement["url"])
        self.data_folder = data
        self.process = process
        self.environ = {
            "IDENTITY_ENDPOINT": f"{url}/msi/token",
            "IDENTITY_HEADER": announcement["identityHeader"],
        }
        """Logs azure-identity's ManagedIdentityCredential in; merge it into a process's environment."""
        self.administration = {"X-Local-Azure-Token": announcement["administrationToken"]}
        self.http = httpx.Client(
            base_url=url, timeout=30, headers=self.administration, transport=_ConnectionsOfThread()
        )
        self._tokens: dict[str, str] = {}
        self._endpoints: dict[str, str] = {}

    # administration

    def requests(self, since: int = 0, **wanted: Any) -> list[Json]:
        """Return the log; `wanted` keeps entries with these values, such as `plane="data", method="PUT"`."""
        found = self._local("GET", f"requests?since={since}")["value"]
        return [entry for entry in found if all(entry[name] == value for name, value in wanted.items())]

    def forget_requests(self) -> None:
        self._local("DELETE", "requests")

    def fault(self, kind: str, **rule: Any) -> Json:
        """Add a fault, such as `fault("status", method="PUT", path="/skills/", status=503, times=1)`."""
        return self._local("POST", "faults", {"kind": kind, **rule})

    def faults(self) -> list[Json]:
        found: list[Json] = self._local("GET", "faults")["value"]
        return found

    def clear_faults(self) -> None:
        self._local("DELETE", "faults")

    def clear_fault(self, rule_id: str) -> None:
        self._local("DELETE", f"faults/{rule_id}")

    def switch(self, **changes: Any) -> Json:
        """Set switches, such as `switch(restrictedTenant=True)`."""
        return self._local("PATCH", "switches", changes)

    def reset(self) -> None:
        """Forget everything: resources, operations, requests, faults, switches."""
        self._endpoints.clear()
        self._local("POST", "reset")

    # both planes

    def token(self, audience: str = ARM_AUDIENCE) -> str:
        """Return an access token for the developer."""
        if audience not in self._tokens:
            answer = self.http.get(
                "/msi/token",
                params={"api-version": "2019-08-01", "resource": audience},
                headers={"X-IDENTITY-HEADER": self.environ["IDENTITY_HEADER"]},
            )
            answer.raise_for_status()
            self._tokens[audience] = answer.json()["access_token"]
        return self._tokens[audience]

    def arm(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        api_version: str = PREVIEW,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one request to ARM; `path` from `/subscriptions` on, or a whole URL of this server."""
        version = {} if "api-version=" in path or not api_version else {"api-version": api_version}
        return self._send(method, path, body, ARM_AUDIENCE, headers, version)

    def data(
        self,
        method: str,
        agent_id: str,
        path: str,
        body: Any = None,
        *,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        """Send one request to an agent's data plane, once it has its endpoint; `path` from `/api` on."""
        endpoint = self._endpoints.get(agent_id) or self.endpoint(agent_id)
        json_wanted = {"Accept": "application/json", **(headers or {})}
        return self._send(method, endpoint + path, body, DATA_AUDIENCE, json_wanted, {})

    def endpoint(self, agent_id: str) -> str:
        """Return where an agent's data plane is now; `data` asks once per agent that `agent` makes."""
        found: str = self.arm("GET", agent_id).json()["properties"]["agentEndpoint"]
        self._endpoints[agent_id] = found
        return found

    def settle(self, answer: httpx.Response) -> Json:
        """Follow a long-running operation to its end; return the status document, `{}` if there is none."""
        url = answer.headers.get("azure-asyncoperation")
        if url is None:
            assert answer.is_success, answer.text
            location = answer.headers.get("location")
            self.poll(lambda: location is None or self.arm("GET", location).status_code != 202)
            return {}
        ended: Json = self.poll(lambda: _ended(self.arm("GET", url).json()))
        return ended

    def poll(self, ready: Callable[[], Any], deadline_seconds: float = DEADLINE_SECONDS) -> Any:
        """Ask `ready` until it answers something true."""
        deadline = time.monotonic() + deadline_seconds
        while not (found := ready()):
            assert time.monotonic() < deadline, "the local Azure did not get there in time"
            time.sleep(0.01)
        return found

    def log_in_again(self) -> None:
        """Replace the tokens, as somebody whose tokens have expired."""
        audiences = [*self._tokens]
        self._tokens.clear()
        for audience in audiences:
            self.token(audience)

    # what tests need to be there

    def group(self, name: str = "rg-sre") -> str:
        """Make a resource group; return its id."""
        group_id = f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{name}"
        answer = self.arm("PUT", group_id, {"location": REGION}, api_version=GROUPS)
        assert answer.is_success, answer.text
        return group_id

    def identity(self, name: str = "id-sre", group: str = "rg-sre") -> Json:
        """Make a user-assigned identity, and its group; return it with `id` and `properties`."""
        path = f"{self.group(group)}/providers/Microsoft.ManagedIdentity/userAssignedIdentities/{name}"
        answer = self.arm("PUT", path, {"location": REGION}, api_version=IDENTITIES)
        assert answer.is_success, answer.text
        made: Json = answer.json()
        return made

    def subnet(
        self,
        name: str = "agents",
        *,
        network: str = "vnet",
        prefix: str = "10.0.0.0/27",
        delegation: str = "Microsoft.App/environments",
        location: str = REGION,
    ) -> str:
        """Make a subnet that suits an agent, and its network in `rg-sre`; return its id."""
        path = f"{self.group()}/providers/Microsoft.Network/virtualNetworks/{network}"
        space = {"addressSpace": {"addressPrefixes": ["10.0.0.0/16"]}}
        delegations = [{"name": "agent", "properties": {"serviceName": delegation}}] if delegation else []
        subnet = {"properties": {"addressPrefix": prefix, "delegations": delegations}}
        for at, body in (
            (path, {"location": location, "properties": space}),
            (f"{path}/subnets/{name}", subnet),
        ):
            answer = self.arm("PUT", at, body, api_version=NETWORKS)
            assert answer.is_success, answer.text
        return f"{path}/subnets/{name}"

    def agent_body(self, group: str = "rg-sre", **properties: Any) -> Json:
        """Return a body that creates an agent, and make the identity that it needs."""
        identity = self.identity(group=group)["id"]
        return {
            "location": REGION,
            "identity": {"type": "SystemAssigned, UserAssigned", "userAssignedIdentities": {identity: {}}},
            "properties": {
                "knowledgeGraphConfiguration": {"identity": identity, "managedResources": []},
                "actionConfiguration": {"identity": identity, "mode": "Review", "accessLevel": "Low"},
                **properties,
            },
        }

    def agent(self, name: str = "sre-one", group: str = "rg-sre", **properties: Any) -> str:
        """Make an agent, and wait until both planes know it; return its id."""
        body = self.agent_body(group, **properties)
        agent_id = (
            f"/subscriptions/{SUBSCRIPTION}/resourceGroups/{group}/providers/Microsoft.App/agents/{name}"
        )
        answer = self.arm("PUT", agent_id, body)
        assert answer.is_success, answer.text
        assert self.settle(answer)["status"] == "Succeeded"
        self.endpoint(agent_id)
        self.poll(lambda: self.data("GET", agent_id, "/api/v2/repos").status_code == 200)
        if platform := properties.get("incidentManagementConfiguration"):
            self.poll(lambda: self.platform(agent_id) == platform["type"])
        return agent_id

    def platform(self, agent_id: str) -> str:
        """Return the incident platform that the agent sees."""
        answer = self.data("GET", agent_id, "/api/v1/incidentPlayground/incidentPlatformType")
        return str(answer.json()["incidentPlatformType"])

    def _local(self, method: str, path: str, body: Any = None) -> Json:
        answer = self.http.request(method, f"/_local/{path}", json=body)
        assert answer.is_success, answer.text
        found: Json = answer.json() if answer.content else {}
        return found

    def _send(
        self,
        method: str,
        url: str,
        body: Any,
        audience: str,
        headers: Mapping[str, str] | None,
        params: Mapping[str, str],
    ) -> httpx.Response:
        content = body if isinstance(body, bytes) or body is None else json.dumps(body).encode()
        sent = {"Authorization": f"Bearer {self.token(audience)}", "Content-Type": "application/json"}
        if params:
            url = f"{url}{'&' if '?' in url else '?'}{httpx.QueryParams(params)}"
        return self.http.request(method, url, content=content, headers={**sent, **(headers or {})})


class _ConnectionsOfThread(httpx.BaseTransport):
    """Keeps connections of its own for each thread.

    Of a pool that threads share, one may close a connection that another has just been given, which then
    reads from a bad file descriptor (https://github.com/encode/httpcore/issues/1110).
    """

    def __init__(self) -> None:
        self._own = threading.local()
        self._all: list[httpx.HTTPTransport] = []

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        if not hasattr(self._own, "transport"):
            self._own.transport = httpx.HTTPTransport(verify=False)
            self._all.append(self._own.transport)
        answer: httpx.Response = self._own.transport.handle_request(request)
        return answer

    def close(self) -> None:
        for transport in self._all:
            transport.close()


@contextmanager
def running(
    data: Path,
    *,
    port: int = 0,
    operation_seconds: float = 0.02,
    ready_seconds: float = 0.02,
    platform_seconds: float = 0.02,
    tls: bool = False,
) -> Iterator[LocalAzure]:
    """Run a local Azure of one's own, in its own process, on a free port or on `port`; stop it at the end."""
    command = [
        *(sys.executable, "-m", "sre_agent_local.azure", "--data", str(data), "--port", str(port)),
        *("--operation-seconds", str(operation_seconds), "--ready-seconds", str(ready_seconds)),
        *("--platform-seconds", str(platform_seconds)),
        *(("--tls",) if tls else ()),
    ]
    env = {**os.environ, **fork_server.environment()}
    with closing(Forked(command, cwd=Path.cwd(), env=env)) as process:
        try:
            ready = process.stdout.readline()  # it prints one line, once azure.json is written
            assert ready, process.stderr.read()
            azure = LocalAzure(json.loads((data / "azure.json").read_text()), data, process)
            with azure.http:
                yield azure
        finally:
            process.terminate()
            process.wait(10)


def _ended(status: Json) -> Json | None:
    return None if status["status"] == "InProgress" else status


def error(answer: httpx.Response) -> tuple[int, str]:
    """Return the status of a refusal and its code; the code is empty where there is none."""
    try:
        return answer.status_code, answer.json()["error"]["code"]
    except (ValueError, KeyError):
        return answer.status_code, ""
