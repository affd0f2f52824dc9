"""A connector: how an agent reaches data, telemetry, or the tools of an MCP server."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, NotRequired

from pulumi import Input, ResourceOptions, log
from typing_extensions import Unpack

from pulumi_sre_agent.api.kinds import CONNECTOR
from pulumi_sre_agent.api.secrets import is_header_name
from pulumi_sre_agent.schema.annotations import ClientOnly, IgnoreCase, NoDiff, NotReturned, SensitiveMembers
from pulumi_sre_agent.schema.normalization import is_blank, is_unknown
from pulumi_sre_agent.schema.rules import PRESENT
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, did_you_mean, error_at, get_path

from ._core.item_args import ItemArgs, item_model
from ._core.mcp_rules import check_mcp
from ._core.provider import ItemProvider, Resource

# fmt: off
KNOWN_TYPES = (
    "AppInsights", "AzureDevOpsMcp", "AzureDevOpsOAuth", "AzureMcpKusto", "AzureMonitor",
    "AzureResourceGraph", "DatadogMcp", "DynatraceMcp", "ElasticsearchMcp", "GitHub", "GitHubOAuth",
    "HawkeyeMcp", "Kusto", "KustoClient", "KustoDataIndexer", "KustoUser", "LogAnalytics", "Mcp",
    "MonitorClient", "NewRelicMcp", "Outlook", "PagerDuty", "ServiceNow", "SplunkMcp", "Teams",
)
# fmt: on
"""Types seen in public sources; the service itself takes any text.

See docs/reference/control-plane.md#connectors, docs/reference/directory-format.md#connectors-file.
"""

BY_ARM_ID = frozenset({"AppInsights", "AzureMonitor", "LogAnalytics"})
"""Types whose `data_source` is an ARM id."""

FEDERATED = ("FederatedClientId", "FederatedTenantId")
"""Extended properties of a login to Azure DevOps in another tenant."""

REFUSED_TYPES = {
    "McpServer": "which Azure accepts but then loses the endpoint of: say Mcp",
    "KnowledgeFile": "which is a knowledge item: declare a KnowledgeItem",
    "KnowledgeText": "which is a knowledge item: declare a KnowledgeItem",
    "KnowledgeWebPage": "which is a knowledge item: declare a KnowledgeItem",
}
"""Types that do not do what they promise (docs/reference/control-plane.md#connectors)."""


class ConnectorArgs(ItemArgs):
    """Arguments of `Connector` (docs/reference/control-plane.md#connectors)."""

    data_connector_type: Annotated[Input[str], PRESENT]
    """What it connects to: `Kusto`, `AppInsights`, `LogAnalytics`, `AzureMonitor`, `Mcp` and others.

    `sre.resources.connectors` has a function for each documented type that says what it needs.
    """
    allow_unknown_type: NotRequired[Annotated[Input[bool], ClientOnly(), NoDiff()]]
    """Whether types and kinds of login that this release does not know may pass, with a warning.

    Default: false.
    """
    test_connection: NotRequired[Annotated[Input[bool], ClientOnly()]]
    """Whether to have the service try the connection after each write, and fail with its reason.

    Default: false. A run that failed so tries again. Asks the data plane, also where ARM wrote the connector.
    """
    data_source: NotRequired[Annotated[Input[str], NotReturned()]]
    """Where the data is: an https address for Kusto, an ARM id for AppInsights and LogAnalytics."""
    identity: NotRequired[Annotated[Input[str], IgnoreCase()]]
    """Who connects: `system`, the ARM id of a user-assigned identity, or empty for nobody."""
    extended_properties: NotRequired[Annotated[Input[Mapping[str, Any]], SensitiveMembers(is_header_name)]]
    """What else the type wants, in Azure's camelCase, sent as it is.

    Tokens, keys, passwords, connection strings, headers and environment variables in it become Pulumi secrets
    even when given plain; Azure does not show them, so a change that somebody else makes to them goes unseen.
    Those of an MCP server are `connectors.McpArgs`; headers may stand beside them, any name with a hyphen.
    """


def check_connector_type(inputs: Inputs) -> Iterator[ValidationError]:
    type_ = get_path(inputs, "data_connector_type")
    path = ("data_connector_type",)
    if not isinstance(type_, str):
        return
    if reason := REFUSED_TYPES.get(type_):
        yield error_at(path, f"is {type_}, {reason}")
    elif type_ not in KNOWN_TYPES and get_path(inputs, "allow_unknown_type") is not True:
        known = ", ".join(KNOWN_TYPES)
        hint = did_you_mean(type_, KNOWN_TYPES)
        yield error_at(path, f"must be one of {known}{hint}; allow_unknown_type=True lets any other through")


def _check_data_source(inputs: Inputs) -> Iterator[ValidationError]:
    type_, source = get_path(inputs, "data_connector_type"), get_path(inputs, "data_source")
    if is_unknown(type_) or is_unknown(source):
        return
    text = str(source or "")
    if type_ == "Kusto" and not text.startswith("https://"):
        yield error_at(
            ("data_source",), "must be the https address of the cluster, which a Kusto connector needs"
        )
    if type_ in BY_ARM_ID and not text.lower().startswith("/subscriptions/"):
        yield error_at(
            ("data_source",), f"must be the ARM id of the resource, which a connector of type {type_} needs"
        )


def _check_identity(inputs: Inputs) -> Iterator[ValidationError]:
    type_, identity = get_path(inputs, "data_connector_type"), get_path(inputs, "identity")
    if is_unknown(type_) or is_unknown(identity) or type_ not in {"Outlook", "Teams"}:
        return
    if not str(identity or "").startswith("/"):
        needs = f"which a connector of type {type_} needs"
        yield error_at(("identity",), f"must be the ARM id of a user-assigned identity, {needs}")


def _check_federation(inputs: Inputs) -> Iterator[ValidationError]:
    """Demand both halves of a federated login, or neither.

    See docs/reference/control-plane.md#connectors.
    """
    client, tenant = (get_path(inputs, "extended_properties", name) for name in FEDERATED)
    if is_unknown(client) or is_unknown(tenant) or is_blank(client) == is_blank(tenant):
        return
    missing, given = FEDERATED if is_blank(client) else reversed(FEDERATED)
    yield error_at(("extended_properties", missing), f"is missing, which {given} needs")


class ConnectorProvider(ItemProvider):
    """Pickled into state by this path."""

    model = item_model(
        CONNECTOR,
        ConnectorArgs,
        check_connector_type,
        _check_data_source,
        _check_identity,
        _check_federation,
        check_mcp,
    )


class Connector(Resource):
    """A connector of an agent; creating one waits until Azure has provisioned it, usually within minutes."""

    provider = ConnectorProvider

    def __init__(
        self, resource_name: str, opts: ResourceOptions | None = None, **args: Unpack[ConnectorArgs]
    ) -> None:
        super().__init__(resource_name, args, opts)
        type_ = args["data_connector_type"]
        if isinstance(type_, str) and type_ not in KNOWN_TYPES and args.get("allow_unknown_type") is True:
            log.warn(f"{type_} is no type of connector that this release knows: it is sent as it is", self)
