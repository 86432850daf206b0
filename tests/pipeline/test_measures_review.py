"""From files that flash, or are too loud, to verdicts; what was not measured is never approved."""

from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from compliance.facts import Release
from compliance.findings import Finding, Status
from compliance.pipeline.intake import Request
from compliance.pipeline.run import Outcome, Reviewer
from compliance.policy.load import load_policy_text
from compliance.settings import Settings
from compliance.verdicts import Decision, ExitCode

POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - {id: flash, title: No flashes, why: Seizures, find: flash, when: {min_score: 0.9}, then: reject}
  - id: loud
    title: Not too loud
    why: Ears
    find: [accessibility.loudness, accessibility.silence]
    when: {min_score: 0.5}
    then: flag
"""
RATE = 48_000


def write(
    path: Path,
    levels: list[int],
    decibels: float | None = None,
    transfer: int = 1,
    channels: int = 2,
) -> Path:
    """A clip of one grey level a frame, 25 a second, and a sine of a level in dBFS."""
    with av.open(str(path), "w") as container:
        video = container.add_stream("libx264", rate=25)
        video.width, video.height, video.pix_fmt = 160, 96, "yuv420p"
        video.codec_context.color_trc = transfer
        sound = None
        if decibels is not None:
            sound = container.add_stream("pcm_s16le", rate=RATE)
            sound.layout = "stereo" if channels == 2 else "hexadecagonal"
        for level in levels:
            picture = np.full((96, 160, 3), level, np.uint8)
            container.mux(video.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        container.mux(video.encode())
        if sound is not None and decibels is not None:
            times = np.arange(len(levels) * RATE // 25) / RATE
            wave = 10 ** (decibels / 20) * np.sin(2 * np.pi * 997 * times) * 32767
            packed = np.ascontiguousarray(np.repeat(wave.astype(np.int16), channels))[None]
            frame = av.AudioFrame.from_ndarray(packed, format="s16", layout=sound.layout.name)
            frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
            container.mux(sound.encode(frame))
            container.mux(sound.encode())
    return path


FLASHING = [20, 20, 235, 235] * 13
STEADY = [100 + i for i in range(50)]


def review(path: Path, home: Path) -> Outcome:
    with Reviewer(Settings(home=home), load_policy_text(POLICY, "test")) as reviewer:
        (outcome,) = reviewer.review([Request(path)], release=Release())
    return outcome


def found(outcome: Outcome) -> list[Finding]:
    return [one for report in outcome.facts.reports for one in report.findings]


def test_a_clip_that_flashes_is_rejected_and_the_cache_gives_the_same(tmp_path: Path) -> None:
    path = write(tmp_path / "clip.mkv", FLASHING, -20.0)
    first, second = review(path, tmp_path / "home"), review(path, tmp_path / "home")
    assert first.verdict.decision is Decision.REJECT
    assert first.verdict.complete, first.verdict.not_examined
    assert {one.category for one in found(first)} == {"flash.general"}
    assert found(first) == found(second)
    assert first.verdict.key == second.verdict.key


def test_a_steady_clip_at_a_usual_level_is_approved(tmp_path: Path) -> None:
    outcome = review(write(tmp_path / "clip.mkv", STEADY, -20.0), tmp_path / "home")
    assert outcome.verdict.exit_code is ExitCode.APPROVE, outcome.verdict
    assert found(outcome) == []


def test_a_clip_without_sound_needs_no_loudness(tmp_path: Path) -> None:
    outcome = review(write(tmp_path / "clip.mkv", STEADY), tmp_path / "home")
    assert outcome.verdict.exit_code is ExitCode.APPROVE, outcome.verdict
    (status,) = {one.status for one in outcome.facts.reports if one.analyzer == "loudness"}
    assert status is Status.NOT_APPLICABLE


@pytest.mark.parametrize(("level", "category"), [(-1.0, "loudness"), (-100.0, "silence")])
def test_sound_that_is_too_loud_or_silent_is_flagged(
    level: float, category: str, tmp_path: Path
) -> None:
    outcome = review(write(tmp_path / "clip.mkv", STEADY, level), tmp_path / "home")
    assert outcome.verdict.decision is Decision.FLAG
    assert outcome.verdict.complete
    assert f"accessibility.{category}" in {one.category for one in found(outcome)}


def test_hdr_is_not_examined_for_flashes(tmp_path: Path) -> None:
    outcome = review(write(tmp_path / "clip.mkv", STEADY, transfer=16), tmp_path / "home")
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE
    assert "HDR" in str([one.reason for one in outcome.facts.reports])


def test_a_clip_that_breaks_off_is_not_examined_to_its_end(tmp_path: Path) -> None:
    path = write(tmp_path / "clip.mkv", STEADY * 4, -20.0)
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
    assert review(path, tmp_path / "home").verdict.exit_code is ExitCode.INCOMPLETE


def test_more_channels_than_are_measured_are_not_approved(tmp_path: Path) -> None:
    outcome = review(write(tmp_path / "clip.mkv", STEADY, -20.0, channels=16), tmp_path / "home")
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE


def test_a_still_picture_does_not_flash(tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (160, 96), (200, 0, 0)).save(tmp_path / "still.png")
    outcome = review(tmp_path / "still.png", tmp_path / "home")
    assert outcome.verdict.exit_code is ExitCode.APPROVE, outcome.verdict
    assert found(outcome) == []


def test_how_loud_a_file_without_picture_is_does_not_count_as_having_listened(
    tmp_path: Path,
) -> None:
    with av.open(str(tmp_path / "tone.wav"), "w") as container:
        sound = container.add_stream("pcm_s16le", rate=RATE, layout="mono")
        wave = (3276 * np.sin(2 * np.pi * 997 * np.arange(2 * RATE) / RATE)).astype(np.int16)
        frame = av.AudioFrame.from_ndarray(wave[None], "s16", "mono")
        frame.sample_rate, frame.pts, frame.time_base = RATE, 0, Fraction(1, RATE)
        container.mux([*sound.encode(frame), *sound.encode(None)])
    outcome = review(tmp_path / "tone.wav", tmp_path / "home")
    assert outcome.verdict.exit_code is ExitCode.INCOMPLETE
    assert "nothing listened" in str(outcome.facts.gaps)
