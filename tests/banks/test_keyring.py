"""A master key in the keyring of the machine."""

import base64
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.errors import KeyringLocked

from compliance.banks.keys import MasterKey
from compliance.errors import BankError

ENV = {"COMPLIANCE_MASTER_KEY": "keyring"}


class Memory(KeyringBackend):
    """A keyring that lasts as long as the test."""

    priority = 1

    def __init__(self) -> None:
        super().__init__()
        self.held: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("locked")
        return self.held.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.held[service, username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.held[service, username]


@pytest.fixture
def memory():
    before = keyring.get_keyring()
    made = Memory()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


def test_the_key_is_made_in_the_keyring_and_no_file_is(memory: Memory, tmp_path: Path) -> None:
    sealed = MasterKey.load(tmp_path, ENV).sealer("faces").seal(b"secret", b"here")
    assert MasterKey.load(tmp_path, ENV).sealer("faces").open(sealed, b"here") == b"secret"
    assert list(tmp_path.iterdir()) == []
    ((service, _),) = memory.held
    assert service == "compliance"
    assert {len(base64.b64decode(key)) for key in memory.held.values()} == {32}


def test_names_keep_keys_of_several_databases_apart(memory: Memory, tmp_path: Path) -> None:
    def sealer(name: str):
        return MasterKey.load(tmp_path, {"COMPLIANCE_MASTER_KEY": name}).sealer("faces")

    sealed = sealer("keyring:one").seal(b"secret", b"")
    sealer("keyring:two").seal(b"", b"")
    assert len(memory.held) == 2
    with pytest.raises(BankError, match="cannot be opened"):
        sealer("keyring:two").open(sealed, b"")
    assert sealer("keyring:one").open(sealed, b"") == b"secret"


def test_no_key_is_made_by_reading(memory: Memory, tmp_path: Path) -> None:
    with pytest.raises(BankError, match="not in the keyring"):
        MasterKey.load(tmp_path, ENV).sealer("faces").open(b"\x01" + bytes(40), b"")
    assert memory.held == {}


def test_a_locked_keyring_and_a_malformed_key_are_one_paragraph(
    memory: Memory, tmp_path: Path
) -> None:
    memory.locked = True
    with pytest.raises(BankError, match="keyring cannot be used"):
        MasterKey.load(tmp_path, ENV).sealer("faces").seal(b"", b"")
    memory.locked = False
    memory.held["compliance", "master.key"] = "short"
    with pytest.raises(BankError, match="malformed") as caught:
        MasterKey.load(tmp_path, ENV).sealer("faces").seal(b"", b"")
    assert "short" not in str(caught.value)
