"""GitHub: comments of the pull request that a job is about, and issues.

See docs/reference/code-hosts.md#github.
"""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pulumi_sre_agent.api import versions
from pulumi_sre_agent.api.errors import AccessDenied, ConfigError
from pulumi_sre_agent.api.http.clock import Clock
from pulumi_sre_agent.api.http.paging import items
from pulumi_sre_agent.review.post.place import Entry, Text
from pulumi_sre_agent.review.post.service import Service, checked_base, required

PUBLIC = "https://api.github.com"
HEADERS = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": versions.GITHUB}
PAGE = 100
LABEL = "sre-agent-drift"
HINT = "run this in a job of GitHub Actions, with `GITHUB_TOKEN: ${{ github.token }}` in the step's env"
COMMENT_RIGHT = "give the job `permissions: pull-requests: write`, which a fork's pull request does not get"
ISSUE_RIGHT = "give the job `permissions: issues: write`"


class GitHub:
    """The repository of a job."""

    def __init__(self, environ: Mapping[str, str], clock: Clock) -> None:
        """Read the job's variables; ConfigError where they lack. Nothing is sent yet."""
        token, self.repository = required(environ, ("GITHUB_TOKEN", "GITHUB_REPOSITORY"), HINT)
        base = checked_base(environ.get("GITHUB_API_URL") or PUBLIC, "GITHUB_API_URL")
        self._environ = environ
        self._service = Service(base, "GitHub", token, HEADERS, clock)

    @property
    def run_url(self) -> str | None:
        """Where the job's log is."""
        server, run = self._environ.get("GITHUB_SERVER_URL"), self._environ.get("GITHUB_RUN_ID")
        return f"{server}/{self.repository}/actions/runs/{run}" if server and run else None

    def comments(self) -> "Comments":
        """Return the comments of the pull request. Raises ConfigError where the job is about none."""
        return Comments(self._service, self.repository, _pull_request(self._environ))

    def issues(self) -> "Issues":
        return Issues(self._service, self.repository)

    def close(self) -> None:
        self._service.close()


class Comments:
    """The comments of one pull request."""

    def __init__(self, service: Service, repository: str, number: int) -> None:
        self.name = f"comment on pull request {number} of {repository}"
        self.clock = service.clock
        self._service = service
        self._repository = f"/repos/{repository}"
        self._comments = f"{self._repository}/issues/{number}/comments"

    def find(self, text: Text) -> Entry | None:
        me = _login(self._service)
        for comment in _pages(self._service, f"{self._comments}?per_page={PAGE}", COMMENT_RIGHT):
            if str(comment.get("body")).startswith(text.mark) and _is_by(comment.get("user") or {}, me):
                return Entry(str(comment["id"]), _unix(comment["body"]))
        return None

    def create(self, text: Text) -> None:
        self._service.send("POST", self._comments, {"body": text.body}, right=COMMENT_RIGHT)

    def update(self, entry: Entry, text: Text) -> None:
        link = f"{self._repository}/issues/comments/{entry.id}"
        self._service.send("PATCH", link, {"body": text.body}, right=COMMENT_RIGHT)


class Issues:
    """The open issues of one repository that have our label."""

    def __init__(self, service: Service, repository: str) -> None:
        self.name = f"issue of {repository}"
        self.clock = service.clock
        self._service = service
        self._issues = f"/repos/{repository}/issues"

    def find(self, text: Text) -> Entry | None:
        link = f"{self._issues}?state=open&labels={LABEL}&per_page={PAGE}"
        me = _login(self._service)
        for issue in _pages(self._service, link, ISSUE_RIGHT):
            is_ours = _is_by(issue.get("user") or {}, me) and "pull_request" not in issue
            if is_ours and str(issue.get("body")).startswith(text.mark):
                return Entry(str(issue["number"]), _unix(issue["body"]), is_open=True)
        return None

    def create(self, text: Text) -> None:
        issue = {"title": text.title, "body": text.body, "labels": [LABEL]}
        self._service.send("POST", self._issues, issue, right=ISSUE_RIGHT)

    def update(self, entry: Entry, text: Text) -> None:
        issue = {"title": text.title, "body": text.body}
        state = {} if text.is_open else {"state": "closed", "state_reason": "completed"}
        self._service.send("PATCH", f"{self._issues}/{entry.id}", {**issue, **state}, right=ISSUE_RIGHT)


def _pull_request(environ: Mapping[str, str]) -> int:
    """Return the number of the pull request whose event started the job."""
    (path,) = required(environ, ("GITHUB_EVENT_PATH",), HINT)
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigError(f"The event in GITHUB_EVENT_PATH, {path}, cannot be read: {error}.") from error
    number = (event.get("pull_request") or {}).get("number") if isinstance(event, dict) else None
    if not isinstance(number, int):
        raise ConfigError(
            f"This job is about no pull request (its event: {environ.get('GITHUB_EVENT_NAME', 'unknown')}), "
            "so there is none to comment on: run it `on: pull_request`, or leave --post out."
        )
    return number


def _pages(service: Service, link: str, right: str) -> Iterator[dict[str, Any]]:
    while link:
        reply = service.send("GET", link, right=right)
        yield from items(reply)
        links = (part.split(";") for part in reply.headers.get("link", "").split(","))
        link = next((url.strip(" <>") for url, *rel in links if 'rel="next"' in "".join(rel)), "")


def _login(service: Service) -> str | None:
    """Return whose token it is; None for an app's, such as that of a job: it is nobody's in particular."""
    try:
        return str(service.send("GET", "/user", right=COMMENT_RIGHT).object().get("login"))
    except AccessDenied as refused:
        if refused.status == 401:
            raise
        return None


def _is_by(user: Mapping[str, Any], login: str | None) -> bool:
    """Tell whether we wrote something: others may write our mark, too, and could change what they wrote."""
    return user.get("type") == "Bot" if login is None else user.get("login") == login


def _unix(text: str) -> str:
    return text.replace("\r\n", "\n")
