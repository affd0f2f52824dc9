"""Everything this package raises on purpose, split by what a caller can do next.

SreAgentError
├ ConfigError         a setting is missing or wrong: change it
├ Unavailable         no usable answer came back: try again later
└ ApiError            Azure said no: see status, code, message, request_id
  ├ NotFound          404
  ├ Conflict          409, 412
  ├ AccessDenied      401, 403
  └ OperationFailed   a long-running operation ended as Failed or Canceled
"""


class SreAgentError(Exception):
    """Base of every expected error; `str()` is one sentence for people."""


class ConfigError(SreAgentError):
    """A setting is missing or wrong; nothing was sent."""


class Unavailable(SreAgentError):
    """No usable answer came back within the budget: connection loss, timeouts, 5xx, HTML instead of JSON."""


class ApiError(SreAgentError):
    """Azure refused a request."""

    def __init__(
        self, sentence: str, *, status: int, code: str = "", message: str = "", request_id: str = ""
    ) -> None:
        super().__init__(sentence)
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id


class NotFound(ApiError):
    """The resource is not there (a real 404, never a 401, a 403 or HTML)."""


class Conflict(ApiError):
    """Something else is in the way: 409 or 412."""


class AccessDenied(ApiError):
    """The identity may not do this (or not yet: role assignments take minutes to spread)."""


class OperationFailed(ApiError):
    """A long-running operation ended as Failed or Canceled."""
