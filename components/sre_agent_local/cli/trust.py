"""What makes other tools trust the certificate authority of a local Azure that speaks https."""

import os
from pathlib import Path
from typing import Annotated

import typer

from sre_agent_local.cli.running_azure import RunningAzure

Tls = Annotated[
    bool,
    typer.Option(
        "--tls", help="Speak https, too, on the same port; `env` makes tools trust its certificate."
    ),
]

_BUNDLES = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
"""Variables that name a file of all authorities to trust: of OpenSSL, Go and httpx, of requests, of curl."""
_OURS = b"\n# The authority of the local Azure\n"
"""Begins what is added to a bundle."""


def variables(azure: RunningAzure) -> dict[str, str]:
    """Return the variables, and write the file that they name; none without https."""
    if azure.certificate_authority is None:
        return {}
    bundle = azure.certificate_authority.with_name("bundle.pem")
    bundle.write_bytes(_trusted_authorities(bundle) + _OURS + azure.certificate_authority.read_bytes())
    return {
        "LOCAL_AZURE_HTTPS": azure.https_url,
        **dict.fromkeys(_BUNDLES, str(bundle)),
        "NODE_EXTRA_CA_CERTS": str(azure.certificate_authority),
    }


def _trusted_authorities(own: Path) -> bytes:
    """Return what is trusted without us: what a variable names, or else the authorities of the web.

    In a shell that took our variables already they name our own bundle: then it is what that one added to.
    """
    named = [Path(value) for name in _BUNDLES if (value := os.environ.get(name))]
    files = [path for path in named if path.is_file()]
    for path in files:
        if path != own:
            return path.read_bytes()
    if files:
        return own.read_bytes().partition(_OURS)[0]
    import certifi  # noqa: PLC0415 - --help stays quick

    return Path(certifi.where()).read_bytes()
