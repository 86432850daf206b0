import numpy as np

from compliance.analyzers import sift
from compliance.analyzers.brands.logo_prints import logo_print, unpack
from compliance.analyzers.brands.logo_tracks import grouped, outdone, tracks
from compliance.analyzers.brands.mark_index import ALIKE, MarkIndex
from compliance.analyzers.brands.mark_match import MarkMatch, corners, project
from compliance.analyzers.brands.mark_pixels import agreement, grey_of, orientations
from compliance.analyzers.brands.mark_score import together
from compliance.analyzers.brands.mark_verify import plausible
from compliance.analyzers.brands.mark_words import nearest_words, words
from tests.analyzers.logo_scenes import ground, mark, shown

CORNERS = [(200, 120), (330, 120), (330, 250), (200, 250)]


def prints(*seeds):
    return [unpack(logo_print(mark(seed))) for seed in seeds]


def pairs_of(index, features):
    pairs = index.candidates(features)
    return {
        (row, negative, query, tuple(place))
        for row, negative, query, place in zip(
            pairs.row, pairs.negative, pairs.query, pairs.drawn.round(3).tolist(), strict=True
        )
    }


def test_the_index_finds_most_of_what_comparing_all_with_all_finds():
    known = prints(0, 5)
    features = sift.extract(shown(mark(0), ground(), CORNERS), 800)
    pairs = MarkIndex(known).candidates(features)
    unit = np.concatenate([one.features.descriptors for one in known]) / sift.UNIT
    for negative in (False, True):
        seen = sift.negative(features.descriptors) if negative else features.descriptors
        alike = (seen / sift.UNIT) @ unit.T > ALIKE
        found = {*pairs.query[pairs.negative == negative].tolist()}
        assert len(found) >= 0.8 * alike.any(axis=1).sum()
        assert found <= {*np.flatnonzero(alike.any(axis=1)).tolist()}


def test_other_marks_in_the_bank_take_nothing_away():
    features = sift.extract(shown(mark(0), ground(), CORNERS), 800)
    alone, among = MarkIndex(prints(0)), MarkIndex(prints(0, 0, 5))
    assert pairs_of(alone, features) <= {pair for pair in pairs_of(among, features) if pair[0] == 0}


def test_the_surest_hypothesis_lies_where_the_mark_is():
    scene = shown(mark(0), ground(), CORNERS)
    known = prints(0)
    found = MarkIndex(known).search(sift.extract(scene, 800), grey_of(scene))
    best = max(found, key=lambda one: one.inliers)
    middle = project(best.homography, corners(known[0].width, known[0].height)).mean(axis=0)
    assert np.linalg.norm(middle - np.mean(CORNERS, axis=0)) < 8
    assert best.inliers > 20 and best.agreement > 0.8


def test_an_empty_frame_and_an_empty_bank_give_nothing():
    plain = np.full((200, 300, 3), 90, np.uint8)
    assert MarkIndex(prints(0)).search(sift.extract(plain, 100), grey_of(plain)) == []
    scene = ground()
    assert MarkIndex([]).search(sift.extract(scene, 100), grey_of(scene)) == []


def test_words_are_unit_vectors_and_each_is_its_own_nearest():
    assert np.allclose(np.linalg.norm(words(), axis=1), 1, atol=1e-5)
    assert (nearest_words(words(), 1)[:, 0] == np.arange(len(words()))).all()


def test_edges_agree_with_themselves_in_either_polarity_and_not_with_others():
    one, other = (grey_of(255 - np.repeat(mark(seed)[..., 3:], 3, axis=2)) for seed in (0, 5))
    mine = orientations(one)
    assert agreement(mine, mine, negative=False)[0] > 0.9
    assert agreement(mine, orientations(255 - one), negative=True)[0] > 0.9
    assert agreement(mine, orientations(255 - one), negative=False)[0] < 0.5
    assert agreement(mine, orientations(other), negative=False)[0] < 0.7


def test_edges_near_the_middle_say_more_than_what_was_behind_a_mark():
    ink = grey_of(255 - np.repeat(mark(0)[..., 3:], 3, axis=2))
    behind = grey_of(ground(3))[: ink.shape[0], : ink.shape[1]]
    middle = (slice(85, -85), slice(85, -85))
    crop, elsewhere = behind.copy(), grey_of(ground(4))[: ink.shape[0], : ink.shape[1]].copy()
    crop[middle] = elsewhere[middle] = ink[middle]
    mine = orientations(crop)
    there, own = agreement(mine, orientations(elsewhere), negative=False)
    still_there, still_own = agreement(mine, orientations(behind), negative=False)
    assert there > still_there + 0.3 and own > still_own + 0.3


def test_mirrored_crossed_and_vanishing_quadrangles_are_not_plausible():
    square = np.array(CORNERS, np.float64)
    assert plausible(square)
    assert not plausible(square[::-1])
    assert not plausible(square[[0, 2, 1, 3]])
    assert not plausible(square * 0.01)
    assert not plausible(np.full((4, 2), np.inf))


def match(row, left, score, size=100.0, method="features"):
    polygon = corners(size, size) + np.float32([left, 50])
    return MarkMatch(row, np.eye(3), 9, score, polygon, method=method)


def test_references_of_one_entry_count_together_and_other_entries_are_ranked():
    found = grouped(
        [match(0, 0, 0.6), match(1, 5, 0.6), match(2, 3, 0.55)],
        ["b/acme", "b/acme", "b/other"],
        "o-1",
        0,
        (0.0, 0.0),
    )
    assert [(one.entry, one.rank) for one in found] == [("b/acme", 1), ("b/other", 2)]
    assert 0.6 < found[0].score < 0.85 and found[1].score == 0.55


def test_one_place_shows_one_mark_but_twins_do_not_hide_each_other():
    assert outdone(0.7, 0.9999) < 0.01
    assert outdone(0.98, 0.99) == 1.0
    assert together([0.5], [], 1) == 0.5


def test_tracks_outlast_one_missing_frame_but_no_jump():
    def sighting(left, frame):
        (one,) = grouped(
            [match(0, left, 0.9)], ["b/acme"], f"o-{frame}", frame, (frame / 2, frame / 2)
        )
        return one

    near = tracks([sighting(0, 0), sighting(20, 2), sighting(30, 3)])
    assert [len(track.sightings) for track in near] == [3]
    far = tracks([sighting(0, 0), sighting(400, 1)])
    assert [len(track.sightings) for track in far] == [1, 1]
    assert len(tracks([sighting(0, 0), sighting(0, 5)])) == 2


def test_the_nearest_words_are_those_that_sorting_all_gives():
    rows = np.abs(np.random.default_rng(3).normal(size=(300, 128))).astype(np.float32)
    rows /= np.linalg.norm(rows, axis=1, keepdims=True)
    ordered = np.argsort(-(rows @ words().T), axis=1)
    for count in (1, 12, 100):
        assert (np.sort(nearest_words(rows, count)) == np.sort(ordered[:, :count])).all()
    assert nearest_words(rows[:0], 12).shape == (0, 12)
