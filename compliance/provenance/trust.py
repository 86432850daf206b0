"""Whom this machine believes: certificate chains from a signer to the anchors that the operator named."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from datetime import datetime

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, ObjectIdentifier
from cryptography.x509.verification import ExtensionPolicy, PolicyBuilder, Store, VerificationError

from compliance.errors import ProvenanceError

CLAIM_SIGNING = ObjectIdentifier("1.3.6.1.4.1.62558.2.1")
"""C2PA claim signing, ``c2pa-kp-claimSigning`` of the C2PA MIB (November 2024)."""

DOCUMENT_SIGNING = ObjectIdentifier("1.3.6.1.5.5.7.3.36")
"""Document signing, RFC 9336."""


class Trust(enum.StrEnum):
    """Who stands behind a signature."""

    TRUST_LIST = "trust list"
    """The signer leads to a trust anchor that the operator gave."""
    DEVELOPMENT = "development"
    """The signer is the development authority of this machine: good for trying out, for nothing else."""
    UNKNOWN = "unknown"
    """The signer leads to no anchor at hand, or its certificate is not valid now."""


@dataclass(frozen=True)
class Anchors:
    """Root certificates by where they come from."""

    trust_list: str | None = None
    """Anchors of the organisation's own signers, PEM; not the public C2PA list, whose members sign
    cameras' and generators' manifests but no verdicts."""
    development: str | None = None
    """Root of the development authority of this machine, PEM."""

    def named(self) -> tuple[tuple[Trust, str], ...]:
        """Return what there is, the more trustworthy first."""
        both = ((Trust.TRUST_LIST, self.trust_list), (Trust.DEVELOPMENT, self.development))
        return tuple((trust, pem) for trust, pem in both if pem)


@dataclass(frozen=True)
class Judged:
    """What a certificate chain came to."""

    trust: Trust
    """Who stands behind it."""
    signer: str
    """Subject of the signer's certificate, RFC 4514."""
    reason: str = ""
    """Why it is unknown; empty otherwise."""


def parse_chain(pem: str) -> list[x509.Certificate]:
    """Read a chain, the signer's certificate first.

    Raises:
        ProvenanceError: there is no certificate in it, or the signer's key is not ECDSA on P-256.
    """
    try:
        chain = x509.load_pem_x509_certificates(pem.encode("utf-8"))
        key = chain[0].public_key()
    except (ValueError, IndexError) as error:
        raise ProvenanceError(
            "the signer's certificates cannot be read",
            expected="one or more certificates, PEM",
            found=str(error),
        ) from error
    if not isinstance(key, ec.EllipticCurvePublicKey) or not isinstance(key.curve, ec.SECP256R1):
        raise ProvenanceError(
            "the signer's key is of a kind that is not accepted", expected="ECDSA on P-256"
        )
    return chain


def judge(chain: list[x509.Certificate], anchors: Anchors, at: datetime) -> Judged:
    """Tell whose signer a chain names.

    Args:
        chain: the signer's certificate first, then intermediates.
        anchors: roots to lead to.
        at: moment at which every certificate must be valid.

    Raises:
        ProvenanceError: the anchors cannot be read.
    """
    signer = chain[0].subject.rfc4514_string()
    if not _may_sign(chain[0]):
        return Judged(Trust.UNKNOWN, signer, "its certificate is not for signing claims")
    reason = "it leads to no trust anchor at hand"
    for trust, pem in anchors.named():
        try:
            roots = x509.load_pem_x509_certificates(pem.encode("utf-8"))
        except ValueError as error:
            raise ProvenanceError(
                f"the {trust} anchors cannot be read",
                expected="certificates, PEM",
                found=str(error),
            ) from error
        policy = PolicyBuilder().store(Store(roots)).time(at)
        # The defaults are those of web clients; the signer's own profile is checked above.
        policy = policy.extension_policies(
            ca_policy=ExtensionPolicy.webpki_defaults_ca(), ee_policy=ExtensionPolicy.permit_all()
        )
        try:
            policy.build_client_verifier().verify(chain[0], chain[1:])
        except VerificationError as error:
            reason = str(error)
        else:
            return Judged(trust, signer)
    if not chain[0].not_valid_before_utc <= at <= chain[0].not_valid_after_utc:
        reason = f"its certificate is valid until {chain[0].not_valid_after_utc.isoformat()} only"
    return Judged(Trust.UNKNOWN, signer, reason)


def _may_sign(certificate: x509.Certificate) -> bool:
    """A web server's certificate under the same root must not speak for verdicts."""
    try:
        uses = certificate.extensions.get_extension_for_class(x509.ExtendedKeyUsage).value
        usage = certificate.extensions.get_extension_for_class(x509.KeyUsage).value
    except (x509.ExtensionNotFound, ValueError):
        return False
    wanted = {CLAIM_SIGNING, DOCUMENT_SIGNING} & set(uses)
    return (
        usage.digital_signature
        and bool(wanted)
        and ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE not in uses
    )
