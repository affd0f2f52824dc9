"""What a provider says when something is wrong: one sentence to the engine, and no secret in it."""

import sys
from collections.abc import Callable, Collection
from functools import wraps
from typing import TYPE_CHECKING, Any, TypeVar

from pulumi import dynamic

from pulumi_sre_agent.api.errors import SreAgentError
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.secrets import mask_secrets
from pulumi_sre_agent.schema.fields import Field
from pulumi_sre_agent.schema.normalization import member_field
from pulumi_sre_agent.schema.validation import ValidationError

from .secret_inputs import may_hold_secrets
from .step_status import of_step

if TYPE_CHECKING:
    from .provider import KindProvider

MAX_SHOWN_LENGTH = 60
"""Values longer than this are left out of the engine's message about a wrong property."""

F = TypeVar("F", bound=Callable[..., Any])


def one_sentence_errors(method: F) -> F:
    """Let errors reach the engine as their sentence alone, unless the stack asks for tracebacks."""

    @wraps(method)
    def call(self: "KindProvider", *args: Any) -> Any:
        try:
            with of_step(sys._getframe(1), lambda text: mask_secrets(text, self.secrets(args))):  # noqa: SLF001 - the SDK's call
                return method(self, *args)
        except SreAgentError as error:
            sentence = mask_secrets(str(error), self.secrets(args))
            if self.traceback:
                error.args = (sentence,)
                raise
            raise _sentence_error(sentence) from None
        except Exception as error:
            if self.traceback:
                raise
            raise _sentence_error(
                f"a defect in pulumi_sre_agent stopped this ({type(error).__name__}): run"
                " `pulumi config set sre:traceback true` and try again to see where"
            ) from None

    return call  # type: ignore[return-value] # the wrapper has the method's signature


def _sentence_error(sentence: str) -> Exception:
    """Return an error that the SDK prints as its sentence and nothing else.

    The SDK has no way to fail with a message: it sends Python's own rendering, `module.Class: text`, which
    drops the module for builtins and the colon where there is no text. So the class is called like the
    sentence, made where it is raised.
    """
    error: Exception = type(sentence, (Exception,), {"__module__": "builtins"})()
    return error


def check_failure(
    field: Field, inputs: Json, error: ValidationError, secret: Collection[str] = ()
) -> dynamic.CheckFailure:
    """Return an error for the engine, which prints the value of a named property: name only short ones."""
    name = str(error.path[0]) if len(error.path) == 1 else ""
    value = inputs.get(name)
    plain = isinstance(value, int | float) or (isinstance(value, str) and len(value) <= MAX_SHOWN_LENGTH)
    is_shown = plain and name not in secret and not may_hold_secrets(member_field(field, name))
    return dynamic.CheckFailure(name if is_shown else "", error.reason)
