"""Lint knows the banks of brands and works, and those that the shipped names belong to."""

from pathlib import Path

import pytest

from compliance.banks.items import ItemBank, NewItem
from compliance.cli.policy_store import bank_names
from compliance.settings import Settings
from compliance.store.engine import open_database

SHIPPED = ["brands", "public-figures", "works"]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path, database_url=f"sqlite:///{tmp_path}/compliance.sqlite3")


def add(settings: Settings, kind: str, bank: str) -> None:
    engine = open_database(settings.database_url)
    ItemBank(engine, kind).add(NewItem(bank=bank, name="Acme"))
    engine.dispose()


def test_banks_are_not_known_where_there_is_no_database(settings: Settings) -> None:
    assert bank_names(settings) is None
    assert list(settings.home.iterdir()) == []


def test_banks_of_brands_and_works_are_known_beside_the_shipped_ones(settings: Settings) -> None:
    add(settings, "brand", "own-brands")
    add(settings, "work", "films")
    assert bank_names(settings) == sorted(["films", "own-brands", *SHIPPED])


def test_without_the_shipped_names_their_banks_are_not_there(settings: Settings) -> None:
    bare = settings.model_copy(update={"starter_names": False})
    add(bare, "brand", "own-brands")
    assert bank_names(bare) == ["own-brands"]
