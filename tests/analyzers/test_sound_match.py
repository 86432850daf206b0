"""The index of landmarks, alignments, segments and their evidence."""

import numpy as np
import pytest
from sound_pieces import RATE, music

from compliance.analyzers.works import peaks, sound_marks, sound_ridges
from compliance.analyzers.works.sound_marks import Landmarks, pairs
from compliance.analyzers.works.sound_match import (
    SoundIndex,
    SoundMatch,
    distinct,
    evidence,
    score,
    surprise,
)
from compliance.analyzers.works.sound_prints import DENSITY


def reference(seed: int, seconds: float = 20.0) -> peaks.Peaks:
    return peaks.find(music(seed, seconds)).strongest(DENSITY)


def matches(index: SoundIndex, samples: np.ndarray) -> list[SoundMatch]:
    return index.matches(peaks.find(samples), sound_ridges.find(samples))


def match(clip: tuple[float, float], start: float, nats: float, row: int = 0) -> SoundMatch:
    there = start, start + clip[1] - clip[0]
    return SoundMatch(row, clip, there, 1.0, 1.0, 100, 80, 90, (0.1, 0.4), nats)


def test_votes_agree_on_the_offset() -> None:
    landmarks = Landmarks([reference(seed) for seed in (1, 2, 3)])
    clip = peaks.find(music(2)[6 * RATE : 11 * RATE])
    best = max(landmarks.alignments(clip, 5, 3), key=lambda one: one.votes)
    assert best.layer == 1 and best.offset == pytest.approx(6.0, abs=0.1)
    assert best.speed == pytest.approx(1.0, abs=0.01)


def test_pairs_lie_in_the_zone_and_are_as_many_as_asked() -> None:
    found = reference(1)
    first, second = pairs(found, 3)
    later = found.times[second] - found.times[first]
    assert later.min() > 0.02 and later.max() < 0.65
    assert np.bincount(first).max() == 3


def test_nothing_is_found_in_an_empty_index_or_clip() -> None:
    empty = np.zeros(0, np.float32)
    assert matches(SoundIndex([]), music(1, 5)) == []
    assert matches(SoundIndex([(0, reference(1))]), empty) == []
    assert matches(SoundIndex([(0, peaks.find(empty))]), music(1, 5)) == []


def test_a_long_copy_is_followed_to_its_ends() -> None:
    found = matches(
        SoundIndex([(7, reference(1, 120))]),
        np.concatenate([music(9, 5), music(1, 120)[8 * RATE :]]),
    )
    assert [one.row for one in found] == [7]
    assert found[0].clip == (pytest.approx(5, abs=0.5), pytest.approx(117, abs=0.5))
    assert found[0].reference == (pytest.approx(8, abs=0.5), pytest.approx(120, abs=0.5))


@pytest.mark.parametrize("row", [0, 1, 2])
def test_the_beginning_of_any_reference_is_found_late_in_a_clip(row: int) -> None:
    index = SoundIndex([(one, reference(one)) for one in range(3)])
    clip = np.concatenate([music(9, 70), music(row)[: 6 * RATE], music(10, 20)])
    (one,) = [found for found in matches(index, clip) if score(found.evidence) > 0.05]
    assert one.row == row and one.reference == (
        pytest.approx(0, abs=0.5),
        pytest.approx(6, abs=0.5),
    )
    assert one.clip == (pytest.approx(70, abs=0.5), pytest.approx(76, abs=0.5))


def test_tempo_alone_is_told_from_speed() -> None:
    excerpt = music(2)[4 * RATE : 12 * RATE]
    grains = np.zeros(len(excerpt))
    hop, size = 800, 1600  # slower by overlapping windows that are read closer together
    for number in range((len(excerpt) - size) // hop):
        read = round(number * hop * 0.97)
        grains[number * hop :][:size] += excerpt[read : read + size] * np.hanning(size)
    (one,) = matches(SoundIndex([(0, reference(2))]), grains.astype(np.float32))
    assert one.speed == pytest.approx(0.97, abs=0.004) and one.pitch == pytest.approx(1, abs=0.004)


def test_what_agrees_a_little_for_long_does_not_add_up() -> None:
    short, long = evidence(60, 150, 0.2, 5.0), evidence(6000, 15_000, 0.2, 500.0)
    assert long == pytest.approx(short * 160 / 150)
    assert evidence(60, 100, 0.1, 1.0) < evidence(60, 100, 0.1, 4.0) / 3
    assert evidence(10, 100, 0.2, 5.0) == 0.0
    assert score(0.0) < 0.01 < 0.5 < score(50.0)


def test_votes_surprise_only_where_the_next_best_place_has_fewer() -> None:
    assert surprise(56, 16) > 25 and surprise(16, 16) == 0.0 and surprise(3, 0) == 0.0
    clip = peaks.find(music(2)[6 * RATE : 11 * RATE])
    true, *other = Landmarks([reference(2), reference(3)]).alignments(clip, 5, 2)
    assert surprise(true.votes, true.others) > 20
    assert all(surprise(one.votes, one.others) < 5 for one in other if one.layer == 1)


def test_what_goes_on_is_joined_and_what_repeats_is_left_out() -> None:
    first, on = match((0, 5), 10, 90), match((4, 9), 14, 60)
    after, other = match((10, 14), 20, 40), match((1, 4), 40, 50)
    elsewhere = match((30, 35), 10, 30)
    kept = distinct([other, on, after, first, elsewhere])
    assert [one.clip for one in kept] == [(0, 14), (30, 35)]
    assert kept[0].reference == (10, 24) and kept[0].evidence == 90


def test_a_large_bank_hides_no_recording_behind_common_landmarks(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    piece = reference(0)
    monkeypatch.setattr(sound_marks, "_COMMON", 4)
    monkeypatch.setattr(sound_marks, "_LARGE", len(Landmarks([piece])))
    index = SoundIndex([(row, piece) for row in range(12)])
    assert {one.row for one in matches(index, music(0)[5 * RATE : 10 * RATE])}
