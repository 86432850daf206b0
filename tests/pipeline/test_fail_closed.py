"""Whatever an analyzer does wrong, nothing is approved that was not examined."""

import io
from dataclasses import replace
from pathlib import Path

import av
import numpy as np
import pytest

from compliance.analyzers.screen.ocr import OcrAnalyzer
from compliance.analyzers.texts.pii import PiiAnalyzer
from compliance.errors import DigestMismatch, ModelMissing, UsageError
from compliance.facts import Release
from compliance.findings import Finding
from compliance.pipeline.intake import Request, take_in
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.types import Prompt, Source
from compliance.verdicts import Decision, ExitCode

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: pii.card, title: No cards, why: Personal, find: pii.payment_card, then: reject}
"""


@pytest.fixture(scope="module")
def clip(tmp_path_factory) -> Path:
    path = tmp_path_factory.mktemp("clip") / "clip.mp4"
    buffer = io.BytesIO()
    with av.open(buffer, "w", format="mp4") as container:
        stream = container.add_stream("libx264", rate=10)
        stream.width, stream.height, stream.pix_fmt = 160, 96, "yuv420p"
        for number in range(10):
            picture = np.full((96, 160, 3), 20 * number, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(stream.encode(None))
    path.write_bytes(buffer.getvalue())
    return path


def review(clip: Path, folder: Path, *, cache: bool = True, **changes) -> Outcome:
    settings = Settings(home=folder / "home", **changes)
    with Reviewer(settings, load_policy_text(POLICY, "test"), cache=cache) as reviewer:
        (outcome,) = reviewer.review([Request(clip)], release=Release())
    return outcome


def test_the_clip_is_approved_when_everything_works(clip: Path, tmp_path: Path) -> None:
    outcome = review(clip, tmp_path)
    assert outcome.verdict.exit_code is ExitCode.APPROVE, outcome.verdict
    assert outcome.files.signed is not None


def raising(*arguments, **options):
    raise RuntimeError("broken on purpose")


def wrong_type(*arguments, **options):
    return ["not an observation"]


def nothing_at_all(*arguments, **options):
    return None


BREAKS = {
    "setup raises": (OcrAnalyzer, "setup", raising),
    "observing frames raises": (OcrAnalyzer, "observe_frames", raising),
    "observing frames gives nonsense": (OcrAnalyzer, "observe_frames", wrong_type),
    "observing frames gives nothing": (OcrAnalyzer, "observe_frames", nothing_at_all),
    "reducing raises": (OcrAnalyzer, "reduce", raising),
    "reading texts raises": (PiiAnalyzer, "observe_texts", raising),
    "reading texts gives nonsense": (PiiAnalyzer, "observe_texts", wrong_type),
    "findings raise": (PiiAnalyzer, "findings", raising),
    "findings are nonsense": (PiiAnalyzer, "findings", wrong_type),
    "findings are nothing": (PiiAnalyzer, "findings", nothing_at_all),
}


@pytest.mark.parametrize("name", sorted(BREAKS))
def test_a_broken_analyzer_never_approves(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    owner, method, broken = BREAKS[name]
    monkeypatch.setattr(owner, method, broken)
    outcome = review(clip, tmp_path)
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE
    assert outcome.files.signed is None
    assert outcome.verdict.not_examined[0].reason
    monkeypatch.undo()
    again = review(clip, tmp_path)
    assert again.verdict.exit_code is ExitCode.APPROVE, "the failure was stored as a result"


def test_a_finding_outside_the_spec_never_counts_as_examined(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def foreign(self, asset, observations, references):
        finding = Finding(
            category="likeness.face",
            asset=asset,
            analyzer="pii",
            source="frame",
            score=1.0,
            raw=1.0,
            raw_kind="count",
        )
        return [finding]

    monkeypatch.setattr(PiiAnalyzer, "findings", foreign)
    outcome = review(clip, tmp_path)
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE
    assert "declare" in outcome.verdict.not_examined[0].reason


def test_an_absent_model_is_incomplete_and_a_changed_one_is_usage(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def absent(self, device, models):
        raise ModelMissing("a model file is not installed", fix="pip install rapidocr")

    def changed(self, device, models):
        raise DigestMismatch("a model file differs from its card")

    monkeypatch.setattr(OcrAnalyzer, "setup", absent)
    outcome = review(clip, tmp_path)
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE
    assert "pip install rapidocr" in outcome.verdict.not_examined[0].reason
    monkeypatch.setattr(OcrAnalyzer, "setup", changed)
    with pytest.raises(DigestMismatch):
        review(clip, tmp_path, cache=False)


def test_a_file_that_changes_while_it_is_reviewed_is_not_approved(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = tmp_path / "clip.mp4"
    mine.write_bytes(clip.read_bytes())
    real = OcrAnalyzer.observe_frames

    def touch_and_observe(self, batch):
        mine.write_bytes(clip.read_bytes())
        return real(self, batch)

    monkeypatch.setattr(OcrAnalyzer, "observe_frames", touch_and_observe)
    outcome = review(mine, tmp_path, cache=False)
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE
    assert outcome.files.signed is None


def test_stored_observations_give_the_same_verdict_without_decoding(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = review(clip, tmp_path)
    monkeypatch.setattr("compliance.pipeline.decoding.MediaReader", raising)
    second = review(clip, tmp_path)
    assert second.verdict.decision is Decision.APPROVE
    keys = [
        {one.name: one.observations_key for one in run.verdict.analyzers} for run in (first, second)
    ]
    assert keys[0] == keys[1]
    assert first.facts.findings == second.facts.findings


def test_a_damaged_store_costs_a_decode_and_nothing_else(clip: Path, tmp_path: Path) -> None:
    review(clip, tmp_path)
    for path in (tmp_path / "home" / "observations").rglob("*.observations"):
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
    assert review(clip, tmp_path).verdict.exit_code is ExitCode.APPROVE


def test_a_policy_without_frame_analyzers_ends(clip: Path, tmp_path: Path) -> None:
    policy = POLICY.replace("pii.payment_card", "provenance.tampered")
    with Reviewer(Settings(home=tmp_path / "home"), load_policy_text(policy, "test")) as reviewer:
        (outcome,) = reviewer.review([Request(clip)], release=Release())
    assert outcome.verdict.coverage.frames_seen == 10


def test_every_prompt_of_one_source_counts(tmp_path: Path) -> None:
    card, bird = Prompt(text="4111 1111 1111 1111"), Prompt(text="a bird over a lake")
    requests = [Request(None, (bird,)), Request(None, (card, bird)), Request(None, (bird, card))]
    settings = Settings(home=tmp_path / "home")
    with Reviewer(settings, load_policy_text(POLICY, "test")) as reviewer:
        outcomes = reviewer.review(requests, release=Release())
    decisions = [one.verdict.decision for one in outcomes]
    assert decisions == [Decision.APPROVE, Decision.REJECT, Decision.REJECT]
    assert outcomes[0].verdict.parts != outcomes[1].verdict.parts


def test_an_analyzer_that_is_handed_nothing_examined_nothing(
    clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its spec says that it reads captions, but this version hands it none."""
    spec = replace(PiiAnalyzer.spec, sources=PiiAnalyzer.spec.sources | {Source.CAPTION})
    monkeypatch.setattr(PiiAnalyzer, "spec", spec)
    monkeypatch.setattr(
        "compliance.pipeline.observed.applicable_sources",
        lambda asset, info: frozenset({Source.OCR, Source.CAPTION}),
    )
    outcome = review(clip, tmp_path)
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE
    assert [one.source for one in outcome.verdict.not_examined] == ["caption"]


def test_two_files_of_one_content_are_both_reported(clip: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.mp4"
    copy.write_bytes(clip.read_bytes())
    with Reviewer(Settings(home=tmp_path / "home"), load_policy_text(POLICY, "test")) as reviewer:
        outcomes = reviewer.review([Request(clip), Request(copy)], release=Release())
    assert [one.name for one in outcomes] == ["clip.mp4", "copy.mp4"]


def test_half_a_character_in_a_prompt_is_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="half a character"):
        take_in(Request(None, (Prompt(text="a \udc80 b"),)))
