"""What becomes a template of a voice, and what is refused with its reason."""

import importlib.util
from pathlib import Path

import numpy as np
import pytest
from sound_files import RATE, speech, spoken, write_sound

from compliance.errors import BankError
from compliance.pipeline.enrol_voices import voice_templates
from compliance.settings import Settings

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("silero_vad") is None, reason="needs the extra 'voice'"
)


@pytest.fixture
def recordings(shared_data: Path) -> Path:
    return shared_data / "voices-librispeech/speakers"


def refusal(path: Path) -> str:
    with pytest.raises(BankError) as caught:
        voice_templates([path], Settings(home=path.parent / "home"))
    assert str(path) in str(caught.value)
    return str(caught.value)


def test_no_files_load_nothing() -> None:
    assert voice_templates([], Settings()) == []


def test_a_recording_without_speech_is_refused(tmp_path: Path) -> None:
    noise = 0.05 * np.random.default_rng(0).standard_normal((1, 5 * RATE))
    assert "nobody speaks" in refusal(write_sound(tmp_path / "noise.wav", noise))


def test_too_little_speech_is_refused(recordings: Path, tmp_path: Path) -> None:
    short = spoken(recordings / "1688/1688-142285-0000.flac", 1, 2)
    assert "3 s of speech" in refusal(write_sound(tmp_path / "short.wav", short[None]))


def test_several_voices_are_refused(recordings: Path, tmp_path: Path) -> None:
    both = [
        spoken(recordings / "1688/1688-142285-0000.flac", 0, 6),
        spoken(recordings / "2414/2414-128291-0001.flac", 0, 6),
    ]
    said = refusal(write_sound(tmp_path / "two.wav", np.concatenate(both)[None]))
    assert "several voices" in said and "2 voices" in said


def test_clipped_speech_is_refused(recordings: Path, tmp_path: Path) -> None:
    loud = np.clip(60 * speech(recordings / "1688/1688-142285-0001.flac"), -1, 1)
    assert "clipped" in refusal(write_sound(tmp_path / "loud.wav", loud[None]))


def test_speech_in_noise_is_refused(recordings: Path, tmp_path: Path) -> None:
    clean = speech(recordings / "1688/1688-142285-0001.flac")
    noise = 0.7 * clean.std() * np.random.default_rng(0).standard_normal(len(clean))
    assert "noise" in refusal(write_sound(tmp_path / "noisy.wav", (clean + noise)[None]))


def test_what_is_no_sound_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "notes.wav"
    path.write_text("these are notes")
    assert "cannot be decoded" in refusal(path)


def test_a_recording_given_twice_is_refused(recordings: Path, tmp_path: Path) -> None:
    file = recordings / "1688/1688-142285-0000.flac"
    copy = tmp_path / "copy.flac"
    copy.write_bytes(file.read_bytes())
    with pytest.raises(BankError, match="given twice"):
        voice_templates([file, copy], Settings(home=tmp_path / "home"))
