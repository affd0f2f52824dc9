"""A report as JSON, for programs (docs/how-to/report.md#json)."""

import json
from typing import Any

from pulumi_sre_agent.review.changes import ABSENT, Change, PropertyChange
from pulumi_sre_agent.review.findings import Finding
from pulumi_sre_agent.review.report import SCHEMA_VERSION, Report


def render(report: Report) -> str:
    """Write the whole report; secrets stand as `[secret]`, what is not known yet as null with `unknown`."""
    document = {
        "schemaVersion": SCHEMA_VERSION,
        "project": report.preview.project,
        "stack": report.preview.stack,
        "summary": report.summary,
        "counts": report.preview.counts,
        "errors": list(report.preview.errors),
        "findings": [_finding(finding) for finding in report.findings],
        "accepted": [
            {**_finding(finding), "by": each.by, "because": each.why, "until": each.until.isoformat()}
            for finding, each in report.judged.accepted
        ],
        "expired": [each.finding for each in report.judged.expired],
        "unused": [each.finding for each in report.judged.unused],
        **{section.id: section.data for section in report.sections},
        "changes": [change_object(change) for change in report.changes],
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "rule": finding.rule.id,
        "key": finding.key,
        "severity": finding.severity.label,
        "sentence": finding.sentence,
        "why": finding.rule.why,
        "remedy": finding.rule.remedy,
        "urn": finding.change.urn,
    }


def change_object(change: Change) -> dict[str, Any]:
    """Write a change with each property that differs."""
    return {
        "urn": change.urn,
        "kind": change.kind,
        "name": change.name,
        "op": change.op,
        "properties": [_property(each) for each in change.properties],
    }


def _property(change: PropertyChange) -> dict[str, Any]:
    sides = {"before": change.before, "after": change.after}
    return {
        "path": list(change.path),
        **{name: value for name, value in sides.items() if value is not ABSENT},
    }
