"""Faults on demand: rules that say which requests go wrong, and how."""

import re
import uuid
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Literal, get_args

from .errors import BadRequest
from .store import Store
from .wire import Json

Kind = Literal["delay", "status", "reset", "truncate", "notJson", "html", "operationFailed", "unauthorized"]
KINDS: tuple[str, ...] = get_args(Kind)

_PROCESSED_BY_DEFAULT = ("delay", "truncate", "notJson")


@dataclass(frozen=True)
class Rule:
    """One fault. The first rule that fits a request is the one that applies."""

    kind: Kind
    path: str = ""
    """A regular expression searched in the path, without regard to case; empty fits all."""
    method: str = "*"
    status: int = 0
    """HTTP status of `status` (503 if not given), `html` (200) and of a failed operation's result (400)."""
    code: str = "InjectedFault"
    message: str = "This fault was asked for through /_local/faults."
    retryAfter: int | None = None
    seconds: float = 0.0
    """How long `delay` waits."""
    times: int | None = None
    """How often it strikes; None: always."""
    skip: int = 0
    """How many fitting requests it lets pass first."""
    processed: bool | None = None
    """Whether the request takes effect before its answer is lost or spoiled (`status`, `reset`, `truncate`,
    `notJson`, `html`). Default: yes for `truncate` and `notJson`, no for the others."""
    id: str = field(default_factory=lambda: uuid.uuid4().hex[:8])
    seen: int = 0
    """How many requests have fitted."""
    hits: int = 0
    """How often it has struck."""

    @property
    def takes_effect(self) -> bool:
        return self.kind in _PROCESSED_BY_DEFAULT if self.processed is None else self.processed

    def fits(self, method: str, path: str) -> bool:
        spent = self.times is not None and self.hits >= self.times
        return (
            not spent
            and self.method in ("*", method)
            and re.search(self.path, path, re.IGNORECASE) is not None
        )


class Faults:
    """The rules in force, kept over restarts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rules = [Rule(**rule) for rule in store.setting("faults") or []]

    def rules(self) -> list[Json]:
        return [asdict(rule) for rule in self._rules]

    def add(self, wire: Json) -> Json:
        """Raises BadRequest for a rule that cannot be read."""
        rule = _rule(wire)
        self._keep([*self._rules, rule])
        return asdict(rule)

    def remove(self, rule_id: str | None = None) -> int:
        """Remove one rule, or all; returns how many there were."""
        left = [rule for rule in self._rules if rule_id is not None and rule.id != rule_id]
        removed = len(self._rules) - len(left)
        self._keep(left)
        return removed

    def take(self, method: str, path: str, *, operation: bool = False) -> Rule | None:
        """The rule that strikes this request, which counts as used; `operation`: the long-running work it starts."""
        for position, rule in enumerate(self._rules):
            if (rule.kind == "operationFailed") is operation and rule.fits(method, path):
                strikes = rule.seen >= rule.skip
                counted = replace(rule, seen=rule.seen + 1, hits=rule.hits + strikes)
                self._keep([*self._rules[:position], counted, *self._rules[position + 1 :]])
                if strikes:
                    return counted
        return None

    def _keep(self, rules: list[Rule]) -> None:
        self._rules = rules
        self._store.keep_setting("faults", [asdict(rule) for rule in rules])


def _rule(wire: Json) -> Rule:
    settable = {known.name for known in fields(Rule)} - {"id", "seen", "hits"}
    unknown = sorted(set(wire) - settable)
    if unknown:
        raise BadRequest(f"A fault has no member '{unknown[0]}'; it has: {', '.join(sorted(settable))}.")
    if wire.get("kind") not in KINDS:
        raise BadRequest(f"A fault needs a 'kind' out of: {', '.join(KINDS)}.")
    rule = Rule(**wire)
    try:
        re.compile(rule.path)
    except (re.error, TypeError) as error:
        raise BadRequest(f"The fault's path '{rule.path}' is not a regular expression: {error}.") from error
    numbers = {name: getattr(rule, name) for name in ("status", "seconds", "skip", "times", "retryAfter")}
    for name, value in numbers.items():
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise BadRequest(f"The fault's '{name}' must be a number, 0 or more, not {value!r}.")
    return replace(rule, method=str(rule.method).upper())
