"""Observations, matches and decisions: each layer is redone without the one before."""

from datetime import UTC, datetime
from pathlib import Path

import cv2
import numpy as np
import pytest

from compliance.analyzers.likeness.faces import FaceAnalyzer
from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank
from compliance.facts import GenerationRecord, Release
from compliance.findings import BankUse
from compliance.pipeline.device import Device
from compliance.pipeline.enrol import face_templates
from compliance.pipeline.intake import Request, take_in
from compliance.pipeline.keys import matches_key, observations_key
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.store.engine import open_database
from compliance.types import Prompt
from compliance.verdicts import ExitCode

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: likeness
    title: Nobody without consent
    why: Theirs to give
    find: [likeness.face, likeness.name]
    when: {min_score: 0.9}
    then: reject
"""
AS_OF = datetime(2026, 11, 1, tzinfo=UTC)


@pytest.fixture
def portrait(tmp_path: Path) -> Path:
    from skimage import data

    path = tmp_path / "portrait.png"
    cv2.imwrite(str(path), cv2.cvtColor(data.astronaut(), cv2.COLOR_RGB2BGR))
    return path


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home")


def enrol(settings: Settings, name: str, photos: list[Path]) -> None:
    engine = open_database(settings.database_url)
    templates = face_templates(photos, settings)
    PeopleBank(engine, MasterKey.load(settings.keys, {})).enrol("talent", name, templates)
    engine.dispose()


def review(settings: Settings, portrait: Path, policy: str = POLICY) -> Outcome:
    with Reviewer(settings, load_policy_text(policy, "test")) as reviewer:
        request = Request(portrait, (Prompt(text="a portrait"),))
        (outcome,) = reviewer.review([request], release=Release(), as_of=AS_OF)
    return outcome


def refuse(*arguments, **options):
    raise AssertionError("this layer was asked to work again")


def test_a_new_bank_needs_no_decoding_and_a_new_policy_no_matching(
    settings: Settings, portrait: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = review(settings, portrait)
    assert before.verdict.exit_code is ExitCode.INCOMPLETE, "nobody is enrolled"
    enrol(settings, "Eileen Collins", [portrait])
    monkeypatch.setattr("compliance.pipeline.decoding.MediaReader", refuse)
    monkeypatch.setattr(FaceAnalyzer, "observe_frames", refuse)
    monkeypatch.setattr(OcrAnalyzer, "observe_frames", refuse)
    known = review(settings, portrait)
    assert known.verdict.exit_code is ExitCode.REJECT
    milder = review(settings, portrait, POLICY.replace("then: reject", "then: flag"))
    assert milder.verdict.exit_code is ExitCode.FLAG

    def keys(outcome: Outcome) -> dict[str, str]:
        return {one.name: one.observations_key for one in outcome.verdict.analyzers}

    assert keys(before) == keys(known) == keys(milder)
    assert len({run.verdict.key for run in (before, known, milder)}) == 3


def test_the_same_review_gives_the_same_verdict_once(settings: Settings, portrait: Path) -> None:
    first, second = review(settings, portrait), review(settings, portrait)
    assert first.verdict == second.verdict
    assert first.verdict.digest == second.verdict.digest


def test_observations_do_not_depend_on_prompt_or_record_where_only_frames_are_read(
    portrait: Path,
) -> None:
    analyzer = FaceAnalyzer()
    plain = take_in(Request(portrait)).asset
    told = take_in(
        Request(portrait, (Prompt(text="a portrait"),), GenerationRecord(host="somewhere"))
    ).asset
    keys = {observations_key(analyzer.spec, one, (), Device("cpu"), ()) for one in (plain, told)}
    assert len(keys) == 1
    assert plain.id != told.id


def test_observations_depend_on_media_version_models_and_precision(
    portrait: Path, tmp_path: Path
) -> None:
    spec = FaceAnalyzer.spec
    asset = take_in(Request(portrait)).asset
    other = tmp_path / "other.png"
    cv2.imwrite(str(other), np.zeros((8, 8, 3), np.uint8))
    key = observations_key(spec, asset, (), Device("cpu"), ())
    assert observations_key(spec, take_in(Request(other)).asset, (), Device("cpu"), ()) != key
    assert observations_key(spec, asset, (), Device("cuda:0"), ()) != key
    assert observations_key(spec, asset, (), Device("cpu", "bf16"), ()) != key
    assert observations_key(spec, asset, (), Device("cpu"), ("0" * 64,)) != key


def test_matches_depend_on_the_bank_as_it_stands() -> None:
    def bank(version: str) -> BankUse:
        return BankUse(name="talent", modality="face", size=1, version=version)

    assert matches_key("key", [bank("1")]) != matches_key("key", [bank("2")])
    assert matches_key("key", [bank("1"), bank("2")]) == matches_key("key", [bank("2"), bank("1")])


def test_a_photo_with_two_faces_or_none_is_not_enrolled(
    settings: Settings, portrait: Path, tmp_path: Path
) -> None:
    one = cv2.imread(str(portrait))
    cv2.imwrite(str(tmp_path / "two.png"), np.hstack([one, one]))
    cv2.imwrite(str(tmp_path / "none.png"), np.full((300, 300, 3), 128, np.uint8))
    for name in ("two.png", "none.png"):
        with pytest.raises(Exception, match=name):
            face_templates([tmp_path / name], settings)
