"""The page of what the local Azure serves is complete, and says nothing that it does not."""

import re
from collections.abc import Iterator

import pytest

from support.site import ROOT, anchors, site_hooks

OPERATIONS = [
    (method, operation.path.lower().split("/"), operation.is_served)
    for operations in site_hooks().served().planes().values()
    for operation in operations
    for method in operation.methods
]
AGENT = "/microsoft.app/agents/{}"
PAGE = [
    *(f"{method} {AGENT}" for method in ("GET", "PUT", "DELETE")),
    *(f"POST {AGENT}/{action}" for action in ("start", "stop")),
    *(f"GET {AGENT}/{usages}" for usages in ("usages", "dailyUsages")),
    *(
        f"{method} {AGENT}/{kind}/{{}}"
        for kind in (
            *("DataConnectors", "skills", "subagents", "tools", "scheduledTasks", "incidentFilters", "hooks"),
            "commonPrompts",
        )
        for method in ("PUT", "GET", "DELETE")
    ),
    *("GET /api/v1/threads", "GET /api/v1/threads/{}"),
    *("GET /api/v1/threads/{}/messages", "POST /api/v1/threads/{}/messages"),
    *("GET /api/v1/approvals/{}", "POST /api/v1/approvals/{}/{}/decision"),
    *("GET /api/v2/repos", "POST /api/v2/repos/{}/test"),
    *(f"{method} /api/v2/repos/{{}}" for method in ("GET", "PUT", "DELETE")),
    *("POST /api/v1/agentmemory/upload", "GET /api/v1/agentmemory/files", "GET /api/v1/agentmemory/status"),
    *("GET /api/v1/agentmemory/indexer-status", "DELETE /api/v1/agentmemory/document/{}"),
    *("DELETE /api/v1/agentmemory/documents", "GET /api/v1/httptriggers", "POST /api/v1/httptriggers/create"),
    *("POST /api/v1/httptriggers/{}/execute", "POST /api/v1/httptriggers/trigger/{}"),
    *(f"{method} /api/v2/extendedAgent/hooks/{{}}" for method in ("PUT", "GET", "DELETE")),
    *(
        f"{method} /api/v2/extendedAgent/{kind}/{{}}"
        for kind in (
            *("agents", "tools", "connectors", "skills", "commonprompts", "scheduledtasks", "plugins"),
        )
        for method in ("PUT", "GET", "PATCH", "DELETE")
    ),
    "WebSocket /agentHub",
]
"""Each row of the tables of the public REST page, which `tests/local/azure/test_public_page.py` sends."""

ROUTE = re.compile(r"((?:(?:GET|PUT|POST|PATCH|DELETE)[, ]*)*)`(/[^`]*)`")
CHOICE = re.compile(r"\{([\w/]+(?:¦[\w/]+)+)\}")


def rows_of(method: str, path: str) -> list[bool]:
    """Return whether each row of an operation is served; a name of the path is also any word."""
    segments = path.lower().split("/")
    return [
        is_served
        for one, row, is_served in OPERATIONS
        if one == method
        and len(row) == len(segments)
        and all("{}" in (ours, theirs) or ours == theirs for ours, theirs in zip(row, segments, strict=True))
    ]


def documented() -> Iterator[tuple[str, str]]:
    """Yield the operations of the reference's tables of routes; what they lie below stands at their head."""
    for page in ("data-plane", "run-time"):
        below, in_table = "", False
        for line in (ROOT / f"docs/reference/{page}.md").read_text(encoding="utf-8").splitlines():
            cell = line.replace("\\|", "¦").split("|")[1].strip() if line.startswith("|") else ""
            if head := re.match(r"(?:#|\| Route below|Below) ?(?:`([^`]+)`)?", line):
                below = head[1] or ""
            in_table = cell.startswith("Route") or (in_table and bool(cell))
            if in_table:
                yield from _operations(cell, below)


def _operations(cell: str, below: str) -> Iterator[tuple[str, str]]:
    """Yield what a cell such as ``GET, PUT `/{id}`, POST `/{id}/enable`, `/{id}/disable` `` names."""
    methods: list[str] = []
    for words, path in ROUTE.findall(cell):
        methods = re.findall(r"[A-Z]+", words) or methods
        whole = path if path.startswith("/api/") else below + path
        choice = CHOICE.search(whole)
        for word in choice[1].split("¦") if choice else [""]:
            one = CHOICE.sub(word, whole).partition("?")[0]
            yield from ((method, re.sub(r"\{\w+\}(-\w+)?", "{}", one)) for method in methods)


def test_each_row_of_the_public_page_is_served() -> None:
    assert [row for row in PAGE if True not in rows_of(*row.split())] == []


def test_each_route_that_the_reference_tells_of_is_in_the_table() -> None:
    """Served or not: nothing that is known is left out."""
    operations = [*documented()]

    assert len(operations) > 60
    assert [each for each in operations if not rows_of(*each)] == []


def test_sources_and_assumptions_are_there() -> None:
    reference = ROOT / "docs/reference"
    links = re.findall(r"\]\(([\w-]+\.md)#([\w-]+)\)", site_hooks().served().tables())

    assert len(links) > 200
    assert {link for link in links if link[1] not in anchors(reference / link[0])} == set()


def test_a_route_that_nobody_has_described_is_told() -> None:
    with pytest.raises(KeyError, match=r"served\.toml says nothing of /api/v3/news"):
        site_hooks().served().operations({"/api/v3/news": ["GET"]}, [])


def test_what_is_not_served_has_no_route_or_says_why() -> None:
    page = site_hooks().with_coverage(site_hooks().COVERAGE)

    assert (
        "GET <code>/<wbr>api/<wbr>v1/<wbr>feature/<wbr>details</code> | no: its answer is not published"
        in page
    )
    assert "| no: no template is deployed" in page
    assert "## Microsoft Graph" in page
