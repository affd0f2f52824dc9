"""Alerts on what an agent watches, and whom they tell."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import TYPE_CHECKING, Annotated, Any, Literal, NotRequired, get_args

from pulumi import ComponentResource, Input, Output, ResourceOptions
from typing_extensions import TypedDict

from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.rules import at_least, between, matches
from pulumi_sre_agent.schema.secrecy import guarding
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path, validate_args

if TYPE_CHECKING:
    from pulumi_azure_native import monitor

EVERYWHERE = "global"
"""Location of rules and action groups: they lie in no region."""
NAMESPACE = "microsoft.insights/components"
Frequency = Literal["PT1M", "PT5M", "PT15M", "PT30M", "PT1H"]
Window = Literal["PT1M", "PT5M", "PT15M", "PT30M", "PT1H", "PT6H", "PT12H", "P1D"]
"""What Azure allows for rules on metrics, shortest first."""
SHORT_NAME = matches(r"(?s).{1,12}", "must have 1 to 12 characters")


class AlertRuleArgs(TypedDict):
    """What to change about a rule; what is left out stays as it is by default."""

    enabled: NotRequired[Input[bool]]
    """Whether the rule is evaluated; True by default."""
    threshold: NotRequired[Annotated[Input[float], at_least(0)]]
    """Above what it fires: a number of requests or exceptions, or milliseconds."""
    severity: NotRequired[Annotated[Input[int], between(0, 4)]]
    """From 0, critical, to 4, verbose; response plans select incidents by it."""
    window: NotRequired[Input[Window]]
    """Over what time it looks, as an ISO 8601 duration from `PT1M` to `P1D`."""
    frequency: NotRequired[Input[Frequency]]
    """How often it looks, from `PT1M` to `PT1H`, and no longer than the window."""


class AlertsOptionsArgs(TypedDict):
    """What to watch, when it is worth an alert, and whom to tell."""

    app_insights: NotRequired[Mapping[str, Input[str]]]
    """ARM ids of the Application Insights components of what is watched, by names for their rules."""
    failed_requests: NotRequired[AlertRuleArgs]
    """Requests that failed; by default more than 5 in 5 minutes, at severity 1."""
    exceptions: NotRequired[AlertRuleArgs]
    """Exceptions, handled ones too; by default more than 20 in 5 minutes, at severity 2."""
    response_time: NotRequired[AlertRuleArgs]
    """Mean time to answer a request; by default over 3000 ms in 15 minutes, at severity 2."""
    health_scopes: NotRequired[Sequence[Input[str]]]
    """ARM ids of resource groups or resources whose health is watched, all in the rule's subscription."""
    existing_action_group_id: NotRequired[Input[str]]
    """ARM id of an action group to use instead of a new one."""
    action_group_name: NotRequired[Input[str]]
    """Name in Azure of a new action group, such as `ag-payments-oncall`."""
    short_name: NotRequired[Annotated[Input[str], SHORT_NAME]]
    """What its messages are signed with: up to 12 characters, `sre-agent` by default."""
    emails: NotRequired[Mapping[str, Input[str]]]
    """Addresses that are told, by names for them."""
    webhooks: NotRequired[Mapping[str, Input[str]]]
    """URLs that are told, by names for them, such as the one of a `WebhookBridge`; kept secret."""
    tags: NotRequired[Input[Mapping[str, Input[str]]]]
    """Azure tags of everything that is made here."""


class AlertsArgs(AlertsOptionsArgs):
    """What to watch and whom to tell, and where rules and action group lie."""

    resource_group_name: Input[str]
    """Resource group of rules and action group."""


@dataclass(frozen=True, kw_only=True)
class MetricRule:
    """A rule on one metric of an Application Insights component."""

    name: str
    """The last part of its name in Pulumi and in Azure."""
    description: str
    metric: str
    aggregation: str
    threshold: Input[float]
    severity: Input[int]
    window: Input[Window] = "PT5M"
    frequency: Input[Frequency] = "PT1M"
    enabled: Input[bool] = True


