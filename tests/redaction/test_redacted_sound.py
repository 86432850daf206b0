"""Muted sound: silence in the span, and the rest as exact as the codec allows."""

from pathlib import Path

import numpy as np
import pytest
from redaction_clips import packets_of, sound_of, write_clip, write_tone

from compliance.provenance.signers import DevelopmentSigner
from compliance.redaction.edits import Edit, How
from compliance.redaction.redact import Redacted, redact
from compliance.types import TimeSpan

START, END = 0.5, 0.9


def mute(path: Path, signer: DevelopmentSigner) -> tuple[Path, Redacted]:
    out = path.with_name(f"out{path.suffix}")
    edit = Edit(finding="f-1", how=How.MUTE, span=TimeSpan(start=START, end=END))
    return out, redact(path, [edit], out, signer)


def level(sound: np.ndarray, start: float, end: float, rate: int = 48_000) -> float:
    return float(np.abs(sound[:, int(start * rate) : int(end * rate)]).max())


def test_aac_packets_outside_the_span_are_copied_bit_for_bit(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    out, done = mute(clip, signer)
    before, after = packets_of(clip, "audio"), packets_of(out, "audio")
    assert [time for time, _ in before] == [time for time, _ in after]
    changed = [time for (time, a), (_, b) in zip(before, after, strict=True) if a != b]
    assert START - 0.05 < min(changed)
    assert max(changed) < END
    assert level(sound_of(out), START, END) == 0
    assert level(sound_of(out), 0.1, START - 0.1) > 0.2
    assert done.notes == ("Sound: copied but for the muted packets.",)


def test_video_packets_times_do_not_depend_on_muting(
    signer: DevelopmentSigner, tmp_path: Path
) -> None:
    clip = write_clip(tmp_path / "clip.mp4")
    out, _ = mute(clip, signer)
    shown = [sorted(time for time, _ in packets_of(path, "video")) for path in (clip, out)]
    assert shown[0] == pytest.approx(shown[1], abs=1e-6)


@pytest.mark.parametrize(
    ("suffix", "codec"), [("wav", "pcm_s16le"), ("wav", "pcm_s24le"), ("flac", "flac")]
)
def test_lossless_sound_changes_in_no_other_sample(
    signer: DevelopmentSigner, tmp_path: Path, suffix: str, codec: str
) -> None:
    tone = write_tone(tmp_path / f"tone.{suffix}", codec)
    out, _ = mute(tone, signer)
    before, after = sound_of(tone), sound_of(out)
    assert before.shape == after.shape
    expected = before.copy()
    expected[:, int(START * 48_000) : int(END * 48_000)] = 0
    assert np.array_equal(expected, after)


@pytest.mark.parametrize(
    ("suffix", "codec", "rate"),
    [("mp3", "libmp3lame", 44_100), ("ogg", "libopus", 48_000), ("m4a", "aac", 44_100)],
)
def test_other_sound_is_silent_in_the_span_and_heard_around_it(
    signer: DevelopmentSigner, tmp_path: Path, suffix: str, codec: str, rate: int
) -> None:
    tone = write_tone(tmp_path / f"tone.{suffix}", codec, rate)
    out, _ = mute(tone, signer)
    before, after = sound_of(tone), sound_of(out)
    assert abs(before.shape[1] - after.shape[1]) < 0.06 * rate
    assert level(after, START + 0.06, END - 0.06, rate) < 0.001
    assert level(after, 0.1, START - 0.1, rate) > 0.2
    assert level(after, END + 0.1, 1.3, rate) > 0.2
