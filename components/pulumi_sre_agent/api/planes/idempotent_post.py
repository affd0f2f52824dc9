"""POSTs that set something and can be sent again, once it is clear that the first did not arrive."""

from collections.abc import Callable

from pulumi_sre_agent.api import limits
from pulumi_sre_agent.api.errors import ApiError, Unavailable
from pulumi_sre_agent.api.http.retry import RetryableError, retry
from pulumi_sre_agent.api.kinds import Json
from pulumi_sre_agent.api.planes.control_plane import ControlPlane
from pulumi_sre_agent.api.planes.data_plane import DataPlane


def post_until_done(
    plane: DataPlane | ControlPlane,
    send: Callable[[], Json | None],
    arrived: Callable[[], bool] = lambda: False,
) -> Json | None:
    """Return what the service answers to `send`; None where the answer was lost and it has `arrived`.

    Without a way to look, `send` must be one that is as good twice as once.
    """

    def attempt(_number: int) -> Json | None:
        try:
            return send()
        except Unavailable as failure:
            lost: Unavailable | ApiError = failure
        except ApiError as refusal:
            if refusal.status < 500 and refusal.status != 408:
                raise
            lost = refusal
        if arrived():
            return None
        raise RetryableError(lost, limits.UNREADABLE)

    return retry(attempt, clock=plane.clock)
