"""An Azure that says what a test tells it to, on a clock that a test can read: no sockets, no waiting."""

import re
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any

import httpx
from azure.core.credentials import AccessToken

from pulumi_sre_agent.api import Client, Settings
from pulumi_sre_agent.api.client import ClientOptions
from pulumi_sre_agent.api.http.clock import Clock

ARM = "https://management.azure.com"
AGENT = "/subscriptions/sub/resourceGroups/rg/providers/Microsoft.App/agents/pay"
ENDPOINT = "https://pay--1.abc.swedencentral.azuresre.ai"
VERSION = "2025-05-01-preview"

Answer = httpx.Response | Exception | Callable[[httpx.Request], httpx.Response]


def reply(status: int = 200, json: Any = None, **headers: str) -> httpx.Response:
    """Make an answer, with a JSON body if there is one; header names with `_` for `-`."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return (
        httpx.Response(status, headers=named)
        if json is None
        else httpx.Response(status, json=json, headers=named)
    )


def refused(status: int, code: str = "", message: str = "", **headers: str) -> httpx.Response:
    return reply(status, {"error": {"code": code, "message": message}}, **headers)


def page(html: str = "<html>portal</html>", status: int = 200) -> httpx.Response:
    return httpx.Response(status, html=html)


@dataclass
class Time:
    """A clock that only sleeping moves."""

    now: float = 1_000_000.0
    slept: list[float] = field(default_factory=list)

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    @property
    def clock(self) -> Clock:
        return Clock(monotonic=lambda: self.now, wall=lambda: self.now, sleep=self.sleep)


def at_once(*calls: Callable[[], object]) -> None:
    """Make calls in threads of their own, and wait for all of them."""
    threads = [threading.Thread(target=call) for call in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def wait_for_company(company: threading.Barrier | None) -> None:
    """Give another thread the moment to come here, too; under a lock, none does, and nobody waits again."""
    with suppress(threading.BrokenBarrierError):
        if company:
            company.wait(0.3)


@dataclass
class Tokens:
    """A credential whose tokens say how many were made and for what: `1 https://azuresre.dev/.default`."""

    time: Time
    lifetime: float = 3600
    failures: dict[str, Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    made: int = 0
    company: threading.Barrier | None = None
    """Where whoever makes a credential or asks for a token waits a moment for a second to do the same."""

    def make(self) -> "Tokens":
        self.made += 1
        wait_for_company(self.company)
        return self

    def get_token(self, *scopes: str, **_: Any) -> AccessToken:
        self.asked.append(scopes[0])
        wait_for_company(self.company)
        if failure := self.failures.get(scopes[0]):
            raise failure
        return AccessToken(f"{len(self.asked)} {scopes[0]}", int(self.time.now + self.lifetime))


class Script:
    """Answers by method and path: in turn, the last one again and again; anything else is a 404."""

    def __init__(self) -> None:
        self.time = Time()
        self.tokens = Tokens(self.time)
        self.requests: list[httpx.Request] = []
        self.company: threading.Barrier | None = None
        """Where a request waits a moment for a second one before it is answered."""
        self._answers: list[tuple[str, re.Pattern[str], list[Answer]]] = []

    def on(self, method: str, path: str, *answers: Answer) -> "Script":
        """Say how to answer requests whose host and path match a regex; what is said last wins."""
        self._answers.insert(0, (method, re.compile(path, re.IGNORECASE), list(answers)))
        return self

    def agent(self, **properties: Any) -> "Script":
        """Serve an agent that ARM knows and whose data plane answers."""
        body = {"id": AGENT, "name": "pay", "properties": {"agentEndpoint": ENDPOINT, **properties}}
        self.on("GET", "/agents/pay$", reply(200, body))
        return self.on("GET", "/commonprompts$", reply(200, {"value": []}))

    @contextmanager
    def azure(self, **settings: Any) -> Iterator[Client]:
        azure = Client(
            Settings(**settings),
            ClientOptions(http=self.transport, credential=self.tokens.make, clock=self.time.clock),
        )
        with closing(azure):
            yield azure

    def azure_of_cli(self, environment: str | None, subscription: str | None = None) -> "closing[Client]":
        """Make an Azure that logs in through whatever `az` is on PATH."""
        settings = Settings(environment=environment, subscription_id=subscription)
        return closing(Client(settings, ClientOptions(http=self.transport, clock=self.time.clock)))

    @property
    def transport(self) -> httpx.MockTransport:
        return httpx.MockTransport(self._answer)

    @property
    def calls(self) -> list[str]:
        """What was sent, as `GET /path`, without queries."""
        return [f"{request.method} {request.url.path}" for request in self.requests]

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.requests.append(request)
        wait_for_company(self.company)
        for method, path, answers in self._answers:
            if method == request.method and path.search(f"{request.url.host}{request.url.path}"):
                return self._said(answers.pop(0) if len(answers) > 1 else answers[0], request)
        return refused(404, "ResourceNotFound", "It is not there.")

    def _said(self, answer: Answer, request: httpx.Request) -> httpx.Response:
        if isinstance(answer, Exception):
            raise answer
        if isinstance(answer, httpx.Response):
            return httpx.Response(answer.status_code, headers=answer.headers, content=answer.content)
        return answer(request)
