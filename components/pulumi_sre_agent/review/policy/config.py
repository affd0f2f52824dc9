"""The configuration of policies, in the format that `pulumi preview --policy-pack-config` takes."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, get_args

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.review.findings import Finding, Rule
from pulumi_sre_agent.review.policy.requirements import REQUIREMENTS, TEXTS
from pulumi_sre_agent.review.rules import RULES
from pulumi_sre_agent.schema.validation import did_you_mean

Level = Literal["advisory", "mandatory", "disabled"]
LEVELS: tuple[str, ...] = get_args(Level)
ALL = "all"
LEVEL = "enforcementLevel"
DEFAULT: Level = "advisory"
STANDING: tuple[Rule, ...] = tuple(rule for rule in RULES if rule.is_standing)
"""Rules that look at what is there, besides those with parameters."""


@dataclass(frozen=True, kw_only=True)
class PolicyConfig:
    """Which rules hold, how strictly, and with which parameters."""

    levels: Mapping[str, Level] = field(default_factory=dict)
    """By rule, `all` for the others."""
    parameters: Mapping[str, Any] = field(default_factory=dict)
    """By rule."""

    def level(self, rule: str) -> Level:
        """Return how strictly a rule holds."""
        return self.levels.get(rule, self.levels.get(ALL, DEFAULT))

    def requirements(self) -> Iterator[Rule]:
        """Yield the rules that parameters make and that are not disabled."""
        for each in REQUIREMENTS:
            if each.id in self.parameters and self.level(each.id) != "disabled":
                yield each.rule(self.parameters[each.id])

    def standing(self) -> tuple[Rule, ...]:
        """Return all rules over what is there that are not disabled."""
        own = (rule for rule in STANDING if self.level(rule.id) != "disabled")
        return (*own, *self.requirements())

    def mandatory(self, findings: Iterable[Finding]) -> list[Finding]:
        """Return the findings that a policy pack would not let pass."""
        return [each for each in findings if self.level(each.rule.id) == "mandatory"]

    def changing(self) -> tuple[Rule, ...]:
        """Return all rules over a change, and those that parameters make; none that is disabled."""
        own = (rule for rule in RULES if self.level(rule.id) != "disabled")
        return (*own, *self.requirements())


def load(path: Path) -> PolicyConfig:
    """Read a file. Raises ConfigError where it is no configuration of these policies."""
    try:
        document = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise ConfigError(f"The policies' configuration {path} cannot be read: {error.strerror}.") from error
    except ValueError as error:
        raise ConfigError(f"The policies' configuration {path} is no JSON ({error}).") from error
    try:
        return parse(document)
    except ConfigError as error:
        raise ConfigError(f"The policies' configuration {path} is wrong: {error}") from None


def parse(document: Any) -> PolicyConfig:
    """Read what such a file holds. Raises ConfigError."""
    if not isinstance(document, Mapping):
        raise ConfigError("it must be an object, a policy's name to its level or its settings.")
    levels: dict[str, Level] = {}
    parameters: dict[str, Any] = {}
    by_id = {each.id: each for each in REQUIREMENTS}
    names = {ALL, *by_id, *(rule.id for rule in RULES)}
    for name, settings in document.items():
        if name not in names:
            raise ConfigError(f"there is no policy {name!r}{did_you_mean(name, names)}.")
        rest = {LEVEL: settings} if isinstance(settings, str) else settings
        if not isinstance(rest, Mapping):
            raise ConfigError(f"{name} must be a level, or an object of settings.")
        if LEVEL in rest:
            levels[name] = _level(name, rest[LEVEL])
        given = {key: value for key, value in rest.items() if key != LEVEL}
        wanted = by_id[name].parameter if name in by_id else None
        if given.keys() - {wanted}:
            key = next(iter(given.keys() - {wanted}))
            raise ConfigError(f"{name} has no setting {key!r}{did_you_mean(key, [wanted or LEVEL, LEVEL])}.")
        if wanted in given:
            parameters[name] = _parameter(name, str(wanted), given[wanted])
    return PolicyConfig(levels=levels, parameters=parameters)


def _level(name: str, value: Any) -> Level:
    for level in get_args(Level):
        if value == level:
            return level  # type: ignore[no-any-return]
    raise ConfigError(f"the level of {name} must be one of {', '.join(LEVELS)}, not {value!r}.")


def _parameter(name: str, key: str, value: Any) -> Any:
    schema = next(each.schema for each in REQUIREMENTS if each.id == name)
    is_texts = isinstance(value, list) and all(isinstance(entry, str) for entry in value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    if not (is_texts if schema is TEXTS else is_number):
        raise ConfigError(f"{key} of {name} must be {'a list of texts' if schema is TEXTS else 'a number'}.")
    return value
