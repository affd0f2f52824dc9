"""Budgets: what a scope may cost in a month, and who is told on the way there."""

import re
from datetime import UTC, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from sre_agent_local.azure import clock
from sre_agent_local.azure.errors import BadRequest
from sre_agent_local.azure.http.json_values import Json, timestamp
from sre_agent_local.azure.http.validation import StrictModel, settable_properties

from .alert_common import check_action_groups
from .request import ArmRequest
from .resource_crud import ResourceCrud, crud_routes

TYPE = "Microsoft.Consumption/budgets"
YEARS = 10
"""How long a budget lasts that names no end."""


class _Period(StrictModel):
    start_date: str
    end_date: str | None = None


class _Comparison(StrictModel):
    name: str
    operator: Literal["In"]
    values: Annotated[list[str], Field(min_length=1)]


class _Filter(StrictModel):
    and_: list[Any] | None = Field(default=None, alias="and")
    dimensions: _Comparison | None = None
    tags: _Comparison | None = None


class _Notification(StrictModel):
    enabled: bool
    operator: Literal["EqualTo", "GreaterThan", "GreaterThanOrEqualTo"]
    threshold: Annotated[float, Field(ge=0, le=1000)]
    threshold_type: Literal["Actual", "Forecasted"] | None = None
    contact_emails: list[str]
    contact_roles: list[str] | None = None
    contact_groups: list[str] | None = None
    locale: str | None = None


class _Budget(StrictModel):
    category: Literal["Cost"]
    amount: Annotated[float, Field(gt=0)]
    time_grain: Literal["Monthly", "Quarterly", "Annually"]
    time_period: _Period
    filter: _Filter | None = None
    notifications: Annotated[dict[str, _Notification], Field(max_length=5)] | None = None


def _budget_properties(request: ArmRequest, body: Json, before: Json) -> Json:
    properties = settable_properties(_Budget, body, ("currentSpend", "forecastSpend"))
    start = _moment(properties["timePeriod"]["startDate"])
    if start.day != 1:
        raise BadRequest(
            "The start date of a budget must be the first day of a month.", code="InvalidStartDate"
        )
    this_month = datetime.fromtimestamp(clock.now(), UTC).strftime("%Y-%m")
    if not before and start.strftime("%Y-%m") < this_month:
        raise BadRequest(
            "The start date of a new budget must not be before this month.", code="InvalidStartDate"
        )
    for name, notification in (properties.get("notifications") or {}).items():
        groups = notification.get("contactGroups") or []
        if not (notification["contactEmails"] or notification.get("contactRoles") or groups):
            raise BadRequest(f"The notification '{name}' of a budget needs someone to tell.")
        check_action_groups(request.azure, groups)
    end = timestamp(start.replace(year=start.year + YEARS).timestamp())
    return {
        **properties,
        "timePeriod": {"endDate": end, **properties["timePeriod"]},
        "currentSpend": {"amount": 0.0, "unit": "USD"},
    }


def _moment(date: str) -> datetime:
    if not re.fullmatch(r"\d{4}-\d{2}-\d{2}(T00:00:00(\.0+)?Z)?", date):
        raise BadRequest(f"'{date}' is not the start of a day.", code="InvalidStartDate")
    return datetime.fromisoformat(date[:10]).replace(tzinfo=UTC)


ROUTES = crud_routes(
    ResourceCrud(
        type=TYPE,
        name=r"[-\w]{1,63}",
        properties_of=_budget_properties,
        is_tracked=False,
        lies_on_any_scope=True,
    )
)
