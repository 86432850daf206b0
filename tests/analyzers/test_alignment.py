"""Segments from votes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from compliance.analyzers.works.alignment import Segment, Votes, segments


def copied(start, end, reference, speed=1.0, step=0.4, noise=0.03, seed=0):
    """Return times of a clip, and what of a work they show."""
    rng = np.random.default_rng(seed)
    clip = np.append(np.arange(start, end - 0.01, step), end)
    return clip, reference + speed * (clip - start) + rng.normal(0, noise, len(clip))


def votes(*pairs, weight=0.8):
    clip = np.concatenate([clip for clip, _ in pairs])
    moment = np.concatenate([moment for _, moment in pairs])
    return Votes(clip, moment, moment.copy(), np.full(len(clip), weight))


def found(given_votes, clip_end=20.0) -> list[Segment]:
    grid = np.arange(0, clip_end, 0.4)
    return segments(given_votes, np.unique(np.r_[grid, given_votes.clip]), 0.5)


@settings(max_examples=60, deadline=None)
@given(
    start=st.floats(0, 5),
    seconds=st.floats(3, 12),
    reference=st.floats(0, 600),
    speed=st.floats(0.55, 1.9),
    seed=st.integers(0, 1000),
)
def test_a_copy_at_any_offset_and_speed_is_one_segment(start, seconds, reference, speed, seed):
    pair = copied(start, start + seconds, reference, speed, seed=seed)
    first = found(votes(pair))[0]
    assert first.start == pytest.approx(start, abs=0.41)
    assert first.end == pytest.approx(start + seconds, abs=0.41)
    assert first.reference_start == pytest.approx(reference, abs=0.5)
    assert first.reference_end == pytest.approx(reference + speed * seconds, abs=0.5)


@settings(max_examples=30, deadline=None)
@given(seed=st.integers(0, 1000))
def test_stray_votes_do_not_move_the_ends(seed):
    rng = np.random.default_rng(seed)
    examined = np.arange(30) * 0.4
    stray = rng.choice(examined, 40), rng.uniform(0, 300, 40)
    clip = examined[8:24]
    moment = 100 + clip + rng.normal(0, 0.03, len(clip))
    given_votes = Votes(
        np.r_[clip, stray[0]],
        np.r_[moment, stray[1]],
        np.r_[moment, stray[1]],
        np.r_[np.full(len(clip), 0.8), np.full(40, 0.15)],
    )
    first = segments(given_votes, examined, 0.5)[0]
    assert (first.start, first.end) == pytest.approx((clip[0], clip[-1]), abs=0.5)


def test_two_cuts_of_one_work_are_two_segments():
    one, other = copied(0, 5, 40), copied(5.4, 10, 7)
    segs = sorted(found(votes(one, other)), key=lambda s: s.start)
    assert [(round(s.start, 1), round(s.end, 1)) for s in segs] == [(0.0, 5.0), (5.4, 10.0)]
    assert [round(s.reference_start) for s in segs] == [40, 7]


def test_a_long_gap_ends_a_segment_and_a_short_one_does_not():
    short = votes(copied(0, 3, 10), copied(4.2, 8, 14.2))
    assert len(found(short)) == 1
    long = votes(copied(0, 3, 10), copied(8, 12, 18))
    assert len(found(long)) == 2


def test_a_work_that_stands_still_explains_each_frame_once():
    clip = np.arange(0, 30, 0.5)
    many = np.repeat(clip, 3)
    start = np.tile([0.0, 20.0, 40.0], len(clip))
    given_votes = Votes(many, start, start + 10, np.ones(len(many)))
    segs = segments(given_votes, clip)
    assert len(segs) == 1
    assert segs[0].speed == 0
    assert segs[0].weight == len(clip)


def test_a_moment_that_is_held_is_told_from_a_copy_that_moves():
    clip = np.arange(0, 6, 0.4)
    moment = np.full(len(clip), 12.0)
    held = segments(Votes(clip, moment, moment, np.ones(len(clip))), clip)
    assert [(s.speed, s.start, round(s.end, 1)) for s in held] == [(0.0, 0.0, 5.6)]
    assert held[0].reference_start == held[0].reference_end == 12.0


def test_a_single_frame_is_a_segment():
    one = Votes(np.array([4.0]), np.array([9.0]), np.array([9.2]), np.array([0.9]))
    (segment,) = segments(one, np.arange(0, 8, 0.5))
    assert segment.start == segment.end == 4.0
    assert 9.0 <= segment.reference_start <= 9.2


def test_no_votes_give_no_segment():
    none = np.zeros(0)
    assert segments(Votes(none, none, none, none), np.arange(3.0)) == []


def test_the_work_that_repeats_itself_is_matched_where_frames_follow_one_another():
    clip = np.arange(0, 5, 0.4)
    true = 50 + clip
    loops = [np.full(len(clip), 3.0), np.full(len(clip), 80.0)]
    moment = np.concatenate([true, *loops])
    given_votes = Votes(np.tile(clip, 3), moment, moment, np.full(3 * len(clip), 0.8))
    first = segments(given_votes, clip)[0]
    assert first.reference_start == pytest.approx(50, abs=0.3)
    assert first.speed == pytest.approx(1, abs=0.05)
