"""Warnings before an agent has used up what it may use in a month."""

from collections.abc import Collection, Iterator, Mapping
from datetime import UTC, datetime
from typing import Annotated, NotRequired

from pulumi import ComponentResource, Input, Output, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent.monitoring.queries import query
from pulumi_sre_agent.schema.annotations import Rule
from pulumi_sre_agent.schema.outputs import lift
from pulumi_sre_agent.schema.rules import at_least, between
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import ValidationError, error_at, validate_args

DEFAULT_SHARE = 0.8
DAYS_SEEN = 2
"""How far back a rule on logs can look."""
DAYS_OF_A_MONTH = 30
SHARE = Rule(lambda share: None if 0 < share <= 1 else "must be above 0 and at most 1, such as 0.8 for 80 %")


class SpendOptionsArgs(TypedDict):
    """From which share of a limit on to warn, and whom; and what the bill may be."""

    location: NotRequired[Input[str]]
    """Region of the rule: that of the Application Insights component."""
    share: NotRequired[Annotated[Input[float], SHARE]]
    """From which share on to warn, above 0 and up to 1; 0.8 by default."""
    severity: NotRequired[Annotated[Input[int], between(0, 4)]]
    """Severity of the alert, from 0, critical, to 4, verbose; 3 by default."""
    action_group_id: NotRequired[Input[str]]
    """ARM id of the action group that is told, such as the one of `Alerts`."""
    budget: NotRequired[Input[float]]
    """What the agent may cost in a month, in the currency of the bill; with it, the bill is watched too."""
    budget_scope: NotRequired[Input[str]]
    """ARM id of the agent's resource group, or of its subscription; goes with `budget`."""
    tags: NotRequired[Input[Mapping[str, Input[str]]]]
    """Azure tags of the rule."""


class SpendArgs(SpendOptionsArgs):
    """When to warn, of which limit, and where the rule lies."""

    monthly_unit_limit: Annotated[Input[int], at_least(1)]
    """Agent units of active flow in a month: the agent's own `monthly_agent_unit_limit`."""
    app_insights_id: Input[str]
    """ARM id of the Application Insights component that the agent itself writes to."""
    resource_group_name: Input[str]
    """Resource group of the rule."""
    agent_id: NotRequired[Input[str]]
    """ARM id of the agent; goes with `budget`."""


class Spend(ComponentResource):
    """An alert on the pace at which an agent uses units, and a budget for its bill where one is given.

    See docs/reference/control-plane.md#units.

    Azure has no alert on the units of a month, and a rule on logs looks back two days at most. So the rule is
    on the pace: it fires when a month like the last two days would take the agent over the share of its
    limit. It sees active flow alone, estimated at the published rates from the tokens in the
    agent's telemetry; it sees no always-on flow, nor that tokens came from the model's cache, at less.

    The budget sees the whole bill of the month, both flows and as it is charged, but in money and up to a day
    late. Neither stops the agent: that is what its limit does.

    Raises `pulumi.RunError` for a share, a limit or a severity that cannot be, and for a budget without
    scope, agent or action group.

    ```python
    sre.Spend("oncall", {
        "monthly_unit_limit": 3000,
        "share": 0.75,
        "app_insights_id": pulumi.Config().require("appInsightsId"),
        "resource_group_name": "rg-oncall",
    })
    ```
    """

    rule_id: Output[str]
    """ARM id of the rule on the pace."""
    budget_id: Output[str | None]
    """ARM id of the budget; None where there is none."""

    def __init__(self, name: str, args: SpendArgs, opts: ResourceOptions | None = None) -> None:
        args = validate(args)
        super().__init__("sre:index:Spend", name, None, guarding(opts))
        self.rule_id = self._rule(f"{name}-pace", args)
        self.budget_id = self._budget(name, args) if "budget" in args else Output.from_input(None)
        self.register_outputs({"rule_id": self.rule_id, "budget_id": self.budget_id})

    def _rule(self, name: str, args: SpendArgs) -> Output[str]:
        from pulumi_azure_native import monitor  # noqa: PLC0415 - costs a second

        action_groups = [args["action_group_id"]] if "action_group_id" in args else []
        rule = monitor.ScheduledQueryRule(
            name,
            rule_name=name,
            resource_group_name=args["resource_group_name"],
            location=args.get("location"),
            display_name=name,
            description=lift(_description, args["monthly_unit_limit"], _share(args)),
            enabled=True,
            severity=args.get("severity", 3),
            scopes=[args["app_insights_id"]],
            evaluation_frequency="PT1H",
            window_size=f"P{DAYS_SEEN}D",
            auto_mitigate=True,
            criteria=monitor.ScheduledQueryRuleCriteriaArgs(
                all_of=[
                    monitor.ConditionArgs(
                        query=query("generations", "units-of-two-days"),
                        metric_measure_column="Units",
                        time_aggregation=monitor.TimeAggregation.TOTAL,
                        operator="GreaterThan",
                        threshold=lift(pace, args["monthly_unit_limit"], _share(args)),
                    )
                ]
            ),
            actions=monitor.ActionsArgs(action_groups=action_groups),
            tags=args.get("tags"),
            opts=ResourceOptions(parent=self),
        )
        return rule.id

    def _budget(self, name: str, args: SpendArgs) -> Output[str | None]:
        from pulumi_azure_native import consumption  # noqa: PLC0415 - costs a tenth of a second

        budget = consumption.Budget(
            f"{name}-budget",
            budget_name=f"{name}-budget",
            scope=args["budget_scope"],
            amount=args["budget"],
            category=consumption.CategoryType.COST,
            time_grain=consumption.TimeGrainType.MONTHLY,
            time_period=consumption.BudgetTimePeriodArgs(
                start_date=f"{datetime.now(UTC):%Y-%m}-01T00:00:00Z"
            ),
            filter=consumption.BudgetFilterArgs(
                dimensions=consumption.BudgetComparisonExpressionArgs(
                    name="ResourceId", operator=consumption.BudgetOperatorType.IN_, values=[args["agent_id"]]
                )
            ),
            notifications={
                "share": consumption.NotificationArgs(
                    enabled=True,
                    operator=consumption.OperatorType.GREATER_THAN_OR_EQUAL_TO,
                    threshold=lift(lambda share: 100 * share, _share(args)),
                    threshold_type=consumption.ThresholdType.ACTUAL,
                    contact_emails=[],
                    contact_groups=[args["action_group_id"]],
                )
            },
            # It begins with the month that it is made in, and later months do not begin it anew.
            opts=ResourceOptions(parent=self, ignore_changes=["time_period"]),
        )
        return budget.id


def pace(limit: int, share: float) -> float:
    """Return the units that the last two days may take, so that a month of such days keeps to the share."""
    return round(limit * share * DAYS_SEEN / DAYS_OF_A_MONTH, 2)


def _description(limit: int, share: float) -> str:
    month = f"A month like the last {DAYS_SEEN} days"
    return f"{month} would take the agent over {share:.0%} of its {limit} units."


def validate(args: SpendArgs) -> SpendArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The spend alert", SpendArgs, args, budget_is_complete)


def budget_is_complete(names: Collection[str]) -> Iterator[ValidationError]:
    """Demand with a budget, among the names of arguments, those without which it is none."""
    missing = [name for name in ("budget_scope", "agent_id", "action_group_id") if name not in names]
    if "budget" in names and missing:
        yield error_at(("budget",), f"needs {' and '.join(missing)} too: give it, or leave the budget out")


def _share(args: SpendArgs) -> Input[float]:
    return args.get("share", DEFAULT_SHARE)
