"""An empty database in a folder of its own."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import Engine

from compliance.store.engine import open_database
from compliance.types import digest_of
from compliance.verdicts import Decision, Verdict


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path}/home/compliance.sqlite3"


@pytest.fixture
def engine(url: str) -> Engine:
    return open_database(url)


@pytest.fixture
def make_verdict() -> Callable[[int], Verdict]:
    """A verdict whose key follows from its number."""

    def make(number: int) -> Verdict:
        return Verdict(
            key=digest_of(number),
            asset=digest_of(["asset", number]),
            asset_name=f"clip-{number}.mp4",
            parts={"media": digest_of(["media", number])},
            policy="acme@1.0.0",
            policy_digest=digest_of("policy"),
            policy_status="enforce",
            release={},
            as_of=datetime(2026, 11, 20, 12, 0, tzinfo=UTC),
            decision=Decision.FLAG,
            complete=True,
        )

    return make
