"""The passphrase scheme, against texts that a real Pulumi wrote."""

from pathlib import Path

import pytest

from sre_agent_local.engine.crypt import Crypter, passphrase
from sre_agent_local.engine.errors import EngineError

PASSPHRASE = "local"
SALT = "v1:vNE67igI9I4=:v1:hIUKxMBYVLmmp/Cw:meFwZ2M0WSJU4642tAij5V17vU5LaA=="
KNOWN = Crypter(PASSPHRASE, SALT)
"""Derives its key once, at the first use."""
CIPHERTEXT = "v1:gXvjxUom2cwNmDic:OKMyDQCh9cQZR0u7qOJrgdQWGIu/U94="


def test_opens_what_pulumi_sealed() -> None:
    """A salt and a secret from Pulumi's own files open with their passphrase."""
    crypter = Crypter(PASSPHRASE, SALT)
    crypter.check()

    assert crypter.decrypt(CIPHERTEXT) == '"hush2"'
    assert crypter.salt == SALT


def test_what_was_opened_keeps_its_ciphertext() -> None:
    """Sealing again what was opened gives the same text, so an unchanged state stays the same."""
    crypter = Crypter(PASSPHRASE, SALT)

    assert crypter.encrypt(crypter.decrypt(CIPHERTEXT)) == CIPHERTEXT
    assert crypter.encrypt("other") == crypter.encrypt("other")


def test_a_new_salt_is_opened_by_its_passphrase_only() -> None:
    """Two new salts differ, and each knows its passphrase."""
    made = Crypter("mine")
    made.check()
    sealed = made.encrypt("value")

    assert made.salt != Crypter("mine").salt
    again = Crypter("mine", made.salt)
    again.check()
    assert again.decrypt(sealed) == "value"
    with pytest.raises(EngineError, match="incorrect passphrase"):
        Crypter("yours", made.salt).check()


@pytest.mark.parametrize(
    "text", ["", "v1:xx", "v2:gXvjxUom2cwNmDic:OKMy", "v1:####:####", f"{CIPHERTEXT[:-8]}AAAAAAA="]
)
def test_a_foreign_ciphertext_is_refused(text: str) -> None:
    """What is not of this salt, or not a ciphertext, is refused without its content."""
    with pytest.raises(EngineError, match="cannot be decrypted"):
        KNOWN.decrypt(text)


@pytest.mark.parametrize("salt", ["v1:abc", "v2:vNE67igI9I4=:v1:a:b", "nonsense", "v1:####:v1:a:b"])
def test_a_foreign_salt_is_refused(salt: str) -> None:
    """Only Pulumi's passphrase scheme is known."""
    with pytest.raises(EngineError, match="encryptionsalt"):
        Crypter(PASSPHRASE, salt)


def test_the_passphrase_comes_from_the_environment(tmp_path: Path) -> None:
    """An empty passphrase counts; a file's is stripped; the variable wins over the file."""
    file = tmp_path / "phrase"
    file.write_text(" from file \n")

    assert passphrase({"PULUMI_CONFIG_PASSPHRASE": ""}) == ""
    assert passphrase({"PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}) == "from file"
    assert passphrase({"PULUMI_CONFIG_PASSPHRASE": "a", "PULUMI_CONFIG_PASSPHRASE_FILE": str(file)}) == "a"


@pytest.mark.parametrize(
    ("environ", "sentence"),
    [({}, "passphrase must be set"), ({"PULUMI_CONFIG_PASSPHRASE_FILE": "/nowhere"}, "unable to read")],
)
def test_no_passphrase_is_one_sentence(environ: dict[str, str], sentence: str) -> None:
    """Without a passphrase the sentence says where one is looked for."""
    with pytest.raises(EngineError, match=sentence):
        passphrase(environ)
