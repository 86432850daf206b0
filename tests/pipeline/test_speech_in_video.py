"""What is spoken in a clip is read like other text where a recogniser heard it, and never passes unheard."""

import io
from pathlib import Path

import av
import numpy as np
import pytest

from compliance.analyzers.senses.speech import SpeechAnalyzer
from compliance.analyzers.texts.names import NameAnalyzer
from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank
from compliance.errors import AnalyzerError, ModelIncomplete, ModelMissing
from compliance.facts import Release
from compliance.findings import Observation, RawKind
from compliance.pipeline.intake import Request
from compliance.pipeline.plan import analyzers_for
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.store.engine import open_database
from compliance.types import Source, TimeSpan
from compliance.verdicts import Decision

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: named, title: No names, why: Personal, find: likeness.name, when: {min_score: 0.5}, then: reject}
"""
SPECS = {one.spec.name: one.spec for one in (NameAnalyzer, SpeechAnalyzer)}


def make_clip(path: Path, *, sound: bool) -> Path:
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        audio = container.add_stream("pcm_s16le", rate=16000, layout="mono") if sound else None
        for number in range(10):
            picture = np.full((96, 160, 3), 20 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
        if audio is not None:
            noise = np.random.default_rng(1).integers(-3000, 3000, (1, 16000), np.int16)
            frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="mono")
            frame.sample_rate = 16000
            container.mux(audio.encode(frame))
            container.mux(audio.encode(None))
    path.write_bytes(buffer.getvalue())
    return path


def review(
    path: Path, folder: Path, policy: str = POLICY, analyzers: tuple[str, ...] = ("speech",)
) -> Outcome:
    settings = Settings(home=folder / "home", starter_names=False, analyzers=analyzers)
    people = PeopleBank(open_database(settings.database_url), MasterKey.load(settings.keys))
    people.enrol("people", "Wilhelmina Quistgaard", [])
    with Reviewer(settings, load_policy_text(policy, "test")) as reviewer:
        (outcome,) = reviewer.review([Request(path)], release=Release())
    return outcome


def says(text: str | None):
    """Stand in for the network alone: the recogniser is tested by itself with a real one."""

    def observe_audio(self, tracks):
        return [
            Observation(
                track.asset, "speech", "text_line", Source.SPEECH,
                TimeSpan(start=track.start, end=track.start + 1), raw=0.9,
                raw_kind=RawKind.PROBABILITY, text=text, attributes={"stream": track.stream},
            )
            for track in tracks
            if text
        ]  # fmt: skip

    return observe_audio


@pytest.fixture
def hears(monkeypatch):
    def hear(text: str | None) -> None:
        monkeypatch.setattr(SpeechAnalyzer, "setup", lambda self, device, models: None)
        monkeypatch.setattr(SpeechAnalyzer, "observe_audio", says(text))

    return hear


def test_a_name_that_is_spoken_is_found_with_its_time(tmp_path: Path, hears) -> None:
    hears("Here is Wilhelmina Quistgaard")
    outcome = review(make_clip(tmp_path / "a.mkv", sound=True), tmp_path)
    assert outcome.verdict.decision is Decision.REJECT
    (finding,) = outcome.facts.findings
    assert (finding.source, finding.span.start) == (Source.SPEECH, pytest.approx(0, abs=0.1))


def test_harmless_speech_is_examined(tmp_path: Path, hears) -> None:
    hears("Good evening")
    verdict = review(make_clip(tmp_path / "a.mkv", sound=True), tmp_path).verdict
    assert (verdict.decision, verdict.not_examined) == (Decision.APPROVE, ())


def test_speech_that_cannot_be_turned_into_text_whole_is_not_examined(
    tmp_path: Path, hears, monkeypatch
) -> None:
    hears(None)

    def endless(self, tracks):
        raise AnalyzerError("speech cannot be turned into text whole", where="speech")

    monkeypatch.setattr(SpeechAnalyzer, "observe_audio", endless)
    verdict = review(make_clip(tmp_path / "a.mkv", sound=True), tmp_path).verdict
    (missing,) = verdict.not_examined
    assert missing.source == "speech" and "cannot be turned into text whole" in missing.reason


def test_without_the_model_speech_is_not_examined_and_the_command_is_named(
    tmp_path: Path, monkeypatch
) -> None:
    def absent(self, device, models):
        raise ModelMissing("a model is not installed", fix="compliance models pull whisper")

    monkeypatch.setattr(SpeechAnalyzer, "setup", absent)
    verdict = review(make_clip(tmp_path / "a.mkv", sound=True), tmp_path).verdict
    (missing,) = verdict.not_examined
    assert missing.source == "speech" and "compliance models pull" in missing.reason


ACCEPTS = POLICY.replace(
    "rules:",
    "accept_unexamined:\n"
    "  - {category: likeness.name, sources: [speech], while: not_installed, owner: o, reason: r}\n"
    "rules:",
)


def test_an_owner_answers_for_speech_while_no_recogniser_is_installed_and_for_no_failure(
    tmp_path: Path, hears, monkeypatch
) -> None:
    clip = make_clip(tmp_path / "a.mkv", sound=True)

    def absent(self, device, models):
        raise ModelMissing("a model is not installed", fix="compliance models pull whisper")

    def partial(self, device, models):
        raise ModelIncomplete("a model file is not on this machine", where="whisper")

    def broken(self, tracks):
        raise AnalyzerError("speech cannot be turned into text whole", where="speech")

    assert review(clip, tmp_path, ACCEPTS, analyzers=()).verdict.complete
    monkeypatch.setattr(SpeechAnalyzer, "setup", absent)
    assert review(clip, tmp_path, ACCEPTS).verdict.complete
    monkeypatch.setattr(SpeechAnalyzer, "setup", partial)
    assert not review(clip, tmp_path, ACCEPTS).verdict.complete
    hears(None)
    monkeypatch.setattr(SpeechAnalyzer, "observe_audio", broken)
    verdict = review(clip, tmp_path, ACCEPTS).verdict
    assert (verdict.decision, verdict.complete) == (Decision.FLAG, False)


def test_a_clip_without_sound_needs_no_recogniser(tmp_path: Path, hears) -> None:
    hears(None)
    assert review(make_clip(tmp_path / "a.mkv", sound=False), tmp_path).verdict.complete


def test_the_full_tier_hears_speech_first_and_only_for_those_who_read_it() -> None:
    specs = {**SPECS, "ocr": SPECS["names"].__class__(**_OCR)}
    assert analyzers_for(["likeness.name"], specs, tier="full")[0] == "speech"
    assert "speech" not in analyzers_for(["likeness.name"], specs)
    assert analyzers_for(["presence.face"], specs, tier="full") == []


_OCR = {"name": "ocr", "version": "1", "categories": (), "sources": frozenset({Source.OCR})}
