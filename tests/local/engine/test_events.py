"""What a run tells: nothing of it repeats a secret of the stack's config."""

from typing import Any

import pytest

from sre_agent_local.engine.events import Diagnostic, Listener, Reporter, Step

SECRET = 's3cr"et\n1'


class Heard(Listener):
    """Keeps what it is told."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def failed(self, _step: Step, reason: str) -> None:
        self.texts.append(reason)

    def noted(self, note: Diagnostic) -> None:
        self.texts.append(note.message)


def by_info(report: Reporter, text: str) -> None:
    report.diagnose("info", text)


def by_error(report: Reporter, text: str) -> None:
    report.error(text)


def by_failure(report: Reporter, text: str) -> None:
    step: Any = None
    report.step_failed(step, text)


@pytest.mark.parametrize("tell", [by_info, by_error, by_failure])
@pytest.mark.parametrize("form", [SECRET, r"s3cr\"et\n1"], ids=["plain", "as JSON"])
def test_secrets_of_the_config_are_hidden(tell: Any, form: str) -> None:
    """As they are and as JSON has them, the longer one first; what is too short to tell stays."""
    heard = Heard()
    report = Reporter(heard)
    report.hide([SECRET, f"{SECRET}-tail", "ab"])

    tell(report, f"{form} and {form}-tail about it")

    assert heard.texts == ["[secret] and [secret] about it"]
