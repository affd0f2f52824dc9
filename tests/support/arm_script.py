"""ARM as a test scripts it: answers in turn, to whoever asks."""

import json
from typing import Any

import httpx

from sre_agent_local.azure_native.managed_identity import TokenError

ORIGIN = "http://127.0.0.1:4281"
PATH = "/subscriptions/s/resourceGroups/rg"
METADATA = {"resourceManager": f"{ORIGIN}/", "authentication": {"audiences": ["https://arm.test/"]}}
DONE = {"id": PATH, "properties": {"provisioningState": "Succeeded"}}
THERE = (200, DONE)
SOON = {"Retry-After": "0"}

Step = tuple[Any, ...] | Exception
"""An answer as status, body and headers; or what happens instead of one."""


class Script(httpx.MockTransport):
    """Answers the requests after the one for metadata in turn, and keeps them."""

    def __init__(self, *steps: Step, metadata: Step = (200, METADATA)) -> None:
        super().__init__(self._answer)
        self.steps = list(steps)
        self.metadata = metadata
        self.asked: list[httpx.Request] = []

    def _answer(self, request: httpx.Request) -> httpx.Response:
        if request.url.path == "/metadata/endpoints":
            step = self.metadata
        else:
            self.asked.append(request)
            step = self.steps.pop(0)
        if isinstance(step, Exception):
            raise step
        status, body, headers = (*step, None, None)[:3]
        if isinstance(body, str):
            return httpx.Response(status, text=body, headers=headers)
        return (
            httpx.Response(status, json=body, headers=headers)
            if body
            else httpx.Response(status, headers=headers)
        )

    def bodies(self, method: str) -> list[Any]:
        return [json.loads(request.content) for request in self.asked if request.method == method]

    @property
    def methods(self) -> list[str]:
        return [request.method for request in self.asked]


class Tokens:
    """A login that hands out the audience it was asked for, after some refusals."""

    def __init__(self, refusals: int = 0) -> None:
        self._refusals = refusals

    def token(self, audience: str) -> str:
        if self._refusals:
            self._refusals -= 1
            raise TokenError("500 Internal Server Error")
        return audience

    def close(self) -> None:
        """Have nothing to close."""
