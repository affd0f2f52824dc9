"""Results as JUnit's XML, which pipelines show as tests."""

from collections.abc import Sequence
from xml.etree import ElementTree as ET

from pulumi_sre_agent.review.results import Result

CONTROL = {code: None for code in range(0x20) if chr(code) not in "\t\n\r"}
"""What XML cannot hold."""


def render(suite: str, results: Sequence[Result]) -> str:
    """Write a suite of tests, one a result."""
    outcomes = [result.outcome for result in results]
    root = ET.Element(
        "testsuite",
        name=suite,
        tests=str(len(results)),
        failures=str(outcomes.count("failed")),
        skipped=str(outcomes.count("skipped")),
        errors="0",
        time=f"{sum(result.seconds for result in results):.3f}",
    )
    for result in results:
        case = ET.SubElement(
            root,
            "testcase",
            classname=f"{suite}.{result.group}",
            name=result.name.translate(CONTROL),
            time=f"{result.seconds:.3f}",
        )
        detail = result.detail.translate(CONTROL)
        if result.outcome == "failed":
            ET.SubElement(case, "failure", message=detail)
        elif result.outcome == "skipped":
            ET.SubElement(case, "skipped", message=detail)
    ET.indent(root)
    return f"<?xml version='1.0' encoding='utf-8'?>\n{ET.tostring(root, encoding='unicode')}\n"
