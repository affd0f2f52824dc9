"""Stand-ins of GitHub's and Azure DevOps' APIs, over loopback."""

import json
import re
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

Json = dict[str, Any]
Answer = tuple[int, Any]

TOKEN = "job-token-0123456789"


class CodeHost:
    """What both have in common: a server, the requests that it has seen, and answers that it gives first."""

    me: ClassVar[Json]
    stranger: ClassVar[Json]
    """Somebody else, who may write our mark."""

    def __init__(self) -> None:
        self.url = ""
        self.reset()

    def reset(self) -> None:
        """Forget everything."""
        self.requests: list[tuple[str, str, Any]] = []
        self.faults: deque[tuple[str, int, dict[str, str]]] = deque()
        """Method, status and headers of refusals still to give."""
        self.lost_creates = 0
        """How many creates are done and then answered with 502."""

    @property
    def comments(self) -> list[str]:
        """What the comments of the pull request say, the oldest first."""
        raise NotImplementedError

    @property
    def issues(self) -> list[Json]:
        """Return title, body and state of each issue."""
        raise NotImplementedError

    def write(self, body: str) -> None:
        """Have somebody else comment."""
        raise NotImplementedError

    @property
    def writes(self) -> list[tuple[str, str]]:
        return [(method, path) for method, path, _ in self.requests if method != "GET"]

    def variables(self, folder: Path) -> dict[str, str]:
        """Return what a job of a pull request has in its environment."""
        raise NotImplementedError

    def answer(self, method: str, path: str, query: Json, body: Any) -> Answer:
        raise NotImplementedError

    def _answer(self, method: str, target: str, headers: Any, body: Any) -> tuple[int, Any, dict[str, str]]:
        parts = urlsplit(target)
        path = unquote(parts.path)
        self.requests.append((method, path, body))
        if headers.get("Authorization") != f"Bearer {TOKEN}":
            return 401, {"message": "Bad credentials"}, {}
        if self.faults and self.faults[0][0] == method:
            _, status, extra = self.faults.popleft()
            return status, {"message": "Not now"}, extra
        status, document = self.answer(method, path, parse_qs(parts.query), body)
        if method == "POST" and status < 300 and self.lost_creates and "wiql" not in path:
            self.lost_creates -= 1
            return 502, {"message": "Bad gateway"}, {}
        return status, document, self.links(target, parse_qs(parts.query), document)

    def links(self, _target: str, _query: Json, _document: Any) -> dict[str, str]:
        return {}

    @contextmanager
    def serving(self) -> "Iterator[CodeHost]":
        """Listen on a port of loopback."""
        host = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _serve(self) -> None:
                length = int(self.headers.get("Content-Length") or 0)
                body = json.loads(self.rfile.read(length)) if length else None
                status, document, headers = host._answer(self.command, self.path, self.headers, body)
                content = json.dumps(document).encode()
                self.send_response(status)
                for name, value in {"Content-Type": "application/json", **headers}.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            do_GET = do_POST = do_PATCH = _serve  # noqa: N815 - the names that http.server looks for

            def log_message(self, *_: Any) -> None:
                """Keep quiet."""

        with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
            server.daemon_threads = True
            self.url = f"http://127.0.0.1:{server.server_port}"
            thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
            thread.start()
            try:
                yield self
            finally:
                server.shutdown()
                thread.join()


class GitHubHost(CodeHost):
    """The repository contoso/shop with pull request 7. See docs/reference/code-hosts.md#github."""

    me: ClassVar = {"login": "github-actions[bot]", "type": "Bot"}
    stranger: ClassVar = {"login": "mallory", "type": "User"}
    PAGE = 2

    def reset(self) -> None:
        super().reset()
        self.entries: dict[str, list[Json]] = {"comments": [], "issues": []}

    @property
    def comments(self) -> list[str]:
        return [comment["body"] for comment in self.entries["comments"]]

    @property
    def issues(self) -> list[Json]:
        return self.entries["issues"]

    def write(self, body: str) -> None:
        self._add("comments", {"body": body}, self.stranger)

    def variables(self, folder: Path) -> dict[str, str]:
        event = folder / "event.json"
        event.write_text(json.dumps({"number": 7, "pull_request": {"number": 7}}))
        return {
            "GITHUB_TOKEN": TOKEN,
            "GITHUB_REPOSITORY": "contoso/shop",
            "GITHUB_EVENT_PATH": str(event),
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_API_URL": self.url,
            "GITHUB_SERVER_URL": "https://github.com",
            "GITHUB_RUN_ID": "99",
            "GITHUB_STEP_SUMMARY": str(folder / "summary.md"),
        }

    def answer(self, method: str, path: str, query: Json, body: Any) -> Answer:  # noqa: PLR0911 - a route each
        repository = "/repos/contoso/shop"
        match method, path.removeprefix(repository):
            case "GET", "/user":
                return 403, {"message": "Resource not accessible by integration"}
            case "GET", "/issues/7/comments":
                return 200, self._page("comments", query)
            case "POST", "/issues/7/comments":
                return 201, self._add("comments", body, self.me)
            case "GET", "/issues" if query["state"] == ["open"] and query["labels"]:
                return 200, self._page("issues", query)
            case "POST", "/issues":
                return 201, self._add("issues", {"state": "open", **body}, self.me)
            case "PATCH", place if found := re.fullmatch(r"/issues/(comments/)?(\d+)", place):
                kind = "comments" if found[1] else "issues"
                entry = next(each for each in self.entries[kind] if each["id"] == int(found[2]))
                entry.update(body)
                return 200, entry
        return 404, {"message": "Not Found"}

    def links(self, _target: str, _query: Json, _document: Any) -> dict[str, str]:
        page = int(_query.get("page", ["1"])[0])
        if not isinstance(_document, list) or len(_document) < self.PAGE:
            return {}
        following = re.sub(r"&page=\d+", "", _target) + f"&page={page + 1}"
        return {"Link": f'<{self.url}{following}>; rel="next", <{self.url}{_target}>; rel="last"'}

    def _page(self, kind: str, query: Json) -> list[Json]:
        start = (int(query.get("page", ["1"])[0]) - 1) * self.PAGE
        entries = [each for each in self.entries[kind] if each.get("state", "open") == "open"]
        return entries[start : start + self.PAGE]

    def _add(self, kind: str, body: Json, by: Json) -> Json:
        number = sum(map(len, self.entries.values())) + 1
        entry = {"id": number, "number": number, "user": by, **body}
        entry["body"] = entry["body"].replace("\n", "\r\n")  # as GitHub's own form does
        self.entries[kind].append(entry)
        return entry


