"""The roles' ids are Azure's, as the reference has them with their sources."""

import re

from pulumi_sre_agent.identity.roles import ACTING, ALERTING, PEOPLES_ROLES, READING
from support.pipelines import ROOT

ROW = re.compile(r"^\| ([\w ]+?) \| `([0-9a-f-]{36})` \|", re.MULTILINE)


def test_each_role_has_the_id_that_the_reference_gives() -> None:
    page = (ROOT / "docs/reference/control-plane.md").read_text(encoding="utf-8")

    assert {**PEOPLES_ROLES, **READING, **ACTING, **ALERTING}.items() <= dict(ROW.findall(page)).items()
