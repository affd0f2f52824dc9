"""PagerDuty itself, asked one thing: whether a key is a user's, without which it acknowledges nothing.

General keys look like user keys; only PagerDuty tells them apart, and an agent takes either.

See docs/reference/run-time.md#incident-platforms.
"""

import logging

from pulumi_sre_agent.api.errors import ApiError, ConfigError, SreAgentError
from pulumi_sre_agent.api.http.endpoint import Endpoint
from pulumi_sre_agent.api.http.transport import Transport

TYPE = "PagerDuty"
OF_AN_ACCOUNT = "account-level access token"
"""What a 400 of `/users/me` says of a general key; PagerDuty's own client pdpyras goes by these words."""

log = logging.getLogger(__name__)


def check_user_key(transport: Transport, origin: str, key: str) -> None:
    """Raise `ConfigError` for a key that PagerDuty says is general; one that it cannot judge passes."""
    headers = {"Authorization": f"Token token={key}"}
    try:
        transport.send(Endpoint(origin, TYPE), "GET", "/users/me", headers=headers)
    except SreAgentError as failure:
        if isinstance(failure, ApiError) and OF_AN_ACCOUNT in failure.message:
            raise ConfigError(
                "PagerDuty says that connection_key is a general access key, which cannot acknowledge "
                "incidents since it acts for no user: make one under My Profile > User Settings > Create API "
                "User Token, and set that."
            ) from None
        log.warning(
            "Whether PagerDuty's connection_key is a user's is not known: %s If %s is not where your "
            "PagerDuty is, set sre:pagerDuty.",
            failure,
            origin,
        )
