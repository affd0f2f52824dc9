"""`sre-agent models`: which models an agent can have."""

from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import epilog
from pulumi_sre_agent.cli.options import Json
from pulumi_sre_agent.cli.target import Target, with_target
from pulumi_sre_agent.cli.terminal import Cell, Column

EPILOG = epilog("sre-agent models", "sre-agent models --agent payments-oncall --json")
COLUMNS = (Column("PROVIDER"), Column("MODEL", 12), Column("UNITS"), Column(""))


@with_target
def models(target: Target, *, json: Json = False) -> None:
    """List the models that the agent can have as its default in its region, and which one it has.

    UNITS is Azure's multiplier, where it tells one; how units come of it is not published.
    """
    with target.open() as agent:
        offered = [*agent.models()]
        current = agent.get().properties.get("defaultModel") or {}
    if json:
        terminal.result_json([model.properties.model_dump(by_alias=True, mode="json") for model in offered])
        return
    if not offered:
        terminal.note("Azure offers no models in its region.")
        return
    rows = []
    for model in (each.properties for each in offered):
        is_current = (model.provider, model.model) == (current.get("provider"), current.get("name"))
        mark = Cell("chosen", "green") if is_current else "default" if model.default else ""
        rows.append([model.provider or "", model.model or "", model.multiplier or "", mark])
    terminal.result_list(COLUMNS, rows)
