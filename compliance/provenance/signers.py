"""Who signs: a protocol that a KMS or HSM can fill, and an authority for development."""

from __future__ import annotations

import fcntl
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Literal, Protocol

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from compliance.clock import now
from compliance.errors import ProvenanceError
from compliance.files import write_atomically
from compliance.provenance.trust import CLAIM_SIGNING

LABEL = "DEVELOPMENT ONLY - UNTRUSTED"
"""Organisation in every certificate made here, so that no viewer can take it for a real one."""

ROOT_DAYS = 3650
LEAF_DAYS = 365
RENEW_DAYS = 30
"""A leaf with fewer days left than this is replaced: what it signs should hold for a while."""
_BACKDATE = timedelta(minutes=5)  # a slightly slow clock elsewhere accepts what was just made

ROOT_CERTIFICATE = "root.cert.pem"
_ROOT = "root.pem"
_LEAF = "signer.pem"


class Signer(Protocol):
    """Something that holds, or can reach, a private key."""

    @property
    def certificates(self) -> str:
        """Certificate chain as PEM, the signer's own first, without the root."""

    @property
    def algorithm(self) -> Literal["ES256"]:
        """COSE name of the signature algorithm; ECDSA with P-256 and SHA-256 is the one kind accepted."""

    @property
    def timestamp_url(self) -> str | None:
        """Address of an RFC 3161 time-stamp service; None for signatures without a time-stamp."""

    def sign(self, data: bytes) -> bytes:
        """Return the DER-encoded ECDSA signature of ``data``; any exception stops the signing."""


@dataclass(frozen=True)
class DevelopmentSigner:
    """Signs with a key in memory whose certificate nobody but this machine knows."""

    certificates: str
    """Leaf certificate, PEM."""
    key: ec.EllipticCurvePrivateKey
    """P-256 private key."""
    algorithm: Literal["ES256"] = "ES256"
    """ECDSA with P-256 and SHA-256."""
    timestamp_url: str | None = None
    """None: what it signs holds as long as the leaf."""

    def sign(self, data: bytes) -> bytes:
        """Return the DER-encoded signature of ``data``."""
        return self.key.sign(data, ec.ECDSA(hashes.SHA256()))


def development_signer(folder: Path, at: datetime | None = None) -> DevelopmentSigner:
    """Return the signer of the development authority in ``folder``; the first call makes both.

    Args:
        folder: holds the keys; made with mode 0700, files with 0600.
        at: the present moment; None reads the clock.

    Raises:
        ProvenanceError: the folder cannot be written to, a file in it is damaged or open to other
            users, or the root is about to expire.
    """
    moment = at or now()
    with _locked(folder):
        if not (folder / _ROOT).exists():
            _make_root(folder, moment)
        root, root_key = _load(folder / _ROOT)
        if root.not_valid_after_utc - moment < timedelta(days=LEAF_DAYS):
            raise ProvenanceError(
                "the development root certificate expires too soon to sign with",
                found=root.not_valid_after_utc.isoformat(),
                where=str(folder / _ROOT),
                fix=f"move {folder} away; a new authority is made on the next use",
            )
        leaf_path = folder / _LEAF
        if not leaf_path.exists() or _expires_soon(leaf_path, moment):
            _make_leaf(folder, root, root_key, moment)
        leaf, key = _load(leaf_path)
    return DevelopmentSigner(_pem(leaf), key)


def development_root(folder: Path) -> str | None:
    """Return the development root certificate (PEM) in ``folder``, or None where there is none."""
    path = folder / ROOT_CERTIFICATE
    return path.read_text("ascii") if path.exists() else None


def expiries(folder: Path) -> dict[str, datetime]:
    """Return when each certificate of the development authority in ``folder`` ends; none made, none given."""
    named = {"development root certificate": _ROOT, "development signing certificate": _LEAF}
    return {
        what: _load(folder / name)[0].not_valid_after_utc
        for what, name in named.items()
        if (folder / name).exists()
    }


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep two processes from making two authorities."""
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        handle = os.open(folder / ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise ProvenanceError(
            "the folder of the development authority cannot be written to",
            found=str(error.strerror),
            where=str(folder),
            fix="set COMPLIANCE_HOME to a folder that you can write to",
        ) from error
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _make_root(folder: Path, moment: datetime) -> None:
    key = ec.generate_private_key(ec.SECP256R1())
    name = _name("Compliance development root")
    usage = _usage(certificates=True)
    certificate = (
        _builder(name, name, key.public_key(), moment, ROOT_DAYS)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(usage, critical=True)
        .sign(key, hashes.SHA256())
    )
    write_atomically(folder / ROOT_CERTIFICATE, _pem(certificate).encode())
    # Last, because its presence says that the authority is complete.
    write_atomically(folder / _ROOT, _bundle(certificate, key))


def _make_leaf(
    folder: Path, root: x509.Certificate, root_key: ec.EllipticCurvePrivateKey, moment: datetime
) -> None:
    """Follow the C2PA certificate profile: version 3, digital signature, claim signing alone."""
    key = ec.generate_private_key(ec.SECP256R1())
    issuer = x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key())
    certificate = (
        _builder(
            _name("Compliance development signer"),
            root.subject,
            key.public_key(),
            moment,
            LEAF_DAYS,
        )
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([CLAIM_SIGNING]), critical=False)
        .add_extension(issuer, critical=False)
        .sign(root_key, hashes.SHA256())
    )
    write_atomically(folder / _LEAF, _bundle(certificate, key))


def _builder(
    subject: x509.Name,
    issuer: x509.Name,
    public_key: ec.EllipticCurvePublicKey,
    moment: datetime,
    days: int,
) -> x509.CertificateBuilder:
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(public_key)
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - _BACKDATE)
        .not_valid_after(moment + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), critical=False)
    )


def _name(common: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, LABEL),
            x509.NameAttribute(NameOID.COMMON_NAME, f"{common} ({LABEL})"),
        ]
    )


def _usage(*, certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=certificates,
        crl_sign=certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _expires_soon(path: Path, moment: datetime) -> bool:
    return _load(path)[0].not_valid_after_utc - moment < timedelta(days=RENEW_DAYS)


def _load(path: Path) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey]:
    """Read certificate and key from one file, which was replaced as a whole."""
    fix = f"move {path.parent} away; a new authority is made on the next use"
    if stat.S_IMODE(path.stat().st_mode) & 0o077:
        raise ProvenanceError(
            "other users can read a private key", where=str(path), fix=f"chmod 600 {path}; or {fix}"
        )
    try:
        content = path.read_bytes()
        key = serialization.load_pem_private_key(content, None)
        certificate = x509.load_pem_x509_certificate(content)
    except (OSError, ValueError, TypeError) as error:
        raise ProvenanceError(
            "a key of the development authority cannot be used",
            expected="a private key and its certificate, PEM",
            found=str(error),
            where=str(path),
            fix=fix,
        ) from error
    if (
        not isinstance(key, ec.EllipticCurvePrivateKey)
        or key.public_key() != certificate.public_key()
    ):
        raise ProvenanceError(
            "a key of the development authority does not belong to its certificate",
            where=str(path),
            fix=fix,
        )
    return certificate, key


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")


def _bundle(certificate: x509.Certificate, key: ec.EllipticCurvePrivateKey) -> bytes:
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    return private + _pem(certificate).encode("ascii")
