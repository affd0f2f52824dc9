"""The rules as a Pulumi policy pack, for `pulumi preview --policy-pack` and `pulumi up`.

Each rule is a policy over the whole stack, and what it finds names the resource. Needs the extra `policy`.
See docs/how-to/policies.md.
"""

from collections.abc import Callable
from typing import Any

from pulumi_policy import PolicyConfigSchema, StackValidationPolicy
from pulumi_policy.proxy import UnknownValueError

from pulumi_sre_agent.review.findings import Rule
from pulumi_sre_agent.review.policy.config import STANDING
from pulumi_sre_agent.review.policy.requirements import REQUIREMENTS, Requirement
from pulumi_sre_agent.review.policy.stack import inventory_of
from pulumi_sre_agent.review.policy.standing import as_new, find_standing

Validate = Callable[[Any, Callable[[str, str], None]], None]


def policies() -> list[StackValidationPolicy]:
    """Return a policy for each rule, to be given to a `pulumi_policy.PolicyPack`."""
    own = [StackValidationPolicy(rule.id, _description(rule), _validate(rule)) for rule in STANDING]
    return [*own, *map(_policy, REQUIREMENTS)]


def _policy(each: Requirement) -> StackValidationPolicy:
    schema = PolicyConfigSchema(properties={each.parameter: dict(each.schema)})

    def validate(args: Any, report_violation: Callable[[str, str], None]) -> None:
        parameter = (args.get_config() or {}).get(each.parameter)
        if parameter is not None:
            _validate(each.rule(parameter))(args, report_violation)

    return StackValidationPolicy(each.id, _description(each), validate, config_schema=schema)


def _validate(rule: Rule) -> Validate:
    def validate(args: Any, report_violation: Callable[[str, str], None]) -> None:
        preview = as_new(inventory_of(args.resources, UnknownValueError))
        for finding in find_standing(preview, [rule]):
            report_violation(f"{finding.sentence} {rule.remedy}", finding.change.urn)

    return validate


def _description(rule: Rule | Requirement) -> str:
    return f"{rule.title}. {rule.why}"
