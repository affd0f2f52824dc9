"""Findings that somebody has accepted, until when and why."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.review.findings import Finding


class Acceptance(BaseModel):
    """One accepted finding."""

    model_config = ConfigDict(extra="forbid")

    finding: Annotated[str, Field(min_length=1)]
    """Its key, as the report shows it: the rule, the kind and Pulumi's name of the resource."""
    by: Annotated[str, Field(min_length=1)]
    """Who accepts it."""
    why: Annotated[str, Field(min_length=1)]
    until: date
    """The last day on which it holds."""


@dataclass(frozen=True)
class Judged:
    """Findings beside what was accepted of them."""

    open: list[Finding]
    accepted: list[tuple[Finding, Acceptance]]
    expired: list[Acceptance]
    """Acceptances whose day has passed; their findings are open again."""
    unused: list[Acceptance]
    """Acceptances of what is no longer found."""


def load(path: Path) -> list[Acceptance]:
    """Read a YAML list of acceptances. Raises ConfigError where it is not one."""
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
        return TypeAdapter(list[Acceptance]).validate_python(document or [])
    except OSError as error:
        raise ConfigError(f"The baseline {path} cannot be read: {error.strerror}.") from error
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"The baseline {path} is no YAML: {' '.join(str(error).split())}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in first["loc"])
        raise ConfigError(
            f"The baseline {path} is wrong at {where or 'its top'}: {first['msg']}. Each entry has "
            "finding, by, "
            "why and until, a day such as 2027-01-31."
        ) from error


def judge(findings: Iterable[Finding], acceptances: Iterable[Acceptance], today: date) -> Judged:
    """Tell accepted findings from open ones."""
    valid = {each.finding: each for each in acceptances if each.until >= today}
    expired = [each for each in acceptances if each.until < today]
    findings = [*findings]
    keys = {finding.key for finding in findings}
    return Judged(
        open=[finding for finding in findings if finding.key not in valid],
        accepted=[(finding, valid[finding.key]) for finding in findings if finding.key in valid],
        expired=[each for each in expired if each.finding in keys],
        unused=[each for key, each in valid.items() if key not in keys],
    )