class AzureDevOpsHost(CodeHost):
    """The project Web Shop with pull request 7. See docs/reference/code-hosts.md#azure-devops."""

    me: ClassVar = {"id": "build-service"}
    stranger: ClassVar = {"id": "mallory"}

    def reset(self) -> None:
        super().reset()
        self.threads: list[Json] = []
        self.work_items: list[Json] = []

    @property
    def comments(self) -> list[str]:
        return [thread["comments"][0]["content"] for thread in self.threads]

    @property
    def issues(self) -> list[Json]:
        return [
            {
                "title": item["System.Title"],
                "body": item["System.Description"],
                "state": "closed" if item.get("System.State") == "Done" else "open",
            }
            for item in self.work_items
        ]

    def write(self, body: str) -> None:
        self._add({"comments": [{"content": body}], "status": "active"}, self.stranger)

    def variables(self, folder: Path) -> dict[str, str]:
        return {
            "SYSTEM_ACCESSTOKEN": TOKEN,
            "SYSTEM_COLLECTIONURI": f"{self.url}/contoso/",
            "SYSTEM_TEAMPROJECT": "Web Shop",
            "SYSTEM_PULLREQUEST_PULLREQUESTID": "7",
            "BUILD_REPOSITORY_ID": "shop-id",
            "BUILD_REPOSITORY_PROVIDER": "TfsGit",
            "BUILD_BUILDID": "99",
            "AGENT_TEMPDIRECTORY": str(folder),
        }

    def answer(self, method: str, path: str, query: Json, body: Any) -> Answer:  # noqa: PLR0911 - a route each
        threads = "/contoso/Web Shop/_apis/git/repositories/shop-id/pullRequests/7/threads"
        wit = "/contoso/Web Shop/_apis/wit"
        if path == "/contoso/_apis/connectionData":
            return 200, {"authenticatedUser": self.me}
        if query.get("api-version") != ["7.1"]:
            return 400, {"message": "No api-version was supplied."}
        if path.startswith(threads):
            return self._thread(method, path.removeprefix(threads).strip("/"), body)
        if path == f"{wit}/workitemtypes/Task/states":
            states = {"To Do": "Proposed", "Doing": "InProgress", "Done": "Completed"}
            return 200, {"value": [{"name": name, "category": each} for name, each in states.items()]}
        if path == f"{wit}/wiql":
            (tag,) = re.findall(r"CONTAINS '([^']*)'", body["query"])
            excluded = set(re.findall(r"<> '([^']*)'", body["query"]))
            found = [
                {"id": number}
                for number, item in enumerate(self.work_items)
                if tag in item["System.Tags"].split("; ") and item["System.State"] not in excluded
            ]
            return 200, {"workItems": found}
        fields = {each["path"].removeprefix("/fields/"): each["value"] for each in body or ()}
        if (method, path) == ("POST", f"{wit}/workitems/$Task"):
            self.work_items.append({"System.State": "To Do", **fields})
            return 200, {"id": len(self.work_items) - 1}
        if method == "PATCH" and path.startswith(f"{wit}/workitems/"):
            self.work_items[int(path.rpartition("/")[2])].update(fields)
            return 200, {}
        return 404, {"message": "Not found"}

    def _thread(self, method: str, below: str, body: Any) -> Answer:
        match method, below.split("/"):
            case "GET", [""]:
                return 200, {"value": self.threads}
            case "POST", [""]:
                return 200, self._add(body, self.me)
            case "PATCH", [thread]:
                self.threads[int(thread)].update(body)
                return 200, {}
            case "PATCH", [thread, "comments", _]:
                self.threads[int(thread)]["comments"][0].update(body)
                return 200, {}
        return 404, {}

    def _add(self, thread: Json, by: Json) -> Json:
        comments = [{"id": 1, "author": by, **thread["comments"][0]}]
        self.threads.append({"id": len(self.threads), **thread, "comments": comments})
        return self.threads[-1]
