"""An empty bank of people in a folder of its own."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Engine

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank, Template
from compliance.store.engine import open_database

MODEL = "1" * 64


@pytest.fixture
def database(tmp_path: Path) -> Path:
    return tmp_path / "home" / "compliance.sqlite3"


@pytest.fixture
def engine(database: Path) -> Engine:
    return open_database(f"sqlite:///{database}")


@pytest.fixture
def master(tmp_path: Path) -> MasterKey:
    return MasterKey.load(tmp_path / "home" / "keys", {})


@pytest.fixture
def people(engine: Engine, master: MasterKey) -> PeopleBank:
    return PeopleBank(engine, master, clock=lambda: datetime(2026, 11, 20, tzinfo=UTC))


@pytest.fixture
def make_template() -> Callable[..., Template]:
    """A face template that follows from its seed."""

    def make(seed: int, model: str = MODEL, size: int = 128) -> Template:
        vector = np.random.default_rng(seed).normal(size=size).astype(np.float32)
        return Template(vector=vector, model=model, source_sha256=f"{seed:064x}")

    return make
