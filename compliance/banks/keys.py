"""Encryption at rest: one master key, and below it one key per purpose and one per person.

Everything is sealed with AES-256-GCM under a random nonce of 96 bits (NIST SP 800-38D), together with a
context that has to be given again on opening, so that a sealed thing cannot be put in another's place.
Erasing a person destroys that person's key, and with it every copy of what it sealed.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from compliance.errors import BankError
from compliance.settings import private_folder

VARIABLE = "COMPLIANCE_MASTER_KEY"
KEYRING = "keyring"
"""Value of the variable that takes the key from the keyring of the machine; ``keyring:NAME`` takes the one of
that name, so that several databases have one each."""
SERVICE = "compliance"
"""What keyrings call this program."""
FILE = "master.key"
KEY_BYTES = 32
NONCE_BYTES = 12
VERSION = b"\x01"
"""First byte of everything sealed; another way of sealing takes another number."""
OVERHEAD = len(VERSION) + NONCE_BYTES + 16
"""Bytes by which something sealed is longer than it was; the last 16 authenticate it."""


class Sealer:
    """Encrypts and authenticates under one key.

    Args:
        key: gives the 32 bytes of the key; its argument tells whether a missing key may be made.
    """

    def __init__(self, key: Callable[[bool], bytes]) -> None:
        self._key = key

    def seal(self, plain: bytes, context: bytes) -> bytes:
        """Return ``plain`` encrypted; ``context`` is authenticated but not stored."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(NONCE_BYTES)
        return VERSION + nonce + AESGCM(self._key(True)).encrypt(nonce, plain, context)

    def open(self, sealed: bytes, context: bytes) -> bytes:
        """Return what was sealed.

        Raises:
            BankError: it was sealed under another key or context, or changed since.
        """
        from cryptography.exceptions import InvalidTag
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        start = len(VERSION) + NONCE_BYTES
        nonce, encrypted = sealed[len(VERSION) : start], sealed[start:]
        try:
            if sealed[: len(VERSION)] != VERSION:
                raise InvalidTag
            return AESGCM(self._key(False)).decrypt(nonce, encrypted, context)
        except (InvalidTag, ValueError) as error:
            raise BankError(
                "what was encrypted cannot be opened",
                expected="the master key that sealed it, and bytes that nobody changed",
                found="another key, or changed bytes",
                where=context.decode("utf-8", "replace"),
                fix=f"restore {FILE} in the keys folder or set {VARIABLE} to the key of this "
                "database; what cannot be restored has to be enrolled or reviewed again",
            ) from error


class MasterKey:
    """The key that all others are derived from or wrapped under.

    It comes from the environment, from a keyring that the environment names, else from a file that the
    first seal makes. Nothing is read or made before it is needed.
    """

    def __init__(self, folder: Path, given: bytes | None, keyring: str | None = None) -> None:
        self._file = folder / FILE
        self._key = given
        self._keyring = keyring

    @classmethod
    def load(cls, folder: Path, env: Mapping[str, str] = os.environ) -> MasterKey:
        """Return the master key of ``COMPLIANCE_MASTER_KEY``, else of a file in ``folder``.

        The variable holds the key in base64, or ``keyring`` or ``keyring:NAME``.

        Raises:
            BankError: the variable does not hold 32 bytes in base64.
        """
        text = env.get(VARIABLE)
        if text is not None and text.partition(":")[0] == KEYRING:
            return cls(folder, None, text.partition(":")[2] or FILE)
        return cls(folder, None if text is None else _decode(text, VARIABLE))

    def sealer(self, purpose: str) -> Sealer:
        """Return the sealer for one purpose; its key is derived by HKDF-SHA256 (RFC 5869)."""
        return Sealer(partial(self._derive, purpose))

    def new_subject(self, uid: str) -> tuple[Sealer, bytes]:
        """Make a key for a person.

        Args:
            uid: random identifier of the person, which the wrapped key is bound to.

        Returns:
            The person's sealer, and the person's key wrapped for storing.
        """
        key = secrets.token_bytes(KEY_BYTES)
        wrapped = self.sealer("people").seal(key, _person(uid))
        return Sealer(lambda _may_make: key), wrapped

    def subject(self, uid: str, wrapped: bytes) -> Sealer:
        """Return the sealer of a person from the stored, wrapped key.

        Raises:
            BankError: the key was wrapped under another master key or for another person.
        """
        key = self.sealer("people").open(wrapped, _person(uid))
        return Sealer(lambda _may_make: key)

    def _derive(self, purpose: str, may_make: bool) -> bytes:
        from cryptography.hazmat.primitives.hashes import SHA256
        from cryptography.hazmat.primitives.kdf.hkdf import HKDF

        info = b"compliance " + purpose.encode("utf-8")
        return HKDF(SHA256(), KEY_BYTES, salt=None, info=info).derive(self._master(may_make))

    def _master(self, may_make: bool) -> bytes:
        if self._key is None and self._keyring is not None:
            self._key = _from_keyring(self._keyring, may_make)
        if self._key is None:
            if may_make and not self._file.exists():
                _make(self._file)
            self._key = _read(self._file)
        return self._key


