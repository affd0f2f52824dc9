"""`sre-agent drift`: what somebody has changed in Azure since the last deployment."""

import os
from contextlib import ExitStack
from typing import TYPE_CHECKING, Annotated, Any

import typer
from typer.core import TyperCommand
from typer.exceptions import TyperException

from pulumi_sre_agent.api.errors import ConfigError, SreAgentError
from pulumi_sre_agent.cli import asking, completion, documents, options, posting, stand_ins, terminal
from pulumi_sre_agent.cli import project as projects
from pulumi_sre_agent.cli.group import FAILED, examples
from pulumi_sre_agent.cli.report import Format, FormatOption

if TYPE_CHECKING:
    from pulumi_sre_agent.review.drift import Drift, LastChange

DRIFTED = 2
"""Exit code where anything differs, as of `terraform plan -detailed-exitcode`."""
EPILOG = "\n\n".join(
    [
        examples(
            "sre-agent drift -s prod",
            "sre-agent drift -s prod --post github --format html --output drift.html",
            "sre-agent drift -s prod --revert",
        ),
        "**Exit codes:** 0 no drift · 1 not read, not put back, or wrong usage · 2 drift · 130 interrupted",
    ]
)


class Command(TyperCommand):
    """Ends with 1 where it is used wrongly: 2 would say that there is drift."""

    def make_context(self, *args: Any, **options: Any) -> Any:
        """Read the command line."""
        try:
            return super().make_context(*args, **options)
        except TyperException as error:
            vars(error)["exit_code"] = FAILED
            raise


def drift(
    stack: Annotated[
        str | None,
        completion.stack_option("The stack. Default: PULUMI_STACK."),
    ] = None,
    project_folder: options.ProjectFolder = None,
    form: FormatOption = Format.TEXT,
    output: documents.Output = None,
    post: Annotated[
        posting.HostName | None,
        typer.Option(
            "--post",
            help="Also keep it in one issue (Azure DevOps: a task), closed where there is no drift.",
            show_default=False,
        ),
    ] = None,
    revert: Annotated[
        bool, typer.Option("--revert", help="Put back what differs, as the program has it; asks first.")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="Do not ask before --revert.")] = False,
) -> None:
    """Say what somebody has changed in Azure since the last deployment, and who, as far as Azure says.

    Reads every resource of a stack anew, property by property, and changes nothing, neither in Azure nor in
    the state. `--revert` then deploys the resources that differ, and no others.
    """
    from pulumi_sre_agent.cli.run_preview import run_refresh  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.review import drift as drifts  # noqa: PLC0415 - as above

    try:
        with ExitStack() as opened:
            host = opened.enter_context(posting.open_host(post)) if post else None
            project = projects.find(project_folder, _stack(stack))
            text = run_refresh(project)
            found = drifts.read(text, project=project.name, stack=project.stack)
            found = found.with_last_changes(_last_changes(project, found))
            documents.write(_rendered(found, form), output, "The report")
            if host:
                posting.post_issue(found, host, host.issues())
    except ConfigError as error:  # whose exit code would say that there is drift
        raise SreAgentError(str(error)) from error
    if found.outcome == "unreadable":
        raise SreAgentError(f"Stack {project.stack!r} could not be read: the result begins with why.")
    if found.outcome == "clean":
        return
    if not revert:
        raise typer.Exit(DRIFTED)
    _revert(project, found, is_agreed=yes)


def _stack(name: str | None) -> str:
    if chosen := name or os.environ.get("PULUMI_STACK"):
        return chosen
    raise ConfigError("Say which stack: with --stack, or in PULUMI_STACK.")


def _rendered(found: "Drift", form: Format) -> str:
    from pulumi_sre_agent.review.formats import drift as formats  # noqa: PLC0415 - --help stays quick

    forms = {
        Format.TEXT: formats.as_text,
        Format.MARKDOWN: formats.as_markdown,
        Format.HTML: formats.as_html,
        Format.JSON: formats.as_json,
    }
    return forms[form](found)


def _last_changes(project: projects.Project, found: "Drift") -> "dict[str, LastChange]":
    """Ask Azure who changed the agents: unlike azure-native's, our resources have no `systemData`."""
    agents = [change.urn for change in found.changes if change.kind == "Agent" and change.has_both_sides]
    if not agents:
        return {}
    from pulumi_sre_agent.api.arm_id import ArmId  # noqa: PLC0415 - --help stays quick
    from pulumi_sre_agent.api.client import Client  # noqa: PLC0415 - as above
    from pulumi_sre_agent.api.settings import Settings  # noqa: PLC0415 - as above
    from pulumi_sre_agent.api.versions import AGENT_PREVIEW  # noqa: PLC0415 - as above
    from pulumi_sre_agent.review.drift import last_change  # noqa: PLC0415 - as above

    told = {}
    try:
        settings = Settings.load(project.setting, os.environ)
        with stand_ins.environment_of(project), Client(settings) as client:
            for urn in agents:
                agent = client.control.get(ArmId(found.ids[urn]).text, AGENT_PREVIEW)
                told[urn] = last_change(agent.get("systemData"))
    except SreAgentError as error:
        terminal.note(f"Who changed the agent is not known: {error}")
    return {urn: each for urn, each in told.items() if each}


def _revert(project: projects.Project, found: "Drift", *, is_agreed: bool) -> None:
    from pulumi_sre_agent.cli.run_preview import run_revert  # noqa: PLC0415 - --help stays quick

    count = len(found.changes)
    what = f"{count} resource{'' if count == 1 else 's'} of stack {project.stack!r}"
    if not is_agreed and not asking.is_somebody_there():
        raise SreAgentError(f"Nothing was put back, since nobody can be asked here: add --yes for {what}.")
    asking.confirm(f"Put {what} back as the program has them?", yes=is_agreed)
    run_revert(project, [change.urn for change in found.changes])
    terminal.note(f"Put back {what}.")
