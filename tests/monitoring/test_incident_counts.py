"""The dashboard and the client judge incidents alike: the query's expressions, evaluated, against the client.

There is no Kusto here. What `incidents.kql` says of one incident is written so that Python reads it the same,
once it is told the functions; times are minutes, a null of theirs is NaN, which is neither more nor less.
"""

import json
import math
import re
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

from pulumi_sre_agent.api.runtime.incidents import Incident, IncidentCounts
from pulumi_sre_agent.monitoring import queries
from support.azure import Json
from support.scripted import AGENT, Script, reply

COMPONENT = "/subscriptions/s/resourceGroups/rg/providers/microsoft.insights/components/appi"
SAID = re.compile(r"^ +(\w+) = (.+?),?$", re.MULTILINE)
QUERY = (Path(queries.__file__).parent / "incidents.kql").read_text()
NOW = datetime.now(UTC)
BEGUN = (NOW - timedelta(hours=2)).isoformat()
SNAPSHOTS: dict[str, Json] = {
    str(number): {"IncidentId": str(number), **by_agent, **helped, **created, **mitigated}
    for number, (by_agent, helped, created, mitigated) in enumerate(
        product(
            ({}, {"IncidentMitigatedByAgent": "True"}, {"IncidentMitigatedByAgent": "False"}),
            ({}, {"IncidentAssistedByAgent": "True"}, {"IncidentAssistedByAgent": "False"}),
            ({}, {"IncidentCreatedOn": BEGUN}),
            ({}, *({"IncidentMitigatedOn": (NOW - timedelta(hours=ago)).isoformat()} for ago in (1, 2, 3))),
        )
    )
}
"""Every way in which an incident may have ended."""


class Dimensions:
    """Members of an event; what is not there is null."""

    def __init__(self, members: Json) -> None:
        self._members = members

    def __getattr__(self, name: str) -> Any:
        return self._members.get(name)


def on_the_dashboard(members: Json) -> Json:
    """Evaluate what the query says of an incident, one expression after the other."""
    known: Json = {
        "customDimensions": Dimensions(members),
        "tostring": lambda value: str(value or ""),
        "todatetime": lambda value: datetime.fromisoformat(value).timestamp() / 60 if value else math.nan,
        "isnotnull": lambda value: not math.isnan(value),
        "iff": lambda condition, then, otherwise: then if condition else otherwise,
        "real": float,
        "null": math.nan,
        "minute": 1,
    }
    for name, expression in SAID.findall(QUERY):
        known[name] = eval(expression.replace("1m", "minute"), known)
    minutes = known["MinutesToMitigate"]
    judged = {name: known[name] for name in ("ByAgent", "Assisted", "ByPeople", "Pending")}
    return {**judged, "Minutes": None if math.isnan(minutes) else round(minutes, 3)}


def by_the_client(incident: Incident) -> Json:
    minutes = incident.minutes_to_mitigate
    return {
        "ByAgent": incident.mitigated_by_agent,
        "Assisted": incident.assisted_by_agent,
        "ByPeople": incident.mitigated_by_people,
        "Pending": incident.is_waiting,
        "Minutes": None if minutes is None else round(minutes, 3),
    }


def test_the_client_judges_and_counts_incidents_as_the_dashboard_does() -> None:
    """However they ended, and also where one ended before it began, as by two clocks."""
    script = Script()
    rows = [[NOW.isoformat(), json.dumps(members)] for members in SNAPSHOTS.values()]
    columns = [{"name": "timestamp"}, {"name": "customDimensions"}]
    script.agent().on("POST", "/query$", reply(200, {"tables": [{"columns": columns, "rows": rows}]}))
    with script.azure() as azure:
        listed = [*azure.agent(AGENT, app_insights_id=COMPONENT).incidents.list()]
    judged = {id_: on_the_dashboard(members) for id_, members in SNAPSHOTS.items()}

    assert {incident.id: by_the_client(incident) for incident in listed} == judged
    assert IncidentCounts.of(listed) == IncidentCounts(
        reviewed=len(judged),
        mitigated=sum(each["ByAgent"] for each in judged.values()),
        assisted=sum(each["Assisted"] for each in judged.values()),
        mitigated_by_people=sum(each["ByPeople"] for each in judged.values()),
        waiting=sum(each["Pending"] for each in judged.values()),
    )
