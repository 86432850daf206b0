"""Captions are measured against their media; speech without captions never passes where nobody listened."""

import io
from pathlib import Path

import av
import numpy as np
import pytest

from compliance.analyzers.likeness.voices import VoiceAnalyzer
from compliance.errors import ModelMissing
from compliance.facts import Release
from compliance.findings import Observation, RawKind
from compliance.pipeline.intake import Request
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.types import Captions, Cue, Source, TimeSpan

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {{id: captions, title: Captions, why: Access, find: {find}, when: {{min_score: 0.5}}, then: flag}}
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    """Four seconds of picture, and of noise."""
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="matroska") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        audio = container.add_stream("pcm_s16le", rate=16000, layout="mono")
        for number in range(40):
            picture = np.full((96, 160, 3), 5 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
        noise = np.random.default_rng(1).integers(-3000, 3000, (1, 64000), np.int16)
        frame = av.AudioFrame.from_ndarray(noise, format="s16", layout="mono")
        frame.sample_rate = 16000
        container.mux(audio.encode(frame))
        container.mux(audio.encode(None))
    path = tmp_path_factory.mktemp("clip") / "clip.mkv"
    path.write_bytes(buffer.getvalue())
    return path


def captions(*said: tuple[float, float, str]) -> Captions:
    cues = tuple(Cue(text=text, span=TimeSpan(start=a, end=b)) for a, b, text in said)
    return Captions(source=Source.CAPTION, sha256="0" * 64, cues=cues)


def review(path: Path, folder: Path, find: str, *given: Captions) -> Outcome:
    settings = Settings(home=folder / "home", starter_names=False)
    with Reviewer(settings, load_policy_text(POLICY.format(find=find), "test")) as reviewer:
        (outcome,) = reviewer.review([Request(path, captions=given)], release=Release())
    return outcome


@pytest.fixture
def voices(monkeypatch):
    """Have somebody speak from second to second, or nobody be able to listen."""

    def speak(*turns: tuple[float, float], absent: bool = False) -> None:
        def setup(self, device, models):
            if absent:
                raise ModelMissing("a package is not installed", fix="pip install silero-vad")

        def observe_audio(self, tracks):
            return [
                Observation(
                    track.asset, "voices", "voice", Source.AUDIO, TimeSpan(start=a, end=b),
                    raw=0.95, raw_kind=RawKind.PROBABILITY,
                    attributes={"stream": track.stream, "seconds": b - a, "track": "voice-1"},
                )
                for track in tracks
                for a, b in turns
            ]  # fmt: skip

        monkeypatch.setattr(VoiceAnalyzer, "setup", setup)
        monkeypatch.setattr(VoiceAnalyzer, "observe_audio", observe_audio)
        monkeypatch.setattr(VoiceAnalyzer, "reduce", lambda self, asset, seen: list(seen))
        monkeypatch.setattr(VoiceAnalyzer, "findings", lambda self, *given: [])
        monkeypatch.setattr("compliance.pipeline.judge._maker", lambda analyzer: None)

    return speak


def test_a_caption_outside_the_media_is_found_without_anybody_listening(
    clip: Path, tmp_path: Path, voices
) -> None:
    voices(absent=True)
    said = captions((0.5, 2.0, "Hello there"), (90.0, 92.0, "Nobody sees this"))
    outcome = review(clip, tmp_path, "accessibility.captions_timing", said)
    (finding,) = outcome.facts.findings
    assert (finding.source, finding.score) == (Source.CAPTION, 1.0)
    assert outcome.verdict.not_examined == ()


def test_speech_without_captions_is_found(clip: Path, tmp_path: Path, voices) -> None:
    voices((0.5, 3.5))
    outcome = review(clip, tmp_path, "accessibility.captions_missing")
    (finding,) = outcome.facts.findings
    assert (finding.source, finding.span) == (Source.AUDIO, TimeSpan(start=0.5, end=3.5))


def test_speech_with_captions_passes(clip: Path, tmp_path: Path, voices) -> None:
    voices((0.5, 3.5))
    said = captions((0.5, 3.5, "Hello there"))
    outcome = review(clip, tmp_path, "accessibility.captions_missing", said)
    assert outcome.facts.findings == () and outcome.verdict.not_examined == ()


def test_where_nobody_can_listen_missing_captions_are_not_examined_and_the_command_is_named(
    clip: Path, tmp_path: Path, voices
) -> None:
    voices(absent=True)
    verdict = review(clip, tmp_path, "accessibility.captions_missing").verdict
    (missing,) = [one for one in verdict.not_examined if one.category != "*"]
    assert missing.source == "audio" and "pip install" in missing.reason
