"""Written consent before a face; a dump of the database that tells nothing."""

import base64
import sqlite3
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank, Template
from compliance.banks.written_consent import require_consent, requires_consent
from compliance.errors import BankError

MakeTemplate = Callable[..., Template]


def test_talent_and_staff_ask_by_default_and_any_bank_can(engine: Engine) -> None:
    assert [requires_consent(engine, bank) for bank in ("talent", "staff", "public-figures")] == [
        True,
        True,
        False,
    ]
    require_consent(engine, "crew", True)
    require_consent(engine, "talent", False)
    assert requires_consent(engine, "crew")
    assert not requires_consent(engine, "talent")
    with pytest.raises(BankError, match="name of the bank"):
        require_consent(engine, "No Bank", True)


def test_a_bank_that_was_set_and_a_minor_take_no_template_without_consent(
    people: PeopleBank, engine: Engine, make_template: MakeTemplate
) -> None:
    require_consent(engine, "crew", True)
    for bank, minor in (("crew", False), ("others", True)):
        with pytest.raises(BankError, match="written consent"):
            people.enrol(bank, "Ann", [make_template(1)], minor=minor)
        ann = people.enrol(bank, "Ann", [], minor=minor)
        with pytest.raises(BankError, match="written consent"):
            people.add(ann, [make_template(1)])
        people.add(ann, [make_template(1)], consent_sha256="c" * 64)
    assert [(one.minor, one.consent_sha256) for one in people.list()] == [
        (False, "c" * 64),
        (True, "c" * 64),
    ]


def test_the_same_source_is_not_added_twice(
    people: PeopleBank, make_template: MakeTemplate
) -> None:
    ann = people.enrol("crew", "Ann", [make_template(1)])
    with pytest.raises(BankError, match="enrolled already"):
        people.add(ann, [make_template(2), make_template(1)], ["Annie"])
    (one,) = people.list()
    assert (len(one.samples), one.aliases) == (1, ())


def test_another_master_key_adds_nobody(
    people: PeopleBank, engine: Engine, tmp_path: Path, make_template: MakeTemplate
) -> None:
    people.enrol("crew", "Ann", [make_template(1)])
    other = MasterKey.load(tmp_path / "other", {})
    other.sealer("faces").seal(b"", b"")
    with pytest.raises(BankError, match="master key"):
        PeopleBank(engine, other).enrol("crew", "Bob", [make_template(2)])
    assert len(people.list()) == 1


def test_voices_and_faces_are_told_apart(people: PeopleBank, make_template: MakeTemplate) -> None:
    voice = Template(np.ones(256, np.float32), "2" * 64, "a" * 64, modality="voice", quality=0.5)
    ann = people.enrol("crew", "Ann", [make_template(1), voice])
    assert people.references("voice", model="2" * 64).refs == (ann,)
    assert people.references("face", model="1" * 64).refs == (ann,)
    assert people.left_out("1" * 64) == 0
    assert [sample.quality for sample in people.list()[0].samples] == [None, 0.5]


def test_a_dump_of_the_database_holds_no_vector(
    people: PeopleBank, database: Path, make_template: MakeTemplate
) -> None:
    template = make_template(1)
    people.enrol("crew", "Ann", [template], ["Annie"])
    with sqlite3.connect(database) as connection:
        dump = "\n".join(connection.iterdump())
    connection.close()
    assert "Annie" in dump
    lowered = dump.lower()
    for kind in ("<f4", ">f4", "<f8", ">f8"):
        raw = template.vector.astype(kind).tobytes()
        for start in range(0, len(raw), 16):
            piece = raw[start : start + 16]
            # iterdump writes blobs in hexadecimal.
            assert piece.hex() not in lowered
            assert piece.decode("latin-1") not in dump
        encoded = base64.b64encode(raw).decode()
        assert not any(encoded[start : start + 16] in dump for start in range(0, len(encoded), 16))
    for value in template.vector:
        assert not {f"{value:.5f}", repr(float(value))[:8], str(value)[:8]} & set(dump.split(","))
        assert f"{value:.5f}" not in dump
