"""Prints of recordings: what they keep, what is refused with its reason, what is damaged."""

import numpy as np
import pytest
from sound_pieces import RATE, music

from compliance.analyzers.works import peaks, sound_ridges
from compliance.analyzers.works.peaks import Peaks
from compliance.analyzers.works.sound_prints import DENSITY, read_print, recording_print
from compliance.errors import AnalyzerError, BankError
from compliance.types import AudioTrack

TIME = np.arange(10 * RATE) / RATE


def track(samples: np.ndarray, start: float = 0.0) -> AudioTrack:
    return AudioTrack("work", samples.astype(np.float32), RATE, start)


def same(one: Peaks, other: Peaks) -> bool:
    return all(
        np.array_equal(getattr(one, column), getattr(other, column))
        for column in ("times", "hertz", "ranks")
    )


def test_a_print_is_the_same_for_the_same_sound_and_small() -> None:
    data = recording_print([track(music(1))])
    assert data == recording_print([track(music(1))])
    assert len(data) < 15_000 * 20 / 60
    kept = read_print(data)
    assert kept.seconds == 20.0
    assert same(kept.layers[0], peaks.find(music(1)).strongest(DENSITY))


def test_channels_are_layers_and_parts_are_joined() -> None:
    left, right = music(1), music(2)
    cut = 8 * RATE
    parts = [track(left[:cut]), track(right[:cut]), track(left[cut:], 8), track(right[cut:], 8)]
    layers = read_print(recording_print(parts)).layers
    assert len(layers) == 2
    assert all(19 < one.times[-1] < 20.1 and (np.diff(one.times) >= 0).all() for one in layers)


@pytest.mark.parametrize(
    ("sound", "reason"),
    [
        (0 * TIME, "silence"),
        (np.sin(2 * np.pi * 440 * TIME), "a tone"),
        (0.3 * np.sin(2 * np.pi * 1000 * TIME) * (np.sin(2 * np.pi * TIME) > 0), "a tone"),
        (music(1, 1.5), "1.5 s"),
    ],
)
def test_what_could_not_be_found_again_is_refused_with_the_reason(
    sound: np.ndarray, reason: str
) -> None:
    with pytest.raises(BankError, match=reason) as caught:
        recording_print([track(sound)], "jingle.wav")
    assert "jingle.wav" in str(caught.value)


def test_no_sound_at_all_is_refused() -> None:
    with pytest.raises(BankError, match="no sound"):
        recording_print([])


def test_another_rate_is_an_error() -> None:
    with pytest.raises(AnalyzerError, match="16000"):
        recording_print([AudioTrack("work", np.zeros(100, np.float32), 44_100)])


def test_a_damaged_print_is_an_error_that_says_how_to_mend_it() -> None:
    data = recording_print([track(music(1))])
    for broken in (b"", data[:10], data[:-1], data + b"x", b"xx" + data[2:]):
        with pytest.raises(BankError, match="works reindex"):
            read_print(broken)


def test_packed_peaks_and_ridges_are_what_they_were() -> None:
    found, ridges = peaks.find(music(3)), sound_ridges.find(music(3))
    assert same(peaks.unpack(peaks.pack(found)), found)
    assert same(sound_ridges.unpack(sound_ridges.pack(ridges)), ridges)
    nothing = peaks.find(np.zeros(0, np.float32))
    assert len(nothing) == 0 and same(peaks.unpack(peaks.pack(nothing)), nothing)
    assert len(sound_ridges.unpack(sound_ridges.pack(nothing))) == 0


def test_a_tone_peaks_at_its_frequency_and_moment() -> None:
    burst = 0.5 * np.sin(2 * np.pi * 1003 * TIME) * np.exp(-(((TIME - 4.321) / 0.02) ** 2))
    found = peaks.find(burst.astype(np.float32))
    best = int(np.abs(found.hertz - 1003).argmin())
    assert found.hertz[best] == pytest.approx(1003, abs=3)
    assert found.times[best] == pytest.approx(4.321, abs=0.005)


def test_where_blocks_meet_is_seen_as_elsewhere() -> None:
    sound = np.concatenate([music(4), music(5), music(6)])
    shift = 100 * 256  # whole spectra, so that the same ones are seen
    moved = peaks.find(np.concatenate([np.zeros(shift, np.float32), sound]))
    still = peaks.find(sound)
    inside = still.within(2, 58)
    again = moved.within(2 + shift / RATE, 58 + shift / RATE)

    def names(found: Peaks, later: float) -> set[tuple[int, int]]:
        ticks = np.rint((found.times - later) / peaks.TICK).astype(int).tolist()
        return set(zip(ticks, found.hertz.astype(int).tolist(), strict=True))

    first, second = names(inside, 0), names(again, shift / RATE)
    assert len(first & second) > 0.995 * max(len(first), len(second))  # running sums are rounded


def test_loudness_changes_no_peak() -> None:
    loud, quiet = peaks.find(music(7)), peaks.find(music(7) * np.float32(0.05))
    common = np.isin(loud.times * 1e4 + loud.hertz, quiet.times * 1e4 + quiet.hertz)
    assert common.mean() > 0.9
