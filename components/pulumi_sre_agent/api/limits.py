"""How long anything here may take: every timeout, budget and pool size, with its reason, in seconds."""

from typing import NamedTuple


class RetryPolicy(NamedTuple):
    """How long one kind of failure is worth waiting out."""

    budget: float
    """Seconds from the request's first attempt within which another attempt may begin."""
    first: float
    """The wait after the first failure; it doubles from there, with jitter. `Retry-After` replaces it."""
    longest: float
    """The longest wait between two attempts."""
    reason: str
    """Why one waits, in few words, for who watches."""
    attempts: int = 1_000
    """How many failures of this kind one request survives, if fewer than the budget allows."""


CONNECT_TIMEOUT = 10.0
"""TCP and TLS to a healthy region take well under a second."""
READ_TIMEOUT = 100.0
"""ARM gives up on a request of its own after 60 s and answers 504; a little more lets that answer through."""
WRITE_TIMEOUT = 30.0
"""For one piece of a body, not for all of it: documents are sent in pieces of `PIECE` bytes."""
POOL_TIMEOUT = 120.0
"""Longer than a read: with every connection busy, waiting for one beats failing."""
CONNECTIONS = 8
"""The dynamic provider serves four calls at a time; twice that leaves room for a caller's own threads."""
KEEP_ALIVE = 50.0
"""Azure's front doors drop idle connections after some minutes; letting go first avoids a reset."""

LOST = RetryPolicy(budget=60, first=0.2, longest=10, reason="no usable answer")
"""Connection refused, reset or timed out, and 408, 500, 502, 503, 504: most pass within seconds.
Counted, as for 429, from the service's first failure in a row: what is down costs this once.
"""
THROTTLED = RetryPolicy(budget=300, first=0.5, longest=30, reason="throttled")
"""429: ARM's buckets refill within minutes and `Retry-After` says when."""
UNREADABLE = RetryPolicy(budget=30, first=0.2, longest=5, attempts=3, reason="no usable answer")
"""HTML or broken JSON: an upgrade in progress passes quickly, a route that is not there never."""
BUSY = RetryPolicy(budget=600, first=0.5, longest=15, reason="another operation runs on it")
"""409 while another operation runs on the resource: that one usually ends within minutes.

See docs/reference/control-plane.md#errors.
"""
BUSY_AGENT = RetryPolicy(
    budget=90, first=1.5, longest=24, attempts=5, reason="the agent answers another message"
)
"""422 while an agent answers the message before: short turns end within this, long ones are waited for."""
STALE_TOKEN = RetryPolicy(budget=60, first=0, longest=0, attempts=1, reason="a fresh token")
"""401, and 403 from an agent: once more, at once, with a fresh token."""
ROLE_SPREADING = RetryPolicy(budget=150, first=1, longest=10, reason="a new role is not in effect yet")
"""401 and 403 from an agent: a new role takes up to two minutes to be seen; `sre:roleWait`.
Counted from when the agent was made or a role on it was last given, as ARM has it; where ARM does not tell,
from the agent's first refusal in this process: a missing role costs this once, not once per item.

See docs/reference/data-plane.md#tokens.
"""
REFUSED = RetryPolicy(budget=5, first=1, longest=2, reason="refused")
"""401 and 403 from an agent whose roles have had their time: a hiccup passes within seconds.
Counted from the agent's first refusal in this process, too.
"""
PRINCIPAL_SPREADING = RetryPolicy(budget=60, first=1, longest=10, reason="a new identity is not known yet")
"""400 PrincipalNotFound: a new identity takes moments to be known where roles are given.

See docs/reference/azure-native.md#traps.
"""

PLATFORM_SPREADING = RetryPolicy(
    budget=300, first=0.2, longest=10, reason="the agent does not see its incident platform yet"
)
"""An incident filter is refused until the agent sees its platform, as long as `PLATFORM_DEADLINE`."""

TOLD_WAIT = 1.0
"""What is waited for longer than this, in one wait or several, is told to who watches while it lasts."""
SPREAD = 0.25
"""Up to this much is added to what `Retry-After` asks for, so that callers do not come back all at once."""
LONG_WAIT = 5.0
"""The first wait between two attempts that is at least this long is announced as a warning."""
ANNOUNCE_EVERY = 30.0
"""From there on, it is said as often that the wait goes on, and for how long at most."""

OPERATION_DEADLINE = 120 * 60.0
"""A long-running operation; azure-native gives up after the same time."""
ENDPOINT_DEADLINE = 15 * 60.0
"""Until ARM knows the endpoint of an agent in the making; three minutes are usual.

See docs/reference/control-plane.md#long-running-operations.
"""
PLATFORM_DEADLINE = 5 * 60.0
"""Until an agent sees the incident platform that ARM knows; half a minute is usual.

See docs/reference/run-time.md#incident-platforms.
"""
READY_DEADLINE = 5 * 60.0
"""Until an endpoint that ARM knows answers; half a minute is usual.

See docs/reference/data-plane.md#general-behaviour.
"""
CLONE_DEADLINE = 20 * 60.0
"""Until a repository is cloned; one to ten minutes are usual (docs/reference/data-plane.md#repositories)."""
INDEX_DEADLINE = 10 * 60.0
"""Until an uploaded document is indexed; 6 to 20 s are usual (docs/reference/data-plane.md#knowledge)."""
POLL_FIRST = 0.1
"""First look at an operation that names no `Retry-After`; from there half as long again each time."""
POLL_LONGEST = 10.0
"""The longest time between two looks without `Retry-After`."""

TURN_POLL = 3.0
"""The longest time between two looks at a thread whose agent is at work, as in Microsoft's own client."""
TURN_DEADLINE = 30 * 60.0
"""A turn: minutes are usual, half an hour is an investigation (docs/reference/run-time.md#hub)."""
EXECUTION_POLL = 2.0
EXECUTION_DEADLINE = 90.0
"""A command that was let run: looked at as often, and for as long, as by the client seen live.

See docs/reference/run-time.md#approvals.
"""

HUB_TIMEOUT = 10.0
"""Opening the hub; where WebSockets are blocked, this long is lost before polling begins."""
HUB_PING = 15.0
"""SignalR's own interval: the server drops a client that says nothing for twice as long."""
HUB_SILENCE = 15.0
"""After so long without news of a turn, the thread's state is looked at: the end may have been missed."""

TOKEN_MARGIN = 300.0
"""A token is replaced this long before it expires, so that none runs out between two retries."""
AZ_TIMEOUT = 30.0
"""`az` starts a Python of its own: seconds on a slow machine."""

PIECE = 256 * 1024
"""Bytes of a file that are in memory at a time: less costs time, more gains none."""
LONGEST_DOCUMENT = 16 * 1024 * 1024
"""Bytes of one knowledge document (docs/reference/data-plane.md#knowledge)."""
LONGEST_UPLOAD = 100 * 1000 * 1000
"""Bytes of one upload of documents, whichever megabyte the service means."""
