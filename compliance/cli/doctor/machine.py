"""What this machine can do, and what lies in the home folder."""

from __future__ import annotations

import sqlite3
from datetime import timedelta

from compliance.cli.doctor.diagnosis import Diagnosis
from compliance.settings import Settings

SOON = timedelta(days=30)
"""A certificate that ends sooner is told about."""


def containment(settings: Settings) -> list[Diagnosis]:
    """Try each means of containment on a process of its own."""
    from compliance.media.decode import self_test

    gaps = self_test()
    if not gaps:
        return [Diagnosis("works", "media is decoded fully contained")]
    mend = "verdicts will name it; set COMPLIANCE_STRICT_SANDBOX=1 to refuse instead"
    return [Diagnosis("note", f"containment: {gap}", mend) for gap in gaps]


def devices(settings: Settings) -> list[Diagnosis]:
    """Say where each runtime runs, and why."""
    from compliance.pipeline.device import ACCELERATED, choose_device

    found = []
    for runtime in ACCELERATED:
        device = choose_device(settings.device, runtime)
        why = f": {device.reason}" if device.reason else ""
        found.append(Diagnosis("works", f"{runtime} networks run on {device.name}{why}"))
    return [*found, Diagnosis("works", f"{settings.threads} threads")]


def database(settings: Settings) -> list[Diagnosis]:
    """Open the database."""
    from compliance.store.engine import open_database

    open_database(settings.database_url).dispose()
    return [Diagnosis("works", f"database opens (SQLite {sqlite3.sqlite_version})")]


def people(settings: Settings) -> list[Diagnosis]:
    """Count who is enrolled."""
    from compliance.banks.keys import MasterKey
    from compliance.banks.people import PeopleBank
    from compliance.store.engine import open_database

    engine = open_database(settings.database_url)
    enrolled = PeopleBank(engine, MasterKey.load(settings.keys)).list(None)
    engine.dispose()
    if enrolled:
        return [Diagnosis("works", f"{len(enrolled)} people enrolled")]
    mend = "compliance people enrol NAME --face PHOTO"
    return [Diagnosis("note", "nobody is enrolled: likeness rules stay incomplete", mend)]


def certificates(settings: Settings) -> list[Diagnosis]:
    """Say when the certificates that sign end."""
    from compliance.clock import now
    from compliance.provenance.signers import expiries

    ends = expiries(settings.signing)
    if not ends:
        return [Diagnosis("note", "no signing certificate yet: the first approval makes one")]
    found = []
    for name, end in ends.items():
        what = f"{name} ends on {end:%Y-%m-%d}"
        if end <= now():
            found.append(
                Diagnosis("broken", what, f"move {settings.signing} away; a new one is made")
            )
        elif end - now() < SOON:
            found.append(Diagnosis("note", what, "it is renewed with the next approval"))
        else:
            found.append(Diagnosis("works", what))
    return found
