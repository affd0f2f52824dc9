"""Who may make networks: said before azure-native's refusal, which names an action and no role."""

import asyncio

from pulumi import Input, Output, Resource, RunError, log, runtime

from pulumi_sre_agent.lookups import is_allowed

WRITE = "Microsoft.Network/virtualNetworks/write"


def warn_of_missing_role(resource_group_name: Input[str], network: Resource) -> None:
    """Warn, once the resource group is there, where the login may not make a network in it.

    Previews warn of nothing: pipelines run them as somebody who may only read.
    """
    if runtime.is_dry_run():
        return

    def warn(group: str, refused: bool) -> None:
        if refused:
            log.warn(
                f"This login may not make networks in resource group {group}: ask for the role Network "
                "Contributor there, or give an existing subnet.",
                network,
            )

    group = Output.from_input(resource_group_name)
    refused: Output[bool] = group.apply(lambda name: asyncio.to_thread(_is_refused, name))
    Output.all(group, refused).apply(lambda both: warn(*both))


def _is_refused(group: str) -> bool:
    try:
        return not is_allowed(WRITE, group)
    except RunError:
        return False  # it lies in the subscription of another provider, or Azure does not tell
