"""What follows from a value that may be an output: at once where it is known, else once it is."""

from collections.abc import Callable
from typing import Any, TypeVar

from pulumi import Input, Output

from pulumi_sre_agent.schema.normalization import is_unknown

T = TypeVar("T")


def lift(function: Callable[..., T], *values: Input[Any]) -> Input[T]:
    """Call a function with values, which it sees plain."""
    if any(map(is_unknown, values)):
        return Output.all(*values).apply(lambda known: function(*known))
    return function(*values)
