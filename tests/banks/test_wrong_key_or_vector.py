"""Another master key, or vectors that do not compare, change nothing."""

import base64
import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank, Template
from compliance.banks.transfer import MAGIC, Secret, export_bank, import_bank
from compliance.errors import BankError
from compliance.pipeline.erase import erase_person
from compliance.settings import Settings
from compliance.store.engine import open_database

MODEL = "1" * 64
SECRET = Secret("key", b"x" * 32)
Make = Callable[..., Template]


@pytest.fixture
def stranger(tmp_path: Path) -> MasterKey:
    return MasterKey.load(tmp_path, {"COMPLIANCE_MASTER_KEY": base64.b64encode(b"z" * 32).decode()})


@pytest.fixture
def exported(tmp_path: Path, make_template: Make) -> Path:
    """A bank from elsewhere, with templates of 64 numbers."""
    engine = open_database(f"sqlite:///{tmp_path / 'elsewhere.sqlite3'}")
    bank = PeopleBank(engine, MasterKey.load(tmp_path / "other-keys", {}))
    bank.enrol("crew", "Bea", [make_template(7, size=64)])
    export_bank(bank, engine, "crew", tmp_path / "crew.bank", SECRET)
    engine.dispose()
    return tmp_path / "crew.bank"


def test_nothing_is_enrolled_imported_or_erased_under_another_master_key(
    people: PeopleBank,
    engine: Engine,
    stranger: MasterKey,
    exported: Path,
    tmp_path: Path,
    make_template: Make,
) -> None:
    people.enrol("talent", "Ann", [make_template(1)])
    named = people.enrol("talent", "Eve", [])
    other = PeopleBank(engine, stranger)
    attempts = (
        lambda: other.enrol("talent", "Name Only", []),
        lambda: import_bank(exported, SECRET, engine, stranger, frozenset({MODEL})),
        lambda: erase_person(other, named, Settings(home=tmp_path / "home"), stranger),
    )
    for attempt in attempts:
        with pytest.raises(BankError, match="cannot be opened"):
            attempt()
    assert [one.reference.id for one in people.list()] == ["talent/ann", "talent/eve"]
    assert len(people.references("face", model=MODEL)) == 1


def test_vectors_of_another_length_than_those_of_their_model_stay_out(
    people: PeopleBank, engine: Engine, master: MasterKey, exported: Path, make_template: Make
) -> None:
    people.enrol("talent", "Ann", [make_template(1)])
    with pytest.raises(BankError, match="does not compare with the others of its model"):
        import_bank(exported, SECRET, engine, master, frozenset({MODEL}))
    with pytest.raises(BankError, match="does not compare"):
        people.enrol("talent", "Two", [make_template(2, "2" * 64), make_template(3, "2" * 64, 9)])
    assert [one.reference.id for one in people.list()] == ["talent/ann"]


@pytest.mark.parametrize("scale", [1e19, 1e30, 1e-30, np.nan])
def test_vectors_whose_distances_overflow_are_no_templates(
    make_template: Make, scale: float
) -> None:
    good = make_template(1)
    with pytest.raises(BankError, match="not usable"):
        dataclasses.replace(good, vector=(good.vector * scale).astype(np.float32))


def test_a_header_with_a_broken_number_is_refused_in_words(
    engine: Engine, master: MasterKey, exported: Path
) -> None:
    head, rest = exported.read_bytes()[len(MAGIC) :].split(b"\n", 1)
    header = json.loads(head) | {"secret": "passphrase", "cost": 2.5}
    exported.write_bytes(MAGIC + json.dumps(header).encode() + b"\n" + rest)
    with pytest.raises(BankError, match="no exported bank"):
        secret = Secret("passphrase", b"some passphrase")
        import_bank(exported, secret, engine, master, frozenset({MODEL}))


def test_face_and_voice_may_come_from_one_video(people: PeopleBank, make_template: Make) -> None:
    face = make_template(1)
    ann = people.enrol("talent", "Ann", [face])
    voice = dataclasses.replace(make_template(2), source_sha256=face.source_sha256)
    people.add(ann, [dataclasses.replace(voice, modality="voice")])
    with pytest.raises(BankError, match="enrolled already"):
        people.add(ann, [face])


def test_everyday_names_stay_everyday_where_a_bank_goes(
    people: PeopleBank, engine: Engine, tmp_path: Path, master: MasterKey
) -> None:
    people.enrol("crew", "~Pink", [], ["~Page", "Bob Bee"])
    export_bank(people, engine, "crew", tmp_path / "b.bank", SECRET)
    import_bank(tmp_path / "b.bank", SECRET, engine, master, frozenset(), bank="copy")
    (copy,) = people.list("copy")
    assert (copy.everyday, copy.aliases) == (("Page", "Pink"), ("Bob Bee", "Page"))
