"""Pulumi's passphrase scheme: how secrets are kept in stack files and in state.

The key is PBKDF2-HMAC-SHA256(passphrase, 8 bytes of salt, 1,000,000 rounds, 32 bytes); a ciphertext is
`v1:<base64 nonce>:<base64 AES-256-GCM>`. A salt's text is `v1:<base64 salt>:` and the ciphertext of the word
"pulumi", which is how a wrong passphrase is noticed. Source: Pulumi's own files, both ways.
"""

import base64
import os
from collections.abc import Mapping
from functools import cache, cached_property
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.pbkdf2 import PBKDF2HMAC

from .errors import EngineError

ROUNDS = 1_000_000
PROBE = "pulumi"


class Crypter:
    """Encrypts and decrypts with one passphrase and salt (a new salt if none is given).

    The key takes some tenths of a second, in which other threads may run; it is derived, and checked, by the
    first use. What was encrypted or decrypted once keeps its ciphertext: a state whose secrets have not
    changed is written with the same bytes.
    """

    def __init__(self, passphrase: str, salt: str | None = None) -> None:
        self._passphrase = passphrase
        self._raw, self._probe = _split(salt) if salt else (os.urandom(8), "")
        self._ciphertexts: dict[str, str] = {}

    @property
    def salt(self) -> str:
        """The text that goes into a stack file's `encryptionsalt` and a state's `secrets_providers`."""
        self._probe = self._probe or self._encrypt(PROBE)
        return f"v1:{_base64(self._raw)}:{self._probe}"

    def check(self) -> None:
        """Raise an EngineError if the passphrase is not the one that the salt was made with."""
        assert self._cipher  # noqa: S101 - it checks itself

    def encrypt(self, plaintext: str) -> str:
        known = self._ciphertexts.get(plaintext)
        if known is None:
            known = self._ciphertexts[plaintext] = self._encrypt(plaintext)
        return known

    def decrypt(self, ciphertext: str) -> str:
        """Return the plaintext; EngineError if it was encrypted with another salt or passphrase."""
        plaintext = _decrypt(self._cipher, ciphertext)
        if plaintext is None:
            raise EngineError(
                "a secret cannot be decrypted: it was encrypted with another passphrase or salt"
            )
        self._ciphertexts.setdefault(plaintext, ciphertext)
        return plaintext

    def _encrypt(self, plaintext: str) -> str:
        nonce = os.urandom(12)
        sealed = self._cipher.encrypt(nonce, plaintext.encode(), None)
        return f"v1:{_base64(nonce)}:{_base64(sealed)}"

    @cached_property
    def _cipher(self) -> AESGCM:
        cipher = AESGCM(derive_key(self._passphrase, self._raw, ROUNDS))
        if self._probe and _decrypt(cipher, self._probe) != PROBE:
            raise EngineError(
                "incorrect passphrase: PULUMI_CONFIG_PASSPHRASE (or its _FILE) "
                "is not what this stack was encrypted with"
            )
        return cipher


@cache
def derive_key(passphrase: str, salt: bytes, rounds: int) -> bytes:
    """Derive the 32 bytes of a key, once for each passphrase and salt."""
    # Not hashlib's: with the OpenSSL that many a Python is built with, it takes twice as long.
    key = PBKDF2HMAC(SHA256(), length=32, salt=salt, iterations=rounds)
    return key.derive(passphrase.encode())


def passphrase(environ: Mapping[str, str]) -> str:
    """Find the passphrase: PULUMI_CONFIG_PASSPHRASE (which may be empty) or the file named by …_FILE."""
    if (passphrase := environ.get("PULUMI_CONFIG_PASSPHRASE")) is not None:
        return passphrase
    if file := environ.get("PULUMI_CONFIG_PASSPHRASE_FILE"):
        try:
            return Path(file).read_text(encoding="utf-8").strip()
        except (OSError, UnicodeDecodeError) as error:
            raise EngineError(f"unable to read PULUMI_CONFIG_PASSPHRASE_FILE: {error}") from error
    raise EngineError(
        "passphrase must be set with PULUMI_CONFIG_PASSPHRASE or PULUMI_CONFIG_PASSPHRASE_FILE "
        "environment variables"
    )


def _decrypt(cipher: AESGCM, ciphertext: str) -> str | None:
    """Return the plaintext, or None for what that cipher has not made."""
    try:
        version, nonce, sealed = ciphertext.split(":")
        opened = cipher.decrypt(_unbase64(nonce), _unbase64(sealed), None)
    except (ValueError, InvalidTag):
        return None
    return opened.decode() if version == "v1" else None


def _split(salt: str) -> tuple[bytes, str]:
    """Take a salt's text apart: the bytes, and the ciphertext of the probe."""
    try:
        version, raw, probe = salt.split(":", 2)
        if version == "v1" and raw and probe:
            return _unbase64(raw), probe
    except ValueError:
        pass
    raise EngineError("the stack's encryptionsalt is not of Pulumi's passphrase scheme (v1:<salt>:v1:…)")


def _base64(data: bytes) -> str:
    return base64.b64encode(data).decode()


def _unbase64(text: str) -> bytes:
    return base64.b64decode(text, validate=True)
