"""Azure DevOps: threads of the pull request that a job is about, and work items.

See docs/reference/code-hosts.md#azure-devops.
"""

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.paging import items
from pulumi_sre_agent.api.http.transport import Reply
from pulumi_sre_agent.review.post import description
from pulumi_sre_agent.review.post.place import Entry, Text
from pulumi_sre_agent.review.post.service import Service, checked_base, required

VERSION = "api-version=7.1"
WORK_ITEM_TYPE = "Task"
"""The one type that each of the four processes has."""
HINT = (
    "run this in a job of Azure Pipelines, with `SYSTEM_ACCESSTOKEN: $(System.AccessToken)` in the step's env"
)
THREAD_RIGHT = "allow the project's build service to Contribute to pull requests, in its security"
WORK_ITEM_RIGHT = "allow the project's build service to Edit work items in this node, in the area's security"


class AzureDevOps:
    """The project of a job."""

    def __init__(self, environ: Mapping[str, str], clock: Clock) -> None:
        """Read the job's variables; ConfigError where they lack. Nothing is sent yet."""
        names = ("SYSTEM_ACCESSTOKEN", "SYSTEM_COLLECTIONURI", "SYSTEM_TEAMPROJECT")
        token, collection, self.project = required(environ, names, HINT)
        self._collection = checked_base(collection, "SYSTEM_COLLECTIONURI")
        self._environ = environ
        self._service = Service(self._collection, "Azure DevOps", token, {}, clock)

    @property
    def run_url(self) -> str | None:
        """Where the job's log is."""
        run = self._environ.get("BUILD_BUILDID")
        return f"{self._collection}/{quote(self.project)}/_build/results?buildId={run}" if run else None

    def comments(self) -> "Threads":
        """Return the threads of the pull request. Raises ConfigError where the job is about none."""
        number = self._environ.get("SYSTEM_PULLREQUEST_PULLREQUESTID")
        if not number:
            raise ConfigError(
                "This job is about no pull request (SYSTEM_PULLREQUEST_PULLREQUESTID is not set), so there "
                "is none to comment on: make it the build validation of the branch, or leave --post out."
            )
        (repository,) = required(self._environ, ("BUILD_REPOSITORY_ID",), HINT)
        if (provider := self._environ.get("BUILD_REPOSITORY_PROVIDER", "TfsGit")) != "TfsGit":
            raise ConfigError(
                f"The repository of this job is on {provider}, not in Azure Repos, so Azure DevOps has no "
                "pull request of it: leave --post out."
            )
        return Threads(self._service, self.project, repository, number)

    def issues(self) -> "WorkItems":
        return WorkItems(self._service, self.project)

    def close(self) -> None:
        self._service.close()


class Threads:
    """The threads of one pull request."""

    def __init__(self, service: Service, project: str, repository: str, number: str) -> None:
        self.name = f"comment on pull request {number} of {project}"
        self.clock = service.clock
        self._service = service
        path = f"/{quote(project)}/_apis/git/repositories/{quote(repository)}/pullRequests/{quote(number)}"
        self._threads = f"{path}/threads"

    def find(self, text: Text) -> Entry | None:
        me = _own_id(self._service)
        for thread in items(self._service.send("GET", f"{self._threads}?{VERSION}", right=THREAD_RIGHT)):
            first: dict[str, Any] = next(iter(thread.get("comments") or ()), {})
            is_ours = str(first.get("content")).startswith(text.mark) and not thread.get("isDeleted")
            if is_ours and (first.get("author") or {}).get("id") == me:
                is_open = thread.get("status") == "active"
                return Entry(f"{thread['id']}/comments/{first['id']}", str(first["content"]), is_open)
        return None

    def create(self, text: Text) -> None:
        comment = {"parentCommentId": 0, "content": text.body, "commentType": "text"}
        thread = {"comments": [comment], "status": _status(text)}
        self._service.send("POST", f"{self._threads}?{VERSION}", thread, right=THREAD_RIGHT)

    def update(self, entry: Entry, text: Text) -> None:
        comment = f"{self._threads}/{entry.id}?{VERSION}"
        self._service.send("PATCH", comment, {"content": text.body}, right=THREAD_RIGHT)
        if entry.is_open is not text.is_open:
            thread = f"{self._threads}/{entry.id.partition('/')[0]}?{VERSION}"
            self._service.send("PATCH", thread, {"status": _status(text)}, right=THREAD_RIGHT)


class WorkItems:
    """The open work items of one project that have our tag."""

    def __init__(self, service: Service, project: str) -> None:
        self.name = f"work item of {project}"
        self.clock = service.clock
        self._service = service
        self._api = f"/{quote(project)}/_apis/wit"

    def find(self, text: Text) -> Entry | None:
        conditions = [
            "[System.TeamProject] = @project",
            f"[System.Tags] CONTAINS {_quoted(_tag(text))}",
            *(f"[System.State] <> {_quoted(state)}" for state in self._states("Completed", "Removed")),
        ]
        query = f"SELECT [System.Id] FROM WorkItems WHERE {' AND '.join(conditions)}"  # noqa: S608 - quoted
        found = self._send("POST", "/wiql", {"query": query}).object().get("workItems")
        return Entry(str(found[0]["id"]), "", is_open=True) if found else None

    def create(self, text: Text) -> None:
        self._write("POST", f"/workitems/${WORK_ITEM_TYPE}", text, {"System.Tags": _tag(text)})

    def update(self, entry: Entry, text: Text) -> None:
        state = {} if text.is_open else {"System.State": self._states("Completed")[0]}
        self._write("PATCH", f"/workitems/{entry.id}", text, state)

    def _states(self, *categories: str) -> list[str]:
        """Return the states that mean something, whatever the project's process calls them."""
        states = items(self._send("GET", f"/workitemtypes/{WORK_ITEM_TYPE}/states"))
        return [str(state["name"]) for state in states if state.get("category") in categories]

    def _write(self, method: str, path: str, text: Text, fields: Mapping[str, str]) -> None:
        fields = {"System.Title": text.title, "System.Description": description.as_html(text.body), **fields}
        operations = [
            {"op": "add", "path": f"/fields/{name}", "value": value} for name, value in fields.items()
        ]
        self._send(method, path, operations, **{"Content-Type": "application/json-patch+json"})

    def _send(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        link = f"{self._api}{path}?{VERSION}"
        return self._service.send(method, link, body, right=WORK_ITEM_RIGHT, **headers)


def _status(text: Text) -> str:
    return "active" if text.is_open else "closed"


def _own_id(service: Service) -> str:
    """Return who the token is: others may write our mark, too."""
    answer = service.send("GET", "/_apis/connectionData", right=THREAD_RIGHT).object()
    return str((answer.get("authenticatedUser") or {}).get("id"))


def _tag(text: Text) -> str:
    """Return the tag of a stack's work item: its description is HTML that loses hidden marks."""
    return re.sub(r"[,;]", "-", f"sre-agent-drift {text.stack}")


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"
