"""What an agent's sandbox may reach.

See docs/reference/control-plane.md#properties-of-an-agent, docs/reference/control-plane.md#sandbox,
docs/reference/control-plane.md#network.
"""

from collections.abc import Iterator
from ipaddress import ip_network
from typing import Annotated, Literal, NotRequired
from urllib.parse import urlsplit

from pulumi import Input
from typing_extensions import TypedDict

from pulumi_sre_agent.schema.annotations import ClientOnly, IgnoreCase, Rule, Unordered
from pulumi_sre_agent.schema.choices import EgressMode
from pulumi_sre_agent.schema.normalization import is_unknown
from pulumi_sre_agent.schema.rules import ARM_ID, at_most, matches
from pulumi_sre_agent.schema.validation import Inputs, ValidationError, error_at, get_path

LABEL = r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
HOST = matches(
    rf"(?=.{{1,253}}$)(\*\.(?=[^.]+\.))?{LABEL}(\.{LABEL})*",
    "must be a host name such as api.example.com or *.example.com",
)
REFUSED_PORTS = {0, 80, 443}


def _check_proxy_url(url: str) -> str | None:
    """Judge a proxy's address; an empty one says that there is no proxy for that scheme."""
    parts = urlsplit(url)
    try:
        sound = parts.port not in REFUSED_PORTS and bool(parts.hostname)
    except ValueError:  # a port that is no number
        sound = False
    bare = url == f"http://{parts.netloc}" and "@" not in url
    if not url or (sound and bare):
        return None
    return "must be http://host:port without login, path or query, the port being none of 0, 80 and 443"


def _check_no_proxy(entry: str) -> str | None:
    """Hosts, `.suffix`, `*.suffix`, addresses with or without a port, and CIDR ranges without."""
    host = entry.rpartition(":")[0] if entry.count(":") == 1 else entry
    try:
        ip_network(entry if "/" in entry else host, strict=False)
    except ValueError:
        error = HOST.check(host.removeprefix("*").removeprefix("."))
        return "must be a host, .suffix, *.suffix, address or CIDR range" if error else None
    return None


class HttpProxyArgs(TypedDict):
    """Proxy for what the sandbox calls; used in mode `AzureVNet` if the service has proxies on."""

    http_url: NotRequired[Annotated[Input[str], Rule(_check_proxy_url)]]
    """Proxy for http, as `http://host:port`."""
    https_url: NotRequired[Annotated[Input[str], Rule(_check_proxy_url)]]
    """Proxy for https, as `http://host:port`."""
    no_proxy: NotRequired[Annotated[Input[list[Annotated[Input[str], Rule(_check_no_proxy)]]], Unordered()]]
    """What is reached without it."""


class EgressVnetConfigurationArgs(TypedDict):
    """How the sandbox uses the subnet."""

    use_private_dns_resolution: NotRequired[Input[bool]]
    """Whether names are looked up in the network's private DNS zones."""


class EgressRulesArgs(TypedDict):
    """Where the sandbox may connect to, in its mode."""

    allow_http_mcp_server_network_access: NotRequired[Input[bool]]
    """Whether MCP servers over HTTP may be reached."""
    allowed_hosts: NotRequired[Annotated[Input[list[Annotated[Input[str], HOST]]], Unordered(), at_most(100)]]
    """Host names, or `*.` and at least two labels; at most 100.

    Such a list replaces the one that Azure makes, so what it lacks of Azure's own hosts is added, and shows
    in the preview. An empty one stays empty in mode `AzureVNet`, where it lets nothing past the subnet.
    """
    exact_allowed_hosts: NotRequired[Annotated[Input[bool], ClientOnly()]]
    """Whether to add nothing to `allowed_hosts`, and refuse a list that would cut the agent off from Azure.

    Default: false.
    """
    allowed_registries: NotRequired[
        Annotated[Input[list[Input[Literal["pypi", "npmjs", "nuget-org", "ubuntu"]]]], Unordered()]
    ]
    """Package registries."""
    allowed_code_repositories: NotRequired[
        Annotated[
            Input[list[Input[Literal["Github", "GithubEnterprise", "AzureDevOps", "GitLab"]]]], Unordered()
        ]
    ]
    """Hosts of source code."""
    http_proxy: NotRequired[Input[HttpProxyArgs]]
    """Proxy between the subnet and the world."""
    vnet_configuration: NotRequired[Input[EgressVnetConfigurationArgs]]
    """How the subnet is used."""


class EgressArgs(EgressRulesArgs):
    """Where the sandbox may connect to."""

    mode: NotRequired[Input[EgressMode]]
    """`AzureVNet` exactly where a subnet is set; `Limited` allows only what the lists here name."""


class PackageArgs(TypedDict):
    """A package installed in the sandbox."""

    name: Annotated[
        Input[str],
        matches(
            r"(?=.{1,214}$)@?[A-Za-z0-9][A-Za-z0-9._-]*(/[A-Za-z0-9][A-Za-z0-9._-]*)?",
            "must be the name of a package, of at most 214 characters",
        ),
    ]
    """Its name."""
    version: NotRequired[
        Annotated[
            Input[str],
            matches(
                r"[A-Za-z0-9._+\-~^<>=,*\[\]()]{1,64}",
                "must be a version or range without blanks, of at most 64 characters",
            ),
        ]
    ]
    """Version or range; the newest without."""
    package_manager: Input[Literal["pip", "npm", "nuget"]]
    """Who installs it."""


class SandboxConfigurationArgs(TypedDict):
    """Where the agent's code runs."""

    egress: NotRequired[Input[EgressArgs]]
    """Where it may connect to."""
    packages: NotRequired[Annotated[Input[list[Input[PackageArgs]]], Unordered(), at_most(200)]]
    """What is installed in it; at most 200."""


class VnetConfigurationArgs(TypedDict):
    """The agent's place in a virtual network."""

    subnet_resource_id: NotRequired[Annotated[Input[str], IgnoreCase(), ARM_ID]]
    """Subnet of its region, delegated to `Microsoft.App/environments`, for it alone, /27 or larger."""


def check_network(inputs: Inputs) -> Iterator[ValidationError]:
    """Demand egress mode AzureVNet with a subnet, and the other way round, and an address of a proxy."""
    subnet = get_path(inputs, "vnet_configuration", "subnet_resource_id")
    mode = get_path(inputs, "sandbox_configuration", "egress", "mode")
    if not (is_unknown(subnet) or is_unknown(mode)):
        if subnet and mode != "AzureVNet":
            yield error_at(
                ("sandbox_configuration", "egress", "mode"),
                "must be AzureVNet where vnet_configuration.subnet_resource_id is set",
            )
        if mode == "AzureVNet" and not subnet:
            yield error_at(
                ("vnet_configuration", "subnet_resource_id"),
                "is missing, which sandbox_configuration.egress.mode AzureVNet needs",
            )
    proxy = get_path(inputs, "sandbox_configuration", "egress", "http_proxy")
    if isinstance(proxy, dict) and not (proxy.get("http_url") or proxy.get("https_url")):
        yield error_at(("sandbox_configuration", "egress", "http_proxy"), "needs http_url or https_url")
