"""https beside http on one port: a certificate authority of the data folder, and who speaks what.

The authority vouches for this machine's own names only, so that a browser or a tool that trusts it trusts
nobody else.
"""

import asyncio
import contextlib
import ipaddress
import os
import socket
import ssl
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from sre_agent_local.azure.state.azure_state import HOSTS

AUTHORITY_DAYS, CERTIFICATE_DAYS = 3650, 365
HELLO_SECONDS = 75.0
"""How long a connection may be silent at first, as one that is kept for reuse."""
_HANDSHAKE = b"\x16"
"""First byte of a TLS connection, and of no HTTP request."""

Key = ec.EllipticCurvePrivateKey


def authority_file(data: Path) -> Path:
    """Return where the certificate lies that a client has to trust."""
    return data / "tls" / "ca.pem"


def server_context(data: Path) -> ssl.SSLContext:
    """Return what a server needs; makes the authority once, and a certificate at every start."""
    folder = data / "tls"
    folder.mkdir(mode=0o700, exist_ok=True)
    authority, authority_key = _authority(data)
    key = ec.generate_private_key(ec.SECP256R1())
    names: list[x509.GeneralName] = [_general_name(host) for host in HOSTS]
    certificate = (
        _builder("Local Azure", authority.subject, key, CERTIFICATE_DAYS)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(authority_key.public_key()), critical=False
        )
        .sign(authority_key, hashes.SHA256())
    )
    file = folder / "server.pem"
    _write(file, _pem(key) + certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    return context


class Listener:
    """Takes connections of either kind, in the manner of an asyncio server."""

    def __init__(
        self, listener: socket.socket, protocol: Callable[[], asyncio.Protocol], context: ssl.SSLContext
    ) -> None:
        listener.setblocking(False)
        listener.listen(2048)
        self._listener, self._protocol, self._context = listener, protocol, context
        self._loop = asyncio.get_running_loop()
        self._greetings: set[asyncio.Task[None]] = set()
        self._accepting = asyncio.create_task(self._accept())

    def close(self) -> None:
        for task in (self._accepting, *self._greetings):
            task.cancel()

    async def wait_closed(self) -> None:
        await asyncio.gather(self._accepting, *self._greetings, return_exceptions=True)

    async def _accept(self) -> None:
        while True:
            try:
                connection, _ = await self._loop.sock_accept(self._listener)
            except OSError:  # such as too many open files
                await asyncio.sleep(0.1)
                continue
            greeting = asyncio.create_task(self._greet(connection))
            self._greetings.add(greeting)
            greeting.add_done_callback(self._greetings.discard)

    async def _greet(self, connection: socket.socket) -> None:
        """Find out what a client speaks, without taking a byte of it, and serve that."""
        try:
            async with asyncio.timeout(HELLO_SECONDS):
                await self._readable(connection)
            is_tls = connection.recv(1, socket.MSG_PEEK) == _HANDSHAKE
            context = self._context if is_tls else None
            await self._loop.connect_accepted_socket(self._protocol, connection, ssl=context)
        except (
            OSError
        ):  # TimeoutError and ssl.SSLError, too: it said nothing, went away, or does not trust us
            connection.close()
        except BaseException:
            connection.close()
            raise

    async def _readable(self, connection: socket.socket) -> None:
        ready = asyncio.Event()
        self._loop.add_reader(connection, ready.set)
        try:
            await ready.wait()
        finally:
            self._loop.remove_reader(connection)


def _authority(data: Path) -> tuple[x509.Certificate, Key]:
    """Return the data folder's authority, which is made where there is none that still holds."""
    file, key_file = authority_file(data), authority_file(data).with_name("ca-key.pem")
    with contextlib.suppress(OSError, ValueError):
        certificate = x509.load_pem_x509_certificate(file.read_bytes())
        key = serialization.load_pem_private_key(key_file.read_bytes(), None)
        lasts = certificate.not_valid_after_utc > datetime.now(UTC) + timedelta(days=CERTIFICATE_DAYS)
        if isinstance(key, Key) and key.public_key() == certificate.public_key() and lasts:
            return certificate, key
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Local Azure: certificate authority")])
    permitted: list[x509.GeneralName] = [
        x509.DNSName("localhost"),
        x509.IPAddress(ipaddress.ip_network("127.0.0.1/32")),
    ]
    usage = {name: name in {"key_cert_sign", "crl_sign"} for name in _USAGES}
    certificate = (
        _builder("Local Azure: certificate authority", name, key, AUTHORITY_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(**usage), critical=True)
        .add_extension(x509.NameConstraints(permitted, None), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    _write(key_file, _pem(key))
    _write(file, certificate.public_bytes(serialization.Encoding.PEM))
    return certificate, key


_USAGES = (
    "digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
    "key_cert_sign", "crl_sign", "encipher_only", "decipher_only",
)  # fmt: skip


def _builder(name: str, issuer: x509.Name, key: Key, days: int) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]))
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=days))
    )


def _general_name(host: str) -> x509.GeneralName:
    try:
        return x509.IPAddress(ipaddress.ip_address(host))
    except ValueError:
        return x509.DNSName(host)


def _pem(key: Key) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def _write(file: Path, content: bytes) -> None:
    """Write a file that only its owner may read."""
    file.unlink(missing_ok=True)
    with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as opened:
        opened.write(content)
