"""What is added stands under the entry of a shipped name only if it has that name."""

from pathlib import Path

import pytest
from sqlalchemy import Engine

from compliance.banks.entries import plain, slug
from compliance.banks.find import WORKS, find_entry, known_items
from compliance.banks.items import ItemBank, NewItem
from compliance.banks.shipped import shipped_entries
from compliance.errors import UsageError
from compliance.store.engine import open_database


@pytest.fixture
def engine(tmp_path: Path) -> Engine:
    return open_database(f"sqlite:///{tmp_path / 'items.db'}")


@pytest.mark.parametrize("name", ["Up", "UP", "Úp!"])
def test_what_has_a_shipped_name_joins_it(engine: Engine, name: str) -> None:
    assert shipped_entries("works")["up"] >= {"up"}
    assert ItemBank(engine, "work").add(NewItem("works", name)).entry == "up"


@pytest.mark.parametrize("name", ["Тачки Up", "Up 上"])
def test_another_name_that_comes_to_the_same_entry_does_not_join_it(
    engine: Engine, name: str
) -> None:
    assert slug(name) == "up"
    bank = ItemBank(engine, "work")
    assert bank.add(NewItem("works", name)).entry == "up-2"
    assert bank.add(NewItem("films", name)).entry == "up"


def test_names_without_latin_letters_have_entries_of_their_own(engine: Engine) -> None:
    names = ["Чебурашка", "Губка Боб Квадратные Штаны", "ピクミン", "21 дней", "21"]
    assert len({slug(name) for name in names}) == len(names)
    shipped = shipped_entries("works")
    assert slug("Чебурашка") not in shipped
    sponge = ItemBank(engine, "work").add(NewItem("works", "губка боб квадратные штаны"))
    assert plain("Губка Боб Квадратные Штаны") in shipped[sponge.entry]


def test_a_name_is_not_taken_for_another_of_the_same_latin_letters(engine: Engine) -> None:
    with pytest.raises(UsageError, match="no work of this name"):
        find_entry(known_items(engine, "work"), "Тачки Up", WORKS)
    assert find_entry(known_items(engine, "work"), "ÚP!", WORKS).reference.entry == "up"
