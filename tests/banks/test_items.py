"""Brands and works in their banks: names, files and prints, and what is refused."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import Engine

from compliance.banks.item_references import item_prints, item_texts
from compliance.banks.items import ItemBank, ItemFile, NewItem
from compliance.errors import BankError
from compliance.findings import Reference
from compliance.store.engine import open_database
from compliance.store.tables import items

MAKER = "logos-1"


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    opened = open_database(f"sqlite:///{tmp_path / 'items.db'}")
    yield opened
    opened.dispose()


def file(name: str, **prints: bytes) -> ItemFile:
    made = {maker.replace("_", "-"): content for maker, content in prints.items()}
    return ItemFile(hashlib.sha256(name.encode()).hexdigest(), name, made, content=name.encode())


def acme(**changes: object) -> NewItem:
    given = {"bank": "brands", "name": "Acme", "names": ("~Peak", "Acme Labs"), "owner": "own"}
    return NewItem(**{**given, "files": (file("acme.svg", logos_1=b"print"),), **changes})


def test_what_was_added_is_listed_with_names_files_and_owner(engine: Engine) -> None:
    bank = ItemBank(engine, "brand")
    assert bank.add(acme()) == Reference(bank="brands", entry="acme", label="Acme")
    (one,) = bank.entries()
    assert one.names == ("Acme Labs", "Peak") and one.everyday == ("Peak",)
    assert one.owner == "own" and [name for name, _ in one.files] == ["acme.svg"]
    assert ItemBank(engine, "work").entries() == []


def test_names_and_prints_come_back_as_references_of_their_modality(engine: Engine) -> None:
    ItemBank(engine, "brand").add(acme(details={"rules": {"clear_space": 0.5}}))
    words, marks = item_texts(engine, "brand"), item_prints(engine, "brand", MAKER)
    assert words.texts == ("Acme", "Acme Labs", "Peak")
    assert words.ambiguous == (False, False, True)
    assert [use.modality for use in (*words.banks, *marks.banks)] == ["word", "mark"]
    assert marks.prints == (b"print",) and '"clear_space": 0.5' in marks.details[0]
    assert marks.banks[0].size == 1
    assert len(item_texts(engine, "work")) == len(item_prints(engine, "work", MAKER)) == 0


def test_the_version_of_a_bank_changes_with_what_is_compared(engine: Engine) -> None:
    bank = ItemBank(engine, "brand")
    reference = bank.add(acme())
    before = item_prints(engine, "brand", MAKER).banks[0].version
    assert item_prints(engine, "brand", MAKER).banks[0].version == before
    bank.extend(reference, files=[file("second.svg", logos_1=b"other")])
    assert item_prints(engine, "brand", MAKER).banks[0].version != before


def test_a_file_without_a_print_of_the_maker_is_an_error_not_nothing(engine: Engine) -> None:
    bank = ItemBank(engine, "brand")
    bank.add(acme())
    with pytest.raises(BankError, match="made for another version"):
        item_prints(engine, "brand", "logos-2")
    ((_, name, sha256, content),) = bank.without_print("logos-2")
    assert (name, content) == ("acme.svg", b"acme.svg")
    bank.put_prints([(sha256, "logos-2", b"again")])
    assert item_prints(engine, "brand", "logos-2").prints == (b"again",)


def test_an_empty_print_says_that_there_is_nothing_to_compare(engine: Engine) -> None:
    ItemBank(engine, "work").add(
        NewItem("works", "Tune", files=(file("tune.wav", copies_1=b"", recordings_1=b"peaks"),))
    )
    assert item_prints(engine, "work", "copies-1").banks == ()
    assert item_prints(engine, "work", "recordings-1").prints == (b"peaks",)


@pytest.mark.parametrize(
    "changes", [{"name": "ACME", "files": ()}, {"name": "Other"}, {"bank": "No Bank"}]
)
def test_what_cannot_stand_in_the_bank_changes_nothing(
    engine: Engine, changes: dict[str, object]
) -> None:
    bank = ItemBank(engine, "brand")
    bank.add(acme())
    before = item_texts(engine, "brand")
    with pytest.raises(BankError):
        bank.add_all([acme(name="Fine", files=()), acme(**changes)])
    assert item_texts(engine, "brand") == before


def test_a_bank_holds_brands_or_works(engine: Engine) -> None:
    """Licences name entries by bank and entry: one for a brand must not cover a work of the same name."""
    ItemBank(engine, "brand").add(acme(bank="acme-bank"))
    for bank in ("acme-bank", "brands"):
        with pytest.raises(BankError, match="the bank holds brands"):
            ItemBank(engine, "work").add(NewItem(bank, "Acme"))


def test_removing_takes_names_files_and_prints_that_nobody_else_has(engine: Engine) -> None:
    brands, works = ItemBank(engine, "brand"), ItemBank(engine, "work")
    reference = brands.add(acme())
    works.add(NewItem("works", "Poster", files=(file("poster.png", copies_1=b"p"),)))
    brands.remove(reference)
    assert brands.entries() == [] and brands.without_print(MAKER) == []
    assert item_prints(engine, "work", "copies-1").prints == (b"p",)
    with pytest.raises(BankError, match="no such brand"):
        brands.remove(reference)


@pytest.mark.parametrize("details", ["no JSON", "[]"])
def test_a_damaged_row_is_told(engine: Engine, details: str) -> None:
    bank = ItemBank(engine, "brand")
    bank.add(acme())
    with engine.begin() as connection:
        connection.execute(items.update().values(details=details))
    for read in (bank.entries, lambda: item_texts(engine, "brand")):
        with pytest.raises(BankError, match=r"brands/acme: a stored brand is damaged"):
            read()
