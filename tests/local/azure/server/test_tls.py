"""https beside http, by a certificate authority of the data folder."""

import socket
import ssl
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from websockets.sync.client import connect

from support.azure import DATA_AUDIENCE, GROUPS, SUBSCRIPTION, LocalAzure, running

GROUPS_PATH = f"/subscriptions/{SUBSCRIPTION}/resourceGroups?api-version={GROUPS}"


@pytest.fixture(scope="module")
def secure(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalAzure]:
    with running(tmp_path_factory.mktemp("tls"), tls=True) as azure:
        yield azure


def trusting(azure: LocalAzure) -> ssl.SSLContext:
    return ssl.create_default_context(cafile=azure.data_folder / "tls" / "ca.pem")


@pytest.fixture
def https(secure: LocalAzure) -> Iterator[httpx.Client]:
    url = secure.url.replace("http", "https", 1)
    headers = {"Authorization": f"Bearer {secure.token()}", "Accept": "application/json"}
    with httpx.Client(base_url=url, verify=trusting(secure), headers=headers) as client:
        yield client


def test_one_port_speaks_both(secure: LocalAzure, https: httpx.Client) -> None:
    """Also by its other name, and again and again."""
    port = https.base_url.port
    for _ in range(3):
        assert https.get(GROUPS_PATH).json()["value"] == secure.arm("GET", GROUPS_PATH).json()["value"]
    assert https.get(f"https://localhost:{port}{GROUPS_PATH}").status_code == 200


def test_links_have_the_scheme_of_the_request(secure: LocalAzure, https: httpx.Client) -> None:
    agent = secure.agent()
    here = str(https.base_url)
    shown = https.get(f"{agent}?api-version=2025-05-01-preview").json()
    cloud = https.get("/metadata/endpoints?api-version=2022-09-01").json()
    plain = secure.endpoint(agent)
    secure.group("rg-links")
    group = https.delete(f"{GROUPS_PATH.replace('?', '/rg-links?')}")

    assert shown["properties"]["agentEndpoint"].startswith(f"{here}/agents/")
    assert plain.startswith(f"{secure.url}/agents/")
    assert cloud["resourceManager"] == cloud["authentication"]["loginEndpoint"] == here
    assert group.headers["location"].startswith(f"{here}/subscriptions/")


def test_its_own_address_is_an_audience(secure: LocalAzure, https: httpx.Client) -> None:
    token = secure.token(str(https.base_url))

    assert https.get(GROUPS_PATH, headers={"Authorization": f"Bearer {token}"}).status_code == 200


def test_the_hub_speaks_it_too(secure: LocalAzure, https: httpx.Client) -> None:
    agent = secure.agent("sre-hub")
    token = secure.data("POST", agent, "/agentHub/negotiate?negotiateVersion=1").json()["connectionToken"]
    endpoint = secure.endpoint(agent).replace("http", "wss", 1)
    headers = {"Authorization": f"Bearer {secure.token(DATA_AUDIENCE)}"}
    with connect(f"{endpoint}/agentHub?id={token}", ssl=trusting(secure), additional_headers=headers) as hub:
        hub.send('{"protocol": "json", "version": 1}\x1e')

        assert hub.recv(10) == "{}\x1e"


def test_azure_identity_logs_in(secure: LocalAzure, https: httpx.Client) -> None:
    """With the variables that `sre-agent local env` sets."""
    program = (
        "from azure.identity import ManagedIdentityCredential as C; "
        "print(C().get_token('https://azuresre.dev/.default').token.count('.'))"
    )
    environ = {
        **secure.environ,
        "IDENTITY_ENDPOINT": f"{https.base_url}/msi/token",
        "REQUESTS_CA_BUNDLE": str(secure.data_folder / "tls" / "ca.pem"),
    }
    done = subprocess.run(
        [sys.executable, "-c", program], env=environ, capture_output=True, text=True, check=False
    )

    assert done.stdout == "2\n", done.stderr


def test_who_does_not_trust_it_sends_nothing(secure: LocalAzure, https: httpx.Client) -> None:
    """And the server goes on, as it does after silence, half a greeting and a connection that was reset."""
    with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
        httpx.get(f"{https.base_url}/_local/health", verify=ssl.create_default_context())
    silent, half = (socket.create_connection(("127.0.0.1", https.base_url.port or 0)) for _ in range(2))
    half.sendall(b"\x16\x03\x01")
    half.close()
    with silent:
        assert https.get(GROUPS_PATH).status_code == 200


def test_the_authority_is_as_old_as_the_data_folder(tmp_path: Path) -> None:
    """Its key is its owner's only, and it vouches for nothing but this machine."""
    with running(tmp_path, tls=True) as azure:
        before = (tmp_path / "tls" / "ca.pem").read_bytes()
        modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tls").iterdir()}
        azure.process.terminate()
        started = time.monotonic()
        assert azure.process.wait(10) == 0
        assert time.monotonic() - started < 5
        assert azure.process.stderr.read() == ""
    with running(tmp_path, tls=True) as again:
        assert (tmp_path / "tls" / "ca.pem").read_bytes() == before
        again.reset()
        assert (tmp_path / "tls" / "ca.pem").read_bytes() == before

    constraints = x509.load_pem_x509_certificate(before).extensions.get_extension_for_class(
        x509.NameConstraints
    )
    assert modes == {0o600}
    assert constraints.critical
    assert [str(name.value) for name in constraints.value.permitted_subtrees or ()] == [
        "localhost",
        "127.0.0.1/32",
    ]
