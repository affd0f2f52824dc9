"""What the engine refuses or cannot finish, in one sentence for people.

EngineError
├ UsageError      the command line asks for something that is not there
└ NoSuchStackError     the stack has never been initialised
"""


class EngineError(Exception):
    """Base of every expected failure; `str()` is what the command prints after `error: `."""

    exit_code = 1


class UsageError(EngineError):
    """The command line is wrong; nothing was read or touched. Pulumi's own exit code for it is 2."""

    exit_code = 2


class NoSuchStackError(EngineError):
    """There is no state file of that stack. Pulumi's own exit code for it is 6."""

    exit_code = 6

    def __init__(self, stack: str) -> None:
        super().__init__(f"no stack named '{stack}' found")
