"""Keys: what is sealed opens with the right key and context, and with nothing else."""

import base64
import multiprocessing
from pathlib import Path

import pytest

from compliance.banks.keys import MasterKey
from compliance.errors import BankError

GIVEN = {"COMPLIANCE_MASTER_KEY": base64.b64encode(bytes(range(32))).decode()}


def _seal(folder: Path) -> bytes:
    return MasterKey.load(folder, {}).sealer("faces").seal(b"secret", b"here")


def test_what_is_sealed_opens_in_another_process(tmp_path: Path) -> None:
    sealed = _seal(tmp_path)
    assert MasterKey.load(tmp_path, {}).sealer("faces").open(sealed, b"here") == b"secret"
    assert b"secret" not in sealed


def test_sealing_twice_gives_two_texts(tmp_path: Path) -> None:
    assert _seal(tmp_path) != _seal(tmp_path)


@pytest.mark.parametrize("position", [0, 1, 13, -1])
def test_a_changed_byte_is_found(tmp_path: Path, position: int) -> None:
    sealed = bytearray(_seal(tmp_path))
    sealed[position] ^= 1
    with pytest.raises(BankError, match="cannot be opened"):
        MasterKey.load(tmp_path, {}).sealer("faces").open(bytes(sealed), b"here")


@pytest.mark.parametrize("sealed", [b"", b"\x01", b"\x01" + bytes(12), b"\x01" + bytes(20)])
def test_too_little_is_found(tmp_path: Path, sealed: bytes) -> None:
    _seal(tmp_path)
    with pytest.raises(BankError, match="cannot be opened"):
        MasterKey.load(tmp_path, {}).sealer("faces").open(sealed, b"here")


def test_another_context_purpose_or_key_does_not_open(tmp_path: Path) -> None:
    sealed = _seal(tmp_path)
    right = MasterKey.load(tmp_path, {})
    _seal(tmp_path / "other")
    other = MasterKey.load(tmp_path / "other", {})
    for sealer, context in (
        (right.sealer("faces"), b"there"),
        (right.sealer("voices"), b"here"),
        (other.sealer("faces"), b"here"),
    ):
        with pytest.raises(BankError, match="cannot be opened"):
            sealer.open(sealed, context)


def test_a_persons_key_opens_for_that_person_only(tmp_path: Path) -> None:
    master = MasterKey.load(tmp_path, {})
    sealer, wrapped = master.new_subject("ada")
    sealed = sealer.seal(b"face", b"template")
    assert master.subject("ada", wrapped).open(sealed, b"template") == b"face"
    with pytest.raises(BankError):
        master.subject("grace", wrapped)
    with pytest.raises(BankError):
        master.new_subject("ada")[0].open(sealed, b"template")


def test_no_key_is_made_by_reading(tmp_path: Path) -> None:
    sealed = _seal(tmp_path / "one")
    sealer = MasterKey.load(tmp_path / "two", {}).sealer("faces")
    with pytest.raises(BankError, match="cannot be read"):
        sealer.open(sealed, b"here")
    assert not (tmp_path / "two").exists()


def test_the_key_file_is_its_owners_alone_and_nothing_else_is_left(tmp_path: Path) -> None:
    _seal(tmp_path / "home" / "keys")
    folder = tmp_path / "home" / "keys"
    assert [path.name for path in folder.iterdir()] == ["master.key"]
    assert (folder / "master.key").stat().st_mode & 0o777 == 0o600
    assert folder.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_refused(tmp_path: Path, mode: int) -> None:
    _seal(tmp_path)
    (tmp_path / "master.key").chmod(mode)
    with pytest.raises(BankError, match="chmod 600"):
        _seal(tmp_path)


@pytest.mark.parametrize("content", ["", "not base64!", base64.b64encode(b"short").decode()])
def test_a_malformed_key_is_refused_and_not_shown(tmp_path: Path, content: str) -> None:
    (tmp_path / "master.key").write_text(content)
    (tmp_path / "master.key").chmod(0o600)
    with pytest.raises(BankError, match="malformed"):
        _seal(tmp_path)
    with pytest.raises(BankError, match="COMPLIANCE_MASTER_KEY") as caught:
        MasterKey.load(tmp_path, {"COMPLIANCE_MASTER_KEY": content})
    assert content == "" or content not in str(caught.value)


def test_a_key_from_the_environment_leaves_no_file(tmp_path: Path) -> None:
    sealed = MasterKey.load(tmp_path / "keys", GIVEN).sealer("faces").seal(b"x", b"")
    assert MasterKey.load(tmp_path / "keys", GIVEN).sealer("faces").open(sealed, b"") == b"x"
    assert list(tmp_path.iterdir()) == []


def test_processes_that_start_together_agree_on_one_key(tmp_path: Path) -> None:
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["compliance.banks.keys", "cryptography.hazmat.bindings._rust"])
    with context.Pool(4) as pool:
        all_sealed = pool.map(_seal, [tmp_path] * 12, chunksize=1)
    sealer = MasterKey.load(tmp_path, {}).sealer("faces")
    assert {sealer.open(sealed, b"here") for sealed in all_sealed} == {b"secret"}
