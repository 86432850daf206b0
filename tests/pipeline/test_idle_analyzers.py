"""What nothing would be compared with is not looked at, and never counts as examined."""

from __future__ import annotations

from pathlib import Path

import cv2
import pytest

from compliance.analyzers.base import AnalyzerSpec
from compliance.banks.items import ItemBank, ItemFile, NewItem
from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank
from compliance.facts import Release
from compliance.pipeline.intake import Request
from compliance.pipeline.plan import idle_analyzers
from compliance.pipeline.references import BankReader
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.store.engine import open_database
from compliance.types import Source

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: marks, title: Marks, why: House rule, find: [brand.logo, ip.copy], when: {min_score: 0.5}, then: flag}
"""
MAKER = "logos-2"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


@pytest.fixture
def photo(tmp_path: Path) -> Path:
    from skimage import data

    path = tmp_path / "photo.png"
    cv2.imwrite(str(path), cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR))
    return path


def review(settings: Settings, photo: Path) -> Outcome:
    with Reviewer(settings, load_policy_text(POLICY, "test")) as reviewer:
        (outcome,) = reviewer.review([Request(path=photo)], release=Release())
    return outcome


def test_empty_banks_cost_no_look_and_count_as_not_examined(
    settings: Settings, photo: Path
) -> None:
    outcome = review(settings, photo)
    states = {use.name: use.status for use in outcome.verdict.analyzers}
    assert states["local-features"] == states["frame-hashes"] == "skipped"
    assert not outcome.verdict.complete and outcome.verdict.decision == "flag"
    missing = {one.category for one in outcome.verdict.not_examined}
    assert {"brand.logo", "ip.copy"} <= missing


def test_what_one_reader_needs_is_looked_at_for_it(settings: Settings, photo: Path) -> None:
    from compliance.pipeline.enrol_works import work_files
    from compliance.pipeline.run import quiet

    (read,) = work_files([photo], settings, quiet)
    ItemBank(open_database(settings.database_url), "work").add(
        NewItem("works", "Photo", files=(read.file,))
    )
    outcome = review(settings, photo)
    states = {use.name: use.status for use in outcome.verdict.analyzers}
    assert states["local-features"] == states["frame-hashes"] == "completed"
    assert [one.category for one in outcome.facts.findings] == ["ip.copy"]


def test_what_is_added_while_nothing_looks_is_not_taken_for_compared(settings: Settings) -> None:
    engine = open_database(settings.database_url)
    reader = BankReader(
        engine, PeopleBank(engine, MasterKey.load(settings.keys, {})), starter_names=False
    )
    assert reader.is_empty("mark", MAKER)
    file = ItemFile("a" * 64, "acme.svg", {MAKER: b"print"})
    ItemBank(engine, "brand").add(NewItem("brands", "Acme", files=(file,)))
    assert len(reader("mark", MAKER)) == 0 and reader("mark", MAKER).banks == ()
    engine.dispose()


def test_a_print_that_is_missing_is_no_empty_bank(settings: Settings) -> None:
    engine = open_database(settings.database_url)
    ItemBank(engine, "brand").add(
        NewItem("brands", "Acme", files=(ItemFile("a" * 64, "acme.svg", {"logos-0": b"old"}),))
    )
    reader = BankReader(
        engine, PeopleBank(engine, MasterKey.load(settings.keys, {})), starter_names=False
    )
    assert not reader.is_empty("mark", MAKER)
    engine.dispose()


def spec(name: str, **fields: object) -> AnalyzerSpec:
    given = {"version": "1", "categories": (), "sources": frozenset({Source.FRAME})}
    return AnalyzerSpec(name=name, **{**given, **fields})


def test_only_what_every_reader_has_nothing_to_compare_with_is_idle() -> None:
    matcher = {"requires": ("eyes",), "reads": ("eyes",), "modality": "mark", "prints": "p"}
    specs = {
        "eyes": spec("eyes"),
        "marks": spec("marks", categories=("brand.logo",), **matcher),
    }
    assert idle_analyzers(specs, lambda *_: True) == {"eyes"}
    assert idle_analyzers(specs, lambda *_: False) == frozenset()
    another = spec("another", categories=("x-a.b",), requires=("eyes",))
    assert idle_analyzers(specs | {"another": another}, lambda *_: True) == frozenset()
    finder = spec("eyes", categories=("x-a.c",))
    assert idle_analyzers(specs | {"eyes": finder}, lambda *_: True) == frozenset()
