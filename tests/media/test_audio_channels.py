"""Channels that may be left out are those in which nothing can be hidden from whoever listens to the others."""

import numpy as np

from compliance.media.audio_parts import RATE, distinct

TIME = np.arange(4 * RATE) / RATE
VOICE = np.random.default_rng(1).normal(size=len(TIME)).astype(np.float32) * 0.02


def channels(*given: np.ndarray) -> list[int]:
    return distinct(np.stack(given).astype(np.float32))


def test_a_copy_too_quiet_to_be_heard_does_not_stand_for_a_loud_channel() -> None:
    assert channels(VOICE * 5e-4, VOICE) == [0, 1]


def test_a_copy_that_is_loud_for_a_while_only_does_not_stand_for_a_loud_channel() -> None:
    gain = np.where(TIME < 2, 1.0, 5e-4)
    assert channels(VOICE * gain, VOICE) == [0, 1]


def test_a_voice_between_loud_beats_of_both_channels_is_kept() -> None:
    beat = np.where(TIME % 1 < 0.2, np.sin(2 * np.pi * 200 * TIME), 0.0)
    assert channels(beat, beat + VOICE * (TIME % 1 >= 0.2)) == [0, 1]


def test_a_voice_over_a_hum_or_an_offset_of_both_channels_is_kept() -> None:
    for loud in (np.full_like(TIME, 0.9), 0.9 * np.sin(2 * np.pi * 25 * TIME)):
        assert channels(loud, loud + VOICE) == [0, 1]


def test_an_inverted_or_softer_copy_and_a_silent_channel_are_left_out() -> None:
    assert channels(VOICE, -VOICE, VOICE / 4, np.zeros_like(VOICE)) == [0]
