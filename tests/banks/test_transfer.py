"""Banks from one installation to another: whole, encrypted, or not at all."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import Engine

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank, Template
from compliance.banks.transfer import Secret, export_bank, import_bank
from compliance.banks.written_consent import require_consent, requires_consent
from compliance.errors import BankError
from compliance.store.engine import open_database

MakeTemplate = Callable[..., Template]
MODEL = "1" * 64
KEY = Secret("key", bytes(range(32)))


@pytest.fixture
def exported(
    people: PeopleBank, engine: Engine, tmp_path: Path, make_template: MakeTemplate
) -> Path:
    people.enrol(
        "crew",
        "~Ada Lovelace",
        [make_template(1), make_template(2)],
        ["Ada", "~Countess"],
        consent_sha256="c" * 64,
        minor=True,
    )
    people.enrol("crew", "Grace Hopper", [])
    people.enrol("crew", "Grace Hopper", [make_template(3)])
    assert export_bank(people, engine, "crew", tmp_path / "crew.bank", KEY) == 3
    return tmp_path / "crew.bank"


@pytest.fixture
def there(tmp_path: Path) -> tuple[Engine, MasterKey, PeopleBank]:
    """Another installation."""
    engine = open_database(f"sqlite:///{tmp_path}/there/c.sqlite3")
    keys = MasterKey.load(tmp_path / "there" / "keys", {})
    return engine, keys, PeopleBank(engine, keys)


There = tuple[Engine, MasterKey, PeopleBank]


def take_in(file: Path, there: There, secret: Secret = KEY, **options: object) -> None:
    import_bank(file, secret, there[0], there[1], frozenset({MODEL}), **options)  # type: ignore[arg-type]


def test_everybody_comes_in_as_they_were(
    exported: Path, people: PeopleBank, there: There, make_template: MakeTemplate
) -> None:
    take_in(exported, there)
    assert there[2].list() == people.list()
    came, went = there[2].references("face"), people.references("face")
    assert came.refs == went.refs
    assert came.vectors is not None
    assert went.vectors is not None
    assert came.vectors.tobytes() == went.vectors.tobytes()
    assert came.banks != went.banks, "versions are salted, so that installations cannot be linked"
    names = there[2].references("name")
    assert dict(zip(names.texts, names.ambiguous, strict=True))["Countess"]


def test_the_file_is_its_owners_and_holds_nothing_readable(
    exported: Path, make_template: MakeTemplate
) -> None:
    content = exported.read_bytes()
    assert exported.stat().st_mode & 0o077 == 0
    assert b"Ada" not in content
    assert make_template(1).vector.tobytes()[:16] not in content


def test_a_passphrase_opens_what_it_closed_and_another_does_not(
    people: PeopleBank, engine: Engine, tmp_path: Path, there: There
) -> None:
    people.enrol("crew", "Ada Lovelace", [])
    file = tmp_path / "crew.bank"
    export_bank(people, engine, "crew", file, Secret("passphrase", b"correct horse battery"))
    with pytest.raises(BankError, match="passphrase is not the one"):
        take_in(file, there, Secret("passphrase", b"correct horse batterz"))
    with pytest.raises(BankError, match="encrypted in another way"):
        take_in(file, there, KEY)
    assert there[2].list() == []
    take_in(file, there, Secret("passphrase", b"correct horse battery"))
    assert [one.reference.label for one in there[2].list()] == ["Ada Lovelace"]


def test_a_wrong_key_changes_nothing(exported: Path, there: There) -> None:
    with pytest.raises(BankError, match="key is not the one") as caught:
        take_in(exported, there, Secret("key", bytes(32)))
    assert "\n" not in str(caught.value)
    assert there[2].list() == []


def test_every_changed_or_missing_byte_is_found(exported: Path, there: There) -> None:
    content = exported.read_bytes()
    broken = exported.with_name("broken.bank")
    cuts = [content[:end] for end in (0, 10, 40, 200, len(content) - 1)] + [content + b"\0"]
    flips = [bytearray(content) for _ in range(0, len(content), 97)]
    for number, flipped in enumerate(flips):
        flipped[97 * number] ^= 1
    for damaged in (*cuts, *map(bytes, flips)):
        broken.write_bytes(damaged)
        with pytest.raises(BankError, match=r"broken\.bank") as caught:
            take_in(broken, there)
        assert "\n" not in str(caught.value)
    assert there[2].list() == []


def test_a_bank_from_a_newer_version_is_refused(exported: Path, there: There) -> None:
    magic, header, rest = exported.read_bytes().split(b"\n", 2)
    newer = json.dumps(json.loads(header) | {"version": 2, "cipher": "other"}).encode()
    exported.write_bytes(b"\n".join((magic, newer, rest)))
    with pytest.raises(BankError, match="newer version"):
        take_in(exported, there)
    assert there[2].list() == []


@pytest.mark.parametrize(
    "content", [b"", b"a picture", b"compliance bank\n", b"compliance bank\n{}\n"]
)
def test_another_file_is_refused(content: bytes, tmp_path: Path, there: There) -> None:
    file = tmp_path / "other.bank"
    file.write_bytes(content)
    with pytest.raises(BankError, match="no exported bank"):
        take_in(file, there)
    with pytest.raises(BankError, match="no exported bank"):
        take_in(tmp_path / "absent.bank", there)


def test_templates_of_unknown_models_are_refused_unless_asked_for(
    people: PeopleBank, engine: Engine, tmp_path: Path, there: There, make_template: MakeTemplate
) -> None:
    people.enrol("crew", "Ada Lovelace", [make_template(1), make_template(2, "9" * 64)])
    export_bank(people, engine, "crew", tmp_path / "crew.bank", KEY)
    with pytest.raises(BankError, match="not known here") as caught:
        take_in(tmp_path / "crew.bank", there)
    assert "1 of 2" in caught.value.found
    assert there[2].list() == []
    take_in(tmp_path / "crew.bank", there, anyway=True)
    assert there[2].list()[0].templates == {MODEL: 1, "9" * 64: 1}


def test_somebody_who_is_enrolled_already_stops_the_whole_import(
    exported: Path, there: There
) -> None:
    there[2].enrol("crew", "grace hopper", [])
    before = there[2].list()
    with pytest.raises(BankError, match="enrolled already"):
        take_in(exported, there)
    assert there[2].list() == before
    take_in(exported, there, bank="guests")
    assert len(there[2].list("guests")) == 3


def test_written_consent_is_asked_for_and_what_the_bank_asks_comes_along(
    exported: Path, people: PeopleBank, engine: Engine, tmp_path: Path, there: There
) -> None:
    require_consent(there[0], "crew", True)
    with pytest.raises(BankError, match="written consent"):
        take_in(exported, there)
    assert there[2].list() == []
    require_consent(engine, "extras", True)
    people.enrol("extras", "Ada Lovelace", [], consent_sha256="c" * 64)
    export_bank(people, engine, "extras", tmp_path / "extras.bank", KEY)
    take_in(tmp_path / "extras.bank", there)
    assert requires_consent(there[0], "extras")


def test_an_empty_bank_is_not_exported(people: PeopleBank, engine: Engine, tmp_path: Path) -> None:
    with pytest.raises(BankError, match="empty"):
        export_bank(people, engine, "nobody", tmp_path / "x.bank", KEY)
    assert not (tmp_path / "x.bank").exists()