DEFAULTS: Mapping[str, MetricRule] = MappingProxyType(
    {
        "failed_requests": MetricRule(
            name="failed-requests",
            description="Requests fail.",
            metric="requests/failed",
            aggregation="Count",
            threshold=5,
            severity=1,
        ),
        "exceptions": MetricRule(
            name="exceptions",
            description="Exceptions are thrown.",
            metric="exceptions/count",
            aggregation="Count",
            threshold=20,
            severity=2,
        ),
        "response_time": MetricRule(
            name="response-time",
            description="Requests are answered slowly.",
            metric="requests/duration",
            aggregation="Average",
            threshold=3000,
            severity=2,
            window="PT15M",
            frequency="PT5M",
        ),
    }
)
"""Rules by the argument that changes them."""


class Alerts(ComponentResource):
    """Rules on failures, latency and resource health, and an action group.

    See docs/reference/product.md#life-of-an-incident.

    They reach an agent without the action group: with Azure Monitor as its incident platform it looks every
    minute for alerts of the resources that it watches. So what `app_insights` and
    `health_scopes` name must lie in its targets. The action group is for people, and for URLs such as that
    of a `WebhookBridge`, by which alerts reach an agent with another incident platform, or none.

    Alerts on resource health always have severity 4, in Azure: a response plan for them must let that pass.

    Raises `pulumi.RunError` for a rule or a name that Azure would refuse.

    ```python
    sre.Alerts("shop", {
        "resource_group_name": "rg-oncall",
        "action_group_name": "ag-shop",
        "app_insights": {"shop": pulumi.Config().require("appInsightsId")},
        "failed_requests": {"threshold": 20},
        "emails": {"duty": "duty@contoso.com"},
    })
    ```
    """

    action_group_id: Output[str]
    """ARM id of the action group."""

    def __init__(self, name: str, args: AlertsArgs, opts: ResourceOptions | None = None) -> None:
        args = validate(args)
        super().__init__("sre:index:Alerts", name, None, guarding(opts))
        existing = args.get("existing_action_group_id")
        self.action_group_id = Output.from_input(existing) if existing else self._action_group(name, args)
        for app, app_insights_id in args.get("app_insights", {}).items():
            for rule in metric_rules(args):
                self._metric_alert(f"{name}-{app}-{rule.name}", args, rule, app_insights_id)
        if args.get("health_scopes"):
            self._health_alert(f"{name}-resource-health", args, args["health_scopes"])
        self.register_outputs({"action_group_id": self.action_group_id})

    def _action_group(self, name: str, args: AlertsArgs) -> Output[str]:
        from pulumi_azure_native import monitor  # noqa: PLC0415 - costs a second

        group = monitor.ActionGroup(
            name,
            action_group_name=args.get("action_group_name"),
            resource_group_name=args["resource_group_name"],
            location=EVERYWHERE,
            group_short_name=args.get("short_name", "sre-agent"),
            enabled=True,
            email_receivers=[
                monitor.MicrosoftCommonEmailReceiverArgs(
                    name=who, email_address=address, use_common_alert_schema=True
                )
                for who, address in args.get("emails", {}).items()
            ],
            webhook_receivers=[
                monitor.WebhookReceiverArgs(
                    name=who, service_uri=Output.secret(url), use_common_alert_schema=True
                )
                for who, url in args.get("webhooks", {}).items()
            ],
            tags=args.get("tags"),
            opts=ResourceOptions(parent=self),
        )
        return group.id

    def _metric_alert(
        self, name: str, args: AlertsArgs, rule: MetricRule, app_insights_id: Input[str]
    ) -> None:
        from pulumi_azure_native import monitor  # noqa: PLC0415 - as above

        monitor.MetricAlert(
            name,
            rule_name=name,
            resource_group_name=args["resource_group_name"],
            location=EVERYWHERE,
            description=rule.description,
            enabled=rule.enabled,
            severity=rule.severity,
            scopes=[app_insights_id],
            window_size=rule.window,
            evaluation_frequency=rule.frequency,
            auto_mitigate=True,
            criteria=_above(rule),
            actions=[monitor.MetricAlertActionArgs(action_group_id=self.action_group_id)],
            tags=args.get("tags"),
            opts=ResourceOptions(parent=self),
        )

    def _health_alert(self, name: str, args: AlertsArgs, scopes: Sequence[Input[str]]) -> None:
        from pulumi_azure_native import monitor  # noqa: PLC0415 - as above

        monitor.ActivityLogAlert(
            name,
            activity_log_alert_name=name,
            resource_group_name=args["resource_group_name"],
            location=EVERYWHERE,
            description="A resource is unavailable or degraded, and not because somebody asked for it.",
            enabled=True,
            scopes=scopes,
            condition=monitor.AlertRuleAllOfConditionArgs(
                all_of=[
                    monitor.AlertRuleAnyOfOrLeafConditionArgs(field="category", equals="ResourceHealth"),
                    _any_of("properties.currentHealthStatus", ("Unavailable", "Degraded")),
                    _any_of("properties.cause", ("PlatformInitiated", "Unknown")),
                ]
            ),
            actions=monitor.ActionListArgs(
                action_groups=[monitor.ActionGroupArgs(action_group_id=self.action_group_id)]
            ),
            tags=args.get("tags"),
            opts=ResourceOptions(parent=self),
        )


