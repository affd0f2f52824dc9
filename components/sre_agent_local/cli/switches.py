"""`sre-agent local switches`: see, and choose, what the local Azure takes for true."""

import json as json_module
import textwrap
from typing import Annotated, Any

import typer

from pulumi_sre_agent.api.errors import ConfigError
from pulumi_sre_agent.cli import terminal
from pulumi_sre_agent.cli.group import examples
from pulumi_sre_agent.cli.options import Json, ProjectFolder, Stack
from sre_agent_local.cli.azure import running
from sre_agent_local.cli.running_azure import RunningAzure

EPILOG = examples(
    "sre-agent local switches",
    "sre-agent local switches restrictedTenant=true platformSeconds=30",
    "sre-agent local switches 'deniedActions=Microsoft.Network/*/write,Microsoft.Authorization/*'",
    "sre-agent local switches agentRegions",
    "sre-agent local switches --reset restrictedTenant",
    "sre-agent local switches --reset",
)
WIDTH = 80
LONGEST_LIST = 40
"""Characters of a list that stand in the list of all switches."""
_TRUTH = {"true": True, "on": True, "yes": True, "false": False, "off": False, "no": False}


def switches(
    names: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[NAME[=VALUE]]...",
            help="Show these, or set them. Values of a list are separated by commas.",
            show_default=False,
        ),
    ] = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Set these, or all, to what they are by default.")
    ] = False,
    project: ProjectFolder = None,
    stack: Stack = "local",
    json: Json = False,
) -> None:
    """List the switches of the local Azure, set them, or reset them.

    Where public facts about Azure are missing or disagree, one of them is assumed; a switch shows the other
    case, so that a program can be tested against both. Each is listed with what it stands for and where that
    is written down. What is set stays over restarts, until it is reset.
    """
    azure = running(project, stack)
    known = {each["name"].lower(): each for each in azure.admin("GET", "switches/about")}
    wanted = {name.partition("=")[0].strip(): name for name in names or ()}
    unknown = [name for name in wanted if name.lower() not in known]
    if unknown:
        raise ConfigError(f"There is no switch {unknown[0]!r}: `sre-agent local switches` lists them.")
    chosen = [known[name.lower()]["name"] for name in wanted]
    if reset:
        _reset(azure, [*wanted.values()], chosen)
    else:
        changes = {
            switch: _value(known[name.lower()], text.partition("=")[2])
            for (name, text), switch in zip(wanted.items(), chosen, strict=True)
            if "=" in text
        }
        if changes:
            azure.admin("PATCH", "switches", changes)
    shown = [each for each in azure.admin("GET", "switches/about") if not chosen or each["name"] in chosen]
    if json:
        terminal.result_json(shown)
    else:
        terminal.result("\n\n".join(_paragraph(each, in_full=bool(chosen)) for each in shown))


def _reset(azure: RunningAzure, wanted: list[str], chosen: list[str]) -> None:
    if any("=" in text for text in wanted):
        raise ConfigError("With --reset, name switches without a value.")
    for route in [f"switches/{name}" for name in chosen] or ["switches"]:
        azure.admin("DELETE", route)


def _value(switch: dict[str, Any], text: str) -> Any:
    """Read a value as the switch's present value is: a list, a boolean, a number or a text."""
    present = switch["value"]
    if isinstance(present, list):
        return [part.strip() for part in text.split(",") if part.strip()]
    if isinstance(present, bool):
        if text.lower() not in _TRUTH:
            raise ConfigError(f"The switch {switch['name']} is true or false, not {text!r}.")
        return _TRUTH[text.lower()]
    if isinstance(present, int | float):
        try:
            return int(text) if isinstance(present, int) else float(text)
        except ValueError:
            raise ConfigError(f"The switch {switch['name']} is a number, not {text!r}.") from None
    return text


def _paragraph(switch: dict[str, Any], *, in_full: bool) -> str:
    """Lay out one switch: its value, what it stands for, and its source."""
    by_default = "" if switch["value"] == switch["default"] else "  (changed)"
    value = _short(switch["value"]) if not in_full else json_module.dumps(switch["value"])
    lines = [f"{switch['name']} = {value}{by_default}"]
    for text in (switch["meaning"], switch["source"]):
        lines += textwrap.wrap(
            text, WIDTH, initial_indent="  ", subsequent_indent="  ", break_long_words=False
        )
    if in_full and by_default:
        lines.append(f"  By default: {json_module.dumps(switch['default'])}")
    return "\n".join(lines)


def _short(value: Any) -> str:
    text = json_module.dumps(value)
    return f"{len(value)} values" if isinstance(value, list) and len(text) > LONGEST_LIST else text
