"""Faults on demand: rules that say which requests go wrong, and how."""

import sys
import uuid
from typing import Annotated, Literal, get_args

from pydantic import AfterValidator, Field, ValidationError

from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http import patterns
from sre_agent_local.azure.http.json_values import Json
from sre_agent_local.azure.http.patterns import Pattern
from sre_agent_local.azure.http.validation import StrictModel, validation_message

from .store import Store

FaultKind = Literal[
    "delay", "status", "reset", "truncate", "notJson", "html", "operationFailed", "unauthorized", "echo"
]
KINDS: tuple[str, ...] = get_args(FaultKind)

_PROCESSED_BY_DEFAULT = ("delay", "truncate", "notJson", "echo")


LONGEST_DELAY_SECONDS = 3600.0


class FaultRule(StrictModel):
    """One fault. Of the rules that fit a request, the one added first applies."""

    kind: FaultKind
    path: Pattern = ""
    """A regular expression of RE2 searched in the path, without regard to case; empty fits all."""
    method: Annotated[str, AfterValidator(str.upper)] = "*"
    status: Annotated[int, Field(ge=200, le=599)] | None = None
    """HTTP status of `status` (default 503), `html` (200), and of a failed operation's result (400)."""
    code: str = "InjectedFault"
    message: str = "This fault was asked for through /_local/faults."
    retry_after: Annotated[int, Field(ge=0)] | None = None
    seconds: Annotated[float, Field(ge=0, le=LONGEST_DELAY_SECONDS)] = 0.0
    """How long `delay` waits."""
    times: Annotated[int, Field(ge=0)] | None = None
    """How often it strikes; None: always."""
    skip: Annotated[int, Field(ge=0)] = 0
    """How many fitting requests it lets pass first."""
    processed: bool | None = None
    """Whether the request takes effect before its answer is lost or spoiled (`status`, `reset`, `truncate`,
    `notJson`, `html`, `echo`). Default: yes for `truncate`, `notJson` and `echo`, no for the others."""
    id: str = Field(default_factory=lambda: uuid.uuid4().hex[:8])
    seen: int = 0
    """How many requests have fitted."""
    hits: int = 0
    """How often it has struck."""

    @property
    def takes_effect(self) -> bool:
        return self.kind in _PROCESSED_BY_DEFAULT if self.processed is None else self.processed

    def fits(self, method: str, path: str) -> bool:
        is_spent = self.times is not None and self.hits >= self.times
        fits_method = self.method in ("*", method)
        return not is_spent and fits_method and patterns.search(self.path, path) is not None


class Faults:
    """The rules in force, kept over restarts."""

    def __init__(self, store: Store) -> None:
        self._store = store
        self._rules = _read_rules(store.setting("faults") or [])

    def rules(self) -> list[Json]:
        return [rule.model_dump(by_alias=True) for rule in self._rules]

    def add(self, body: Json) -> Json:
        """Add a rule, and return it with its id. Raises BadRequest for one that cannot be read."""
        try:
            rule = FaultRule.model_validate({**body, "seen": 0, "hits": 0})
        except ValidationError as error:
            members = ", ".join(member for member in FaultRule(kind="delay").model_dump(by_alias=True))
            raise BadRequest(
                f"The fault cannot be added: {validation_message(error, '')}; a fault has: {members}."
            ) from error
        self._keep([*self._rules, rule])
        return rule.model_dump(by_alias=True)

    def remove(self, rule_id: str | None = None) -> int:
        """Remove one rule, or all; return how many there were."""
        remaining = [rule for rule in self._rules if rule_id is not None and rule.id != rule_id]
        removed = len(self._rules) - len(remaining)
        self._keep(remaining)
        return removed

    def take(self, method: str, path: str, *, operation: bool = False) -> FaultRule | None:
        """Return the rule that strikes a request, which counts as used.

        With `operation`, only the long-running work that the request starts is asked about.
        """
        for position, rule in enumerate(self._rules):
            if (rule.kind == "operationFailed") is operation and rule.fits(method, path):
                strikes = rule.seen >= rule.skip
                updated = rule.model_copy(update={"seen": rule.seen + 1, "hits": rule.hits + strikes})
                self._keep([*self._rules[:position], updated, *self._rules[position + 1 :]])
                if strikes:
                    return updated
        return None

    def _keep(self, rules: list[FaultRule]) -> None:
        self._rules = rules
        self._store.put_setting("faults", self.rules())


def _read_rules(stored: list[Json]) -> list[FaultRule]:
    """Return the rules of the last run, without those of an older version that RE2 cannot search for."""
    rules = []
    for rule in stored:
        try:
            rules.append(FaultRule.model_validate(rule))
        except ValidationError as error:
            print(f"Fault {rule.get('id')} is dropped: {validation_message(error, '')}.", file=sys.stderr)
    return rules