def validate(args: AlertsArgs) -> AlertsArgs:
    """Return the arguments, canonical. Raises `pulumi.RunError`."""
    return validate_args("The alerts", AlertsArgs, args, windows_without_gaps)


def windows_without_gaps(args: Inputs) -> Iterator[ValidationError]:
    """Refuse a rule that looks less often than it would have to in order to see everything."""
    windows = get_args(Window)
    for name, default in DEFAULTS.items():
        window = get_path(args, name, "window") or default.window
        frequency = get_path(args, name, "frequency") or default.frequency
        known = not (is_unknown(window) or is_unknown(frequency))
        if known and windows.index(window) < windows.index(frequency):
            yield error_at(
                (name,), f"would look every {frequency} at the last {window}, and miss what lies between"
            )


def metric_rules(args: AlertsArgs) -> list[MetricRule]:
    """Return the rules on metrics: the arguments laid over the default ones."""
    changes: Mapping[str, Any] = args
    return [replace(rule, **changes.get(argument, {})) for argument, rule in DEFAULTS.items()]


def _above(rule: MetricRule) -> "monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs":
    from pulumi_azure_native import monitor  # noqa: PLC0415 - as above

    return monitor.MetricAlertSingleResourceMultipleMetricCriteriaArgs(
        odata_type=monitor.Odatatype.MICROSOFT_AZURE_MONITOR_SINGLE_RESOURCE_MULTIPLE_METRIC_CRITERIA,
        all_of=[
            monitor.MetricCriteriaArgs(
                criterion_type=monitor.CriterionType.STATIC_THRESHOLD_CRITERION,
                name=rule.name,
                metric_namespace=NAMESPACE,
                metric_name=rule.metric,
                operator=monitor.Operator.GREATER_THAN,
                threshold=rule.threshold,
                time_aggregation=rule.aggregation,
            )
        ],
    )


def _any_of(field: str, values: Sequence[str]) -> "monitor.AlertRuleAnyOfOrLeafConditionArgs":
    from pulumi_azure_native import monitor  # noqa: PLC0415 - as above

    return monitor.AlertRuleAnyOfOrLeafConditionArgs(
        any_of=[monitor.AlertRuleLeafConditionArgs(field=field, equals=value) for value in values]
    )
