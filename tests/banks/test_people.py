"""The bank of people: what goes in comes out for matching, and nothing readable lies on disk."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine, text

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank, Template
from compliance.errors import BankError
from compliance.findings import Reference
from compliance.store.engine import open_database, writing
from compliance.store.verdicts import VerdictStore

MakeTemplate = Callable[..., Template]
MODEL, OTHER_MODEL = "1" * 64, "2" * 64


def _versions(people: PeopleBank) -> dict[tuple[str, str], str]:
    uses = (*people.references("face").banks, *people.references("name").banks)
    return {(use.name, use.modality): use.version for use in uses}


def test_vectors_come_back_exactly_with_their_references(
    people: PeopleBank, make_template: MakeTemplate
) -> None:
    ada = people.enrol("talent", "Ada Lovelace", [make_template(1), make_template(2)])
    grace = people.enrol("talent", "Grace Hopper", [make_template(3)])
    found = people.references("face")
    assert found.refs == (ada, ada, grace)
    assert found.vectors is not None
    assert found.vectors.dtype == np.float32
    assert found.vectors.shape == (3, 128)
    rows = {row.tobytes() for row in found.vectors}
    assert rows == {make_template(seed).vector.tobytes() for seed in (1, 2, 3)}
    assert found.vectors[2].tobytes() == make_template(3).vector.tobytes()
    assert [(use.name, use.modality, use.size) for use in found.banks] == [("talent", "face", 2)]


def test_names_and_aliases_are_one_row_each(people: PeopleBank) -> None:
    grace = people.enrol("talent", "Grace Hopper", [], ["Amazing Grace", "Grandma COBOL"])
    found = people.references("name")
    assert found.texts == ("Grace Hopper", "Amazing Grace", "Grandma COBOL")
    assert found.refs == (grace,) * 3
    assert [(use.modality, use.size) for use in found.banks] == [("name", 1)]


def test_a_person_without_templates_does_not_count_as_a_face(people: PeopleBank) -> None:
    people.enrol("talent", "Ada Lovelace", [])
    found = people.references("face")
    assert found.vectors is None
    assert [(use.name, use.size) for use in found.banks] == [("talent", 0)]


def test_only_the_named_banks_are_read_and_an_absent_one_is_empty(
    people: PeopleBank, make_template: MakeTemplate
) -> None:
    people.enrol("talent", "Ada Lovelace", [make_template(1)])
    people.enrol("public-figures", "Grace Hopper", [make_template(2)])
    found = people.references("face", ["talent", "tallent"])
    assert [ref.bank for ref in found.refs] == ["talent"]
    assert [(use.name, use.size) for use in found.banks] == [("talent", 1), ("tallent", 0)]
    assert [person.reference.label for person in people.list("talent")] == ["Ada Lovelace"]


def test_entries_are_stable_slugs_and_unique_within_the_bank(people: PeopleBank) -> None:
    names = ["Eileen Collins", "Eileen  Collins", "Zoë O'Neill", "王小明", "李雷"]
    entries = [people.enrol("talent", name, []).entry for name in names]
    assert entries[:3] == ["eileen-collins", "eileen-collins-2", "zoe-o-neill"]
    assert entries[3:] == ["name-acf979cc", "name-3a47328a"]
    assert people.enrol("others", "Eileen Collins", []).entry == "eileen-collins"


@pytest.mark.parametrize("bank", ["", "Talent", "a b", "a/b", "x" * 65, "bank\n"])
def test_unusable_bank_names_are_refused(people: PeopleBank, bank: str) -> None:
    with pytest.raises(BankError, match="name of the bank"):
        people.enrol(bank, "Ada Lovelace", [])


@pytest.mark.parametrize(
    "name", ["", "  ", "...", "Ada\u200bLovelace", "Ada\x00", "\u202eadA", "x" * 201]
)
def test_unusable_names_are_refused_and_leave_nothing(people: PeopleBank, name: str) -> None:
    with pytest.raises(BankError, match="name is not usable"):
        people.enrol("talent", name, [])
    with pytest.raises(BankError, match="name is not usable"):
        people.enrol("talent", "Ada Lovelace", [], [name])
    assert people.list() == []


@pytest.mark.parametrize(
    "vector",
    [
        np.zeros(128, np.float32),
        np.full(128, np.nan, np.float32),
        np.ones((2, 64), np.float32),
        np.ones(128, np.float64),
        np.ones(0, np.float32),
    ],
)
def test_unusable_templates_are_refused(vector: np.ndarray) -> None:
    with pytest.raises(BankError, match="template is not usable"):
        Template(vector=vector, model=MODEL, source_sha256="0" * 64)


def test_a_version_depends_on_the_entries_not_on_their_order(
    people: PeopleBank, engine: Engine, make_template: MakeTemplate
) -> None:
    people.enrol("talent", "Ada Lovelace", [make_template(1), make_template(2)], ["Ada"])
    people.enrol("talent", "Grace Hopper", [make_template(3)])
    before = _versions(people)
    with writing(engine) as connection:
        for table in ("templates", "aliases"):
            connection.execute(text(f"UPDATE {table} SET number = 1000 - number"))
    assert _versions(people) == before


def test_a_version_changes_with_every_entry(
    people: PeopleBank, engine: Engine, make_template: MakeTemplate
) -> None:
    ada = people.enrol("talent", "Ada Lovelace", [make_template(1)], ["Ada"])
    seen = [_versions(people)]
    grace = people.enrol("talent", "Grace Hopper", [make_template(2)])
    seen.append(_versions(people))
    with writing(engine) as connection:
        connection.execute(text("UPDATE aliases SET text = 'Countess'"))
    seen.append(_versions(people))
    people.erase(ada)
    seen.append(_versions(people))
    people.erase(grace)
    names = [versions.get(("talent", "name"), "") for versions in seen]
    faces = [versions.get(("talent", "face"), "") for versions in seen]
    assert len(set(names)) == 4
    assert len(set(faces)) == 3
    assert faces[1] == faces[2]
    assert people.references("face").banks == ()


def test_two_banks_of_the_same_person_have_unlinkable_versions(
    people: PeopleBank, tmp_path: Path, make_template: MakeTemplate
) -> None:
    people.enrol("talent", "Ada Lovelace", [make_template(1)])
    engine = open_database(f"sqlite:///{tmp_path}/two/c.sqlite3")
    twin = PeopleBank(engine, MasterKey.load(tmp_path / "two" / "keys", {}))
    twin.enrol("talent", "Ada Lovelace", [make_template(1)])
    assert _versions(people)["talent", "name"] != _versions(twin)["talent", "name"]


def test_no_vector_lies_on_disk_in_the_clear(
    people: PeopleBank, database: Path, make_template: MakeTemplate
) -> None:
    template = make_template(1)
    people.enrol("talent", "Ada Lovelace", [template])
    files = [path for path in database.parent.rglob("*") if path.is_file()]
    stored = b"".join(path.read_bytes() for path in files)
    assert b"Ada Lovelace" in stored, "the search must be able to find what is plain"
    for dtype in ("<f4", ">f4", "<f8", ">f8", "<f2"):
        raw = template.vector.astype(dtype).tobytes()
        width = np.dtype(dtype).itemsize
        pieces = [raw[start : start + 4 * width] for start in range(0, len(raw), 4 * width)]
        assert not any(piece in stored for piece in pieces)
    assert not any(repr(round(float(value), 5)).encode() in stored for value in template.vector)


def test_erasing_leaves_nothing_of_a_person_on_disk(
    people: PeopleBank, engine: Engine, database: Path, make_template: MakeTemplate
) -> None:
    ada = people.enrol("talent", "Ada Lovelace", [make_template(1)], ["Enchantress of Number"])
    grace = people.enrol("talent", "Grace Hopper", [make_template(2)])
    with writing(engine) as connection:
        found = text(
            "SELECT sealed, wrapped_key FROM templates JOIN people ON people.number = person "
            "WHERE entry = 'ada-lovelace'"
        )
        sealed, wrapped = connection.execute(found).one()
    people.erase(ada)
    stored = database.read_bytes()
    traces = (sealed, wrapped, b"Ada Lovelace", b"ada-lovelace", b"Enchantress of Number")
    assert not [trace for trace in traces if trace in stored]
    assert people.references("face").refs == (grace,)
    assert people.references("name").texts == ("Grace Hopper",)
    events = VerdictStore(engine).events()
    assert [event.kind for event in events] == [
        "person.enrolled",
        "person.enrolled",
        "person.erased",
    ]
    with pytest.raises(BankError, match="no such person"):
        people.erase(ada)


def test_another_master_key_opens_nothing(
    people: PeopleBank, engine: Engine, tmp_path: Path, make_template: MakeTemplate
) -> None:
    people.enrol("talent", "Ada Lovelace", [make_template(1)])
    other = MasterKey.load(tmp_path / "other", {})
    other.sealer("faces").seal(b"", b"")
    with pytest.raises(BankError, match="master key"):
        PeopleBank(engine, other).references("face")
    assert PeopleBank(engine, other).references("name").texts == ("Ada Lovelace",)


def test_a_template_in_another_persons_place_does_not_open(
    people: PeopleBank, engine: Engine, make_template: MakeTemplate
) -> None:
    people.enrol("talent", "Ada Lovelace", [make_template(1)])
    people.enrol("talent", "Grace Hopper", [make_template(2)])
    with writing(engine) as connection:
        connection.execute(text("UPDATE templates SET person = 3 - person"))
    with pytest.raises(BankError, match="cannot be opened"):
        people.references("face")


def test_templates_of_another_model_are_left_out_and_counted(
    people: PeopleBank, make_template: MakeTemplate
) -> None:
    people.enrol("talent", "Ada Lovelace", [make_template(1), make_template(2, OTHER_MODEL, 512)])
    found = people.references("face", model=MODEL)
    assert found.vectors is not None
    assert found.vectors.tobytes() == make_template(1).vector.tobytes()
    assert people.left_out(MODEL) == 1
    assert people.list()[0].templates == {MODEL: 1, OTHER_MODEL: 1}
    with pytest.raises(BankError, match="several models"):
        people.references("face")


def test_a_person_known_to_another_model_only_is_never_overlooked(
    people: PeopleBank, make_template: MakeTemplate
) -> None:
    people.enrol("talent", "Ada Lovelace", [make_template(1)])
    people.enrol("talent", "Grace Hopper", [make_template(2, OTHER_MODEL)])
    with pytest.raises(BankError, match="another model only") as caught:
        people.references("face", model=MODEL)
    assert caught.value.where == "talent/grace-hopper"


def test_the_nearest_person_comes_first_and_once(
    people: PeopleBank, make_template: MakeTemplate
) -> None:
    ada = people.enrol("talent", "Ada Lovelace", [make_template(1), make_template(2)])
    grace = people.enrol("public-figures", "Grace Hopper", [make_template(3)])
    probe = make_template(2).vector + np.float32(0.01)
    found = people.nearest(probe, MODEL)
    assert [neighbour.reference for neighbour in found] == [ada, grace]
    assert found[0].distance == pytest.approx(0.01 * 128**0.5, rel=1e-3)
    assert people.nearest(probe, MODEL, ["public-figures"])[0].reference == grace
    assert len(people.nearest(probe, MODEL, limit=1)) == 1
    with pytest.raises(BankError, match="does not compare"):
        people.nearest(probe[:64], MODEL)


def test_an_empty_bank_has_no_neighbours(people: PeopleBank, make_template: MakeTemplate) -> None:
    assert people.nearest(make_template(1).vector, MODEL) == ()
    assert people.references("name").refs == ()


def test_an_unknown_person_cannot_be_erased(people: PeopleBank) -> None:
    with pytest.raises(BankError, match="people list"):
        people.erase(Reference(bank="talent", entry="nobody"))
