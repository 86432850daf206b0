"""Taking a bank from one installation to another, in one encrypted file.

A line ``compliance bank``, then one of JSON that says how the rest is encrypted, then a JSON document under
AES-256-GCM with those two lines as its context. The key comes from a passphrase by scrypt (RFC 7914) or from 32
random bytes by HKDF; it has a part that tells a wrong one from a changed file.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

import numpy as np
from pydantic import AwareDatetime, Field, ValidationError
from sqlalchemy import Engine

from compliance.banks.entries import Template, check_bank, clean_name
from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank, refuse_namesake
from compliance.banks.records import NewPerson, check_key, insert_person
from compliance.banks.written_consent import (
    check_consent,
    requires_consent,
    set_for,
    write_setting,
)
from compliance.clock import now
from compliance.errors import BankError
from compliance.files import write_atomically
from compliance.store.engine import reading, writing
from compliance.store.events import Clock
from compliance.types import Model

MAGIC = b"compliance bank\n"
VERSION = 1
SCRYPT_COST = 2**17
"""OWASP's parameters for scrypt, with r = 8 and p = 1: 128 MiB and some tenths of a second a try."""
MOST_COST = 2**18
LONGEST_HEADER = 1000
DIGEST = "^[0-9a-f]{64}$"


@dataclass(frozen=True)
class Secret:
    """What a bank's file is encrypted under."""

    kind: Literal["passphrase", "key"]
    """A passphrase that somebody chose, or 32 random bytes."""
    content: bytes
    """It."""


class _Sample(Model):
    modality: Literal["face", "voice"]
    model: str = Field(pattern=DIGEST)
    source_sha256: str = Field(pattern=DIGEST)
    quality: float | None = None
    vector: str


class _Person(Model):
    entry: str = Field(pattern="^[a-z0-9-]{1,128}$")
    name: str
    everyday: tuple[str, ...] = ()
    aliases: tuple[str, ...] = ()
    minor: bool = False
    consent_sha256: str | None = Field(default=None, pattern=DIGEST)
    enrolled: AwareDatetime
    samples: tuple[_Sample, ...] = ()


class _Bank(Model):
    bank: str
    biometric_consent: bool
    people: tuple[_Person, ...]


@dataclass(frozen=True)
class Imported:
    """What came in."""

    bank: str
    """Name of the bank."""
    people: int
    """People."""
    templates: int
    """Templates."""
    unknown: int
    """Templates of models that this installation has no card of."""


def export_bank(people: PeopleBank, engine: Engine, bank: str, target: Path, secret: Secret) -> int:
    """Write everybody in ``bank`` to ``target``, encrypted, readable by its owner alone.

    Returns:
        The number of people.

    Raises:
        BankError: the bank is empty, or a template cannot be opened.
        UsageError: the file cannot be written.
    """
    found = people.list(bank)
    if not found:
        raise BankError(
            "the bank is empty",
            expected="a bank that somebody is enrolled in",
            found=bank,
            where="bank",
            fix="see the names of banks in: compliance people list",
        )
    document = _Bank(
        bank=bank,
        biometric_consent=requires_consent(engine, bank),
        people=tuple(
            _Person(
                entry=one.reference.entry,
                name=one.reference.label,
                everyday=one.everyday,
                aliases=one.aliases,
                minor=one.minor,
                consent_sha256=one.consent_sha256,
                enrolled=one.enrolled,
                samples=tuple(_sample(made) for made in people.templates_of(one.reference)),
            )
            for one in found
        ),
    )
    write_atomically(target, _sealed(document.model_dump_json().encode(), secret))
    return len(found)


def import_bank(
    source: Path,
    secret: Secret,
    engine: Engine,
    keys: MasterKey,
    known_models: frozenset[str],
    *,
    bank: str | None = None,
    anyway: bool = False,
    clock: Clock = now,
) -> Imported:
    """Enrol everybody in a file that :func:`export_bank` wrote; all of them, or nobody.

    Args:
        source: the file.
        secret: what it is encrypted under.
        engine: the database.
        keys: the master key of this installation.
        known_models: digests of the models that this installation has cards of.
        bank: name of the bank here; None takes the file's.
        anyway: True takes templates of other models too; nobody is matched by them.
        clock: tells when.

    Raises:
        BankError: the file is no bank, another version's, changed or under another key; somebody in it is
            enrolled already; a template is of an unknown model, or does not compare with those of its model;
            a written consent is missing; the master key is not the one of those who are enrolled.
        StoreError: the database cannot be written.
    """
    document = _document(_opened(source, secret), source)
    name = bank or document.bank
    check_bank(name)
    people = [_new_person(one, name, source) for one in document.people]
    made = [template for one in people for template in one.templates]
    unknown = sum(template.model not in known_models for template in made)
    if unknown and not anyway:
        raise BankError(
            "the bank holds templates of models that are not known here",
            expected="models with a card: compliance models list",
            found=f"{unknown} of {len(made)} templates, of "
            + ", ".join(sorted({one.model for one in made} - known_models)),
            where=str(source),
            fix="add the card of that model, or say --anyway and enrol those people again for a model "
            "of here: reviews that match against them stay incomplete until then",
        )
    with reading(engine) as connection:
        said = set_for(connection, name)
    required = document.biometric_consent if said is None else said
    moment = clock()
    with writing(engine) as connection:
        check_key(connection, keys)
        for one in people:
            refuse_namesake(connection, name, one.name)
            check_consent(name, required, one.minor, one.templates, one.consent_sha256)
        # Two of one name in the file are two people there.
        for one in people:
            insert_person(connection, keys, one, moment)
        if said is None:
            write_setting(connection, name, required, clock)
    return Imported(name, len(people), len(made), unknown)


