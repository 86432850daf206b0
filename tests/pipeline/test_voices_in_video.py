"""From recordings to a bank, and from a video with sound to a verdict about whose voice is heard."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from sound_files import RATE, speech, spoken, write_sound

from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank
from compliance.facts import Release
from compliance.findings import Finding
from compliance.pipeline.enrol_voices import voice_templates
from compliance.pipeline.intake import Request
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.store.engine import open_database
from compliance.verdicts import Decision, ExitCode

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("silero_vad") is None, reason="needs the extra 'voice'"
)

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: voice
    title: No known voice
    why: Personality rights
    find: likeness.voice
    when: {min_score: 0.5}
    then: reject
"""
ANN = "1688-142285-{:04}.flac"
BOB = "1998-15444-{:04}.flac"
EVE = "2414-128291-{:04}.flac"


def of(shared_data: Path, name: str, number: int) -> Path:
    return shared_data / "voices-librispeech/speakers" / name.split("-")[0] / name.format(number)


@pytest.fixture(scope="module")
def home(shared_data: Path, tmp_path_factory) -> Path:
    """A home whose bank knows Ann's voice by two recordings."""
    settings = Settings(home=tmp_path_factory.mktemp("voices") / "home")
    templates = voice_templates([of(shared_data, ANN, n) for n in (0, 1)], settings)
    assert [one.modality for one in templates] == ["voice", "voice"]
    engine = open_database(settings.database_url)
    PeopleBank(engine, MasterKey.load(settings.keys)).enrol("talent", "Ann", templates)
    engine.dispose()
    return settings.home


def review(path: Path, home: Path, **changes: object) -> Outcome:
    settings = Settings(home=home, **changes)
    with Reviewer(settings, load_policy_text(POLICY, "test")) as reviewer:
        (outcome,) = reviewer.review([Request(path)], release=Release())
    return outcome


def found(outcome: Outcome, category: str) -> list[Finding]:
    return [
        one
        for report in outcome.facts.reports
        for one in report.findings
        if one.category == category
    ]


def matches(outcome: Outcome) -> list[Finding]:
    return [one for one in found(outcome, "likeness.voice") if one.score >= 0.5]


def test_a_voice_between_two_others_is_found_in_its_time(
    shared_data: Path, home: Path, tmp_path: Path
) -> None:
    bob, ann = speech(of(shared_data, BOB, 0)), speech(of(shared_data, ANN, 6))
    mixed = np.concatenate([bob[RATE : 3 * RATE], ann[RATE : 4 * RATE], bob[4 * RATE : 7 * RATE]])
    path = write_sound(tmp_path / "clip.mp4", mixed[None], "aac", picture=True)
    outcome = review(path, home)
    assert outcome.verdict.complete, outcome.verdict.not_examined
    assert outcome.verdict.decision is Decision.REJECT
    spans = [one.span for one in matches(outcome) if one.span]
    assert {one.reference.id for one in matches(outcome) if one.reference} == {"talent/ann"}
    assert min(span.start for span in spans) == pytest.approx(2.0, abs=0.5)
    assert max(span.end for span in spans) == pytest.approx(5.0, abs=0.5)
    assert len({one.track for one in found(outcome, "presence.voice")}) == 2


def test_another_s_voice_matches_nobody_and_is_seen(
    shared_data: Path, home: Path, tmp_path: Path
) -> None:
    eve = spoken(of(shared_data, EVE, 1), 0, 8)
    outcome = review(write_sound(tmp_path / "clip.mp4", eve[None], "aac", picture=True), home)
    assert outcome.verdict.complete, outcome.verdict.not_examined
    assert matches(outcome) == [] and found(outcome, "presence.voice")
    assert outcome.verdict.decision is Decision.APPROVE


def test_sound_alone_is_examined_and_the_cache_gives_the_same(
    shared_data: Path, home: Path, tmp_path: Path
) -> None:
    path = write_sound(tmp_path / "ann.wav", speech(of(shared_data, ANN, 7))[None])
    first, second = review(path, home), review(path, home)
    assert first.verdict.complete, first.verdict.not_examined
    assert first.verdict.decision is Decision.REJECT and matches(first)
    assert first.verdict.key == second.verdict.key


def test_a_voice_in_one_channel_is_found_beside_another_in_the_other(
    shared_data: Path, home: Path, tmp_path: Path
) -> None:
    sides = np.stack([spoken(of(shared_data, BOB, 0), 1, 6), spoken(of(shared_data, ANN, 6), 1, 6)])
    outcome = review(write_sound(tmp_path / "both.wav", sides), home)
    assert [one.reference.id for one in matches(outcome) if one.reference][:1] == ["talent/ann"]


def test_broken_sound_is_never_passed(shared_data: Path, home: Path, tmp_path: Path) -> None:
    eve = spoken(of(shared_data, EVE, 1), 0, 6)
    path = write_sound(tmp_path / "clip.mp4", eve[None], "aac", picture=True)
    content = bytearray(path.read_bytes())
    at = len(content) // 2
    content[at : at + 6000] = bytes(np.random.default_rng(0).integers(0, 256, 6000, np.uint8))
    path.write_bytes(content)
    assert review(path, home).verdict.exit_code is ExitCode.INCOMPLETE


def test_a_silent_video_has_no_voice_to_examine(home: Path, tmp_path: Path) -> None:
    path = write_sound(tmp_path / "quiet.mp4", np.zeros((1, 2 * RATE)), "aac", picture=True)
    outcome = review(path, home)
    assert outcome.verdict.complete and found(outcome, "presence.voice") == []
