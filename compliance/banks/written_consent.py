"""Where nobody's face or voice is enrolled without that person's written consent.

Illinois (BIPA) and Texas (CUBI) ask for a written release before a biometric is taken; so does a bank with
``biometric_consent: required``. What is recorded is the digest of the document, not the document.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Engine, delete, insert, select

from compliance.banks.entries import check_bank
from compliance.clock import now
from compliance.errors import BankError
from compliance.store.engine import reading, writing
from compliance.store.events import Clock, append_event
from compliance.store.tables import banks

REQUIRED_BY_DEFAULT = frozenset({"talent", "staff"})
"""Banks of people whom one can ask; ``people bank`` changes it. Of public figures one looks for those who never
agreed, so that nothing is asked there."""


def requires_consent(engine: Engine, bank: str) -> bool:
    """Tell whether ``bank`` takes templates with written consent only: as was set, else by its name.

    Raises:
        StoreError: the database cannot be read.
    """
    with reading(engine) as connection:
        said = set_for(connection, bank)
    return bank in REQUIRED_BY_DEFAULT if said is None else said


def set_for(connection: Connection, bank: str) -> bool | None:
    """Return what was set for ``bank``; None where nothing was."""
    return connection.scalar(select(banks.c.biometric_consent).where(banks.c.name == bank))


def require_consent(engine: Engine, bank: str, required: bool, clock: Clock = now) -> None:
    """Set whether ``bank`` takes templates with written consent only; those in it stay.

    Raises:
        BankError: ``bank`` is no name of a bank.
        StoreError: the database cannot be written.
    """
    check_bank(bank)
    moment = clock()
    with writing(engine) as connection:
        write_setting(connection, bank, required, clock)
        append_event(connection, moment, "bank.set", bank)


def write_setting(connection: Connection, bank: str, required: bool, clock: Clock) -> None:
    """Write the setting of a bank over what was set before."""
    connection.execute(delete(banks).where(banks.c.name == bank))
    row = {"name": bank, "biometric_consent": required, "at": clock()}
    connection.execute(insert(banks).values(row))


def check_consent(
    bank: str, required: bool, minor: bool, templates: Sequence[object], digest: str | None
) -> None:
    """Refuse templates for which there has to be a written consent and is none.

    Args:
        bank: name of the bank.
        required: whether it asks for consent.
        minor: whether the person is a minor, for whom every bank does.
        templates: templates that are to be enrolled, or the files that they will be made of.
        digest: SHA-256 of the written consent.

    Raises:
        BankError: there is no consent.
    """
    if templates and digest is None and (required or minor):
        whose = "of a minor" if minor else f"in the bank {bank!r}"
        raise BankError(
            f"no face or voice {whose} is enrolled without written consent",
            expected="the signed document, of which the digest is recorded",
            found="none",
            where=f"bank {bank}",
            fix="give --written-consent FILE; without --face and --voice the names alone are enrolled"
            + (
                ""
                if minor
                else f", and 'compliance people bank {bank} --biometric-consent not-required' lifts this"
            ),
        )