def _person(uid: str) -> bytes:
    return f"person {uid}".encode()


def _make(file: Path) -> None:
    """Write a new key; where another process is first, its key stays."""
    private_folder(file.parent)
    content = base64.b64encode(secrets.token_bytes(KEY_BYTES)) + b"\n"
    temporary = file.with_name(f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}")
    try:
        with open(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(content)
            target.flush()
            os.fsync(target.fileno())
        try:
            os.link(temporary, file)
        except FileExistsError:
            return
        finally:
            temporary.unlink()
        folder = os.open(file.parent, os.O_RDONLY)
        os.fsync(folder)
        os.close(folder)
    except OSError as error:
        raise BankError(
            "the master key cannot be written",
            found=error.strerror or str(error),
            where=str(file),
            fix=f"make the folder writable, or set {VARIABLE} to 32 random bytes in base64",
        ) from error


def _read(file: Path) -> bytes:
    try:
        with file.open("rb") as source:
            mode = os.fstat(source.fileno()).st_mode & 0o777
            content = source.read(1024)
    except OSError as error:
        raise BankError(
            "the master key cannot be read",
            expected="the key that this database was written with",
            found=error.strerror or str(error),
            where=str(file),
            fix=f"restore the file, or set {VARIABLE}",
        ) from error
    if mode & 0o077:
        raise BankError(
            "the master key is open to others than its owner",
            expected="mode 0600",
            found=f"mode {mode:04o}",
            where=str(file),
            fix=f"chmod 600 {file}",
        )
    return _decode(content.decode("ascii", "replace"), str(file))


def _from_keyring(name: str, may_make: bool) -> bytes:
    """Return the key that the keyring holds under ``name``; make one where there is none and it may be made."""
    where = f"keyring, service {SERVICE!r}, user {name!r}"
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise BankError(
            "the master key is in a keyring, and nothing that opens keyrings is installed",
            expected="the package 'keyring'",
            where=f"{VARIABLE}={KEYRING}",
            fix="pip install 'compliance[keyring]'",
        ) from error
    try:
        text = keyring.get_password(SERVICE, name)
        if text is None and may_make:
            made = base64.b64encode(secrets.token_bytes(KEY_BYTES)).decode("ascii")
            keyring.set_password(SERVICE, name, made)
            # Where another process was first, or the keyring kept nothing, what it says now counts.
            text = keyring.get_password(SERVICE, name)
    except KeyringError as error:
        raise BankError(
            "the keyring cannot be used",
            expected="one that is unlocked and can be written",
            found=" ".join(str(error).split()) or type(error).__name__,
            where=where,
            fix="unlock it, or see 'python -m keyring diagnose'",
        ) from error
    if text is None:
        raise BankError(
            "the master key is not in the keyring",
            expected="the key that this database was written with",
            found="no such entry",
            where=where,
            fix=f"restore it: keyring set {SERVICE} {name}",
        )
    return _decode(text, where)


def _decode(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        # What was found may be most of a secret, so it is not shown.
        raise BankError(
            "the master key is malformed",
            expected=f"{KEY_BYTES} bytes in base64",
            found="something else",
            where=where,
            fix="restore the key, or for a new database make one: openssl rand -base64 32",
        )
    return key
