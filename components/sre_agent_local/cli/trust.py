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


def variables(azure: RunningAzure) -> dict[str, str]:
    """Return the variables, and write the file that they name; none without https."""
    if azure.certificate_authority is None:
        return {}
    bundle = azure.certificate_authority.with_name("bundle.pem")
    bundle.write_bytes(_trusted_authorities(bundle) + b"\n" + azure.certificate_authority.read_bytes())
    return {
        "LOCAL_AZURE_HTTPS": azure.https_url,
        **dict.fromkeys(_BUNDLES, str(bundle)),
        "NODE_EXTRA_CA_CERTS": str(azure.certificate_authority),
    }


def _trusted_authorities(own: Path) -> bytes:
    """Return what is trusted without us: what a variable names, or else the authorities of the web."""
    for name in _BUNDLES:
        path = Path(os.environ.get(name) or own)
        if path != own and path.is_file():
            return path.read_bytes()
    import certifi  # noqa: PLC0415 - --help stays quick

    return Path(certifi.where()).read_bytes()