def _sample(template: Template) -> _Sample:
    return _Sample(
        modality=template.modality,
        model=template.model,
        source_sha256=template.source_sha256,
        quality=template.quality,
        vector=base64.b64encode(template.vector.astype("<f4").tobytes()).decode("ascii"),
    )


def _new_person(one: _Person, bank: str, source: Path) -> NewPerson:
    try:
        templates = tuple(
            Template(
                vector=np.frombuffer(base64.b64decode(sample.vector, validate=True), "<f4").astype(
                    np.float32
                ),
                model=sample.model,
                source_sha256=sample.source_sha256,
                modality=sample.modality,
                quality=sample.quality,
            )
            for sample in one.samples
        )
    except (binascii.Error, ValueError) as error:
        raise _no_bank(source, "a template that is no numbers") from error
    enrolled: datetime = one.enrolled
    return NewPerson(
        bank=bank,
        name=clean_name(one.name),
        enrolled=enrolled,
        templates=templates,
        aliases=tuple((clean_name(text), text in one.everyday) for text in one.aliases),
        ambiguous=one.name in one.everyday,
        minor=one.minor,
        consent_sha256=one.consent_sha256,
        entry=one.entry,
    )


def _document(plain: bytes, source: Path) -> _Bank:
    try:
        return _Bank.model_validate_json(plain)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise _no_bank(source, f"{field}: {first['msg']}") from error


def _sealed(plain: bytes, secret: Secret) -> bytes:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    cost = SCRYPT_COST if secret.kind == "passphrase" else 0
    key, check = _derived(secret, salt, cost)
    header = {
        "version": VERSION,
        "secret": secret.kind,
        "cost": cost,
        "salt": salt.hex(),
        "nonce": nonce.hex(),
        "check": check.hex(),
        "bytes": len(plain) + 16,
    }
    head = MAGIC + json.dumps(header).encode() + b"\n"
    return head + AESGCM(key).encrypt(nonce, plain, head)


def _opened(source: Path, secret: Secret) -> bytes:
    """Return the document in a bank's file."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    try:
        content = source.read_bytes()
    except OSError as error:
        raise _no_bank(source, error.strerror or str(error)) from error
    end = content.find(b"\n", len(MAGIC), len(MAGIC) + LONGEST_HEADER) + 1
    if not content.startswith(MAGIC) or not end:
        raise _no_bank(source, "another kind of file, or its beginning only")
    head, sealed = content[:end], content[end:]
    header = _header(head[len(MAGIC) :], source)
    if header["secret"] != secret.kind:
        kinds = {"passphrase": "--passphrase-file FILE", "key": "--key-file FILE"}
        raise BankError(
            "the bank is encrypted in another way",
            expected=f"a {header['secret']}",
            found=f"a {secret.kind}",
            where=str(source),
            fix=f"give {kinds[header['secret']]}",
        )
    key, check = _derived(secret, header["salt"], header["cost"])
    if not hmac.compare_digest(check, header["check"]):
        raise BankError(
            f"the {secret.kind} is not the one that the bank was exported under",
            where=str(source),
            fix="ask whoever exported it; nothing was imported",
        )
    try:
        if len(sealed) != header["bytes"]:
            raise InvalidTag
        return AESGCM(key).decrypt(header["nonce"], sealed, head)
    except InvalidTag as error:
        raise BankError(
            "the bank's file was changed or cut off after it was exported",
            expected=f"{header['bytes']} encrypted bytes that nobody changed",
            found=f"{len(sealed)} bytes",
            where=str(source),
            fix="copy the file again; nothing was imported",
        ) from error


def _header(line: bytes, source: Path) -> dict[str, Any]:
    """Return the header with its bytes decoded."""
    try:
        header = json.loads(line)
        version = header["version"]
    except (ValueError, KeyError, TypeError) as error:
        raise _no_bank(source, "a header that is none") from error
    if not isinstance(version, int) or version > VERSION:
        raise BankError(
            "the bank was written by a newer version of this program",
            expected=f"format {VERSION}",
            found=f"format {str(version)[:20]}",
            where=str(source),
            fix="pip install --upgrade compliance; nothing was imported",
        )
    try:
        if header["secret"] not in ("passphrase", "key") or not 0 <= header["cost"] <= MOST_COST:
            raise ValueError("values")
        raw = {name: bytes.fromhex(header[name]) for name in ("salt", "nonce", "check")}
        if len(raw["nonce"]) != 12 or not all(
            isinstance(header[name], int) for name in ("bytes", "cost")
        ):
            raise ValueError("lengths")
    except (ValueError, KeyError, TypeError) as error:
        raise _no_bank(source, "a header that is damaged") from error
    return {**header, **raw}


def _derived(secret: Secret, salt: bytes, cost: int) -> tuple[bytes, bytes]:
    """Return the key and a check of the secret, 32 bytes each."""
    from cryptography.hazmat.primitives.hashes import SHA256
    from cryptography.hazmat.primitives.kdf.hkdf import HKDF
    from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

    if secret.kind == "passphrase":
        try:
            both = Scrypt(salt, 64, n=cost, r=8, p=1).derive(secret.content)
        except (ValueError, OverflowError) as error:
            raise _no_bank(Path("header"), "parameters that scrypt does not take") from error
    else:
        both = HKDF(SHA256(), 64, salt=salt, info=b"compliance bank").derive(secret.content)
    return both[:32], both[32:]


def _no_bank(source: Path, found: str) -> BankError:
    return BankError(
        "this is no exported bank that can be read",
        expected="a file that 'compliance people export' wrote, whole",
        found=found,
        where=str(source),
        fix="correct the path, or copy the file again; nothing was imported",
    )
