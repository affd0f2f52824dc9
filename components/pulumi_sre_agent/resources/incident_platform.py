"""The incident platform: where the incidents come from that an agent works on."""

import json
from collections.abc import Iterator
from itertools import chain
from typing import Annotated, NotRequired

from pulumi import Input, ResourceOptions, log
from typing_extensions import TypedDict, Unpack

from pulumi_sre_agent.api.kinds import INCIDENT_PLATFORM, Json
from pulumi_sre_agent.schema.annotations import NotReturned, Rule, SensitiveField
from pulumi_sre_agent.schema.choices import AgentPlatformType
from pulumi_sre_agent.schema.rules import PRESENT, WITHOUT_TRAILING_SLASH, matches
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

from ._core.item_args import AgentItemArgs, item_model
from ._core.provider import ItemProvider, Resource


def _check_connection_key(key: str) -> str | None:
    """Tell by its length a key that PagerDuty's Events API takes; the two sorts for REST look alike."""
    is_hex = len(key) == 32 and all(digit in "0123456789abcdef" for digit in key.lower())
    return "is an integration key of the Events API: say a user's REST API key" if is_hex else None


class IncidentPlatformLoginArgs(TypedDict):
    """How to log in to an incident platform (docs/reference/run-time.md#incident-platforms)."""

    connection_key: NotRequired[Annotated[Input[str], SensitiveField(), PRESENT, Rule(_check_connection_key)]]
    """PagerDuty: API key of a user, made under My Profile > User Settings > Create API User Token. A general
    access key would connect but not acknowledge incidents, since it acts for no user: PagerDuty is asked, at
    `sre:pagerDuty`, and such a key refused. Where it does not answer, a warning says so."""
    obo_user: NotRequired[
        Annotated[Input[str], matches(r"[^@\s]+@[^@\s]+\.[^@\s]+", "must be an e-mail address")]
    ]
    """PagerDuty: e-mail address of the key's user, without which it refuses writes (error 1027).

    So a platform without it reads incidents, but neither acknowledges nor resolves them; a warning says so.
    """
    connection_url: NotRequired[
        Annotated[
            Input[str],
            WITHOUT_TRAILING_SLASH,
            matches(
                r"https://[^/\s?#]+",
                "must be the instance's address, such as https://contoso.service-now.com",
            ),
        ]
    ]
    """ServiceNow: address of the instance."""
    username: NotRequired[Annotated[Input[str], NotReturned(), PRESENT]]
    """ServiceNow: user with the role `itil` or `admin`. Azure does not show it again."""
    password: NotRequired[Annotated[Input[str], SensitiveField(), PRESENT]]
    """ServiceNow: the user's password."""
    api_connection_name: NotRequired[Annotated[Input[str], PRESENT]]
    """ServiceNow through OAuth, instead of user and password: the API connection that the portal made."""


class IncidentPlatformOptionsArgs(IncidentPlatformLoginArgs):
    """Which platform, and how to log in there (docs/reference/run-time.md#incident-platforms)."""

    type: Input[AgentPlatformType]
    """The platform. A change disconnects the old one first, with which all its incident filters disappear.

    `AzMonitor` needs the role Monitoring Contributor for the agent's identity, and no argument besides.
    `None` keeps an agent without a platform.
    """


class IncidentPlatformArgs(AgentItemArgs, IncidentPlatformOptionsArgs):
    """Arguments of `IncidentPlatform`: which platform, and of which agent."""


REQUIRED_ARGS = {
    "AzMonitor": (),
    "None": (),
    "PagerDuty": ("connection_key",),
    "ServiceNow": ("connection_url",),
}
"""Arguments without which a platform of a type does not work."""
LOGIN = ("username", "password")
TAKEN = REQUIRED_ARGS | {
    "PagerDuty": ("connection_key", "obo_user"),
    "ServiceNow": ("connection_url", *LOGIN, "api_connection_name"),
}
"""Arguments that a platform of a type can have."""
WHY = {
    "connection_key": "the API key of a user: a general access key cannot acknowledge incidents",
    "connection_url": "the address of the instance",
}


def _check_args_of_type(inputs: Inputs) -> Iterator[ValidationError]:
    type_ = get_path(inputs, "type")
    if not isinstance(type_, str):
        return
    for name in REQUIRED_ARGS[type_]:
        if get_path(inputs, name) is None:
            yield error_at((name,), f"is missing, which {type_} needs: {WHY[name]}")
    for name in sorted({*chain(*TAKEN.values())} - {*TAKEN[type_]}):
        if get_path(inputs, name) is not None:
            yield error_at((name,), f"is not for {type_}, which takes {_list(TAKEN[type_])}")


def _check_service_now_login(inputs: Inputs) -> Iterator[ValidationError]:
    """Demand for ServiceNow either user and password or an API connection; both together are refused."""
    if get_path(inputs, "type") != "ServiceNow":
        return
    login = [name for name in LOGIN if get_path(inputs, name) is not None]
    api_connection = get_path(inputs, "api_connection_name")
    if login and api_connection is not None:
        yield error_at(("api_connection_name",), f"and {login[0]} exclude each other")
    elif api_connection is None and not login:
        yield error_at(
            ("username",), "and password are missing, which ServiceNow needs, or api_connection_name"
        )
    elif api_connection is None and len(login) == 1:
        missing = next(name for name in LOGIN if name not in login)
        yield error_at((missing,), f"is missing, which {login[0]} needs")


def _list(names: tuple[str, ...]) -> str:
    return ", ".join(names) or "nothing besides"


def _encode(spec: Json) -> Json:
    """Name the connection as the service does, and put ServiceNow's login into the text it wants."""
    login = {name: spec.pop(name) for name in LOGIN if name in spec}
    if spec["type"] != "None":
        spec["connectionName"] = spec["type"].lower()
    if login:
        spec["connectionKey"] = json.dumps({"endpoint": spec["connectionUrl"], **login})
    return spec


class IncidentPlatformProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        INCIDENT_PLATFORM,
        IncidentPlatformArgs,
        _check_args_of_type,
        _check_service_now_login,
        key=None,
        encode=_encode,
    )


class IncidentPlatform(Resource):
    """The incident platform of an agent, which has one at a time; it is awaited until the agent sees it.

    This and `incident_management_configuration` of `Agent` are two ways to say the same: say it in one place.
    An `Agent` that leaves its block out touches no platform and sees no drift in one; taking the block out
    of an `Agent` disconnects it, so a move to this loses the platform's incident filters, which the same
    update makes again where they depend on this. Deleting this disconnects the platform.
    """

    provider = IncidentPlatformProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[IncidentPlatformArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
        if args.get("type") == "PagerDuty" and args.get("obo_user") is None:
            log.warn("obo_user is missing: PagerDuty refuses what the agent writes until it is there", self)
