"""What an outline proposes is compared pixel by pixel."""

from dataclasses import replace

import cv2
import numpy as np

from compliance.analyzers.brands.logo_prints import logo_print, unpack
from compliance.analyzers.brands.mark_match import MarkMatch, corners, project
from compliance.analyzers.brands.mark_pixels import grey_of, levels, orientations
from compliance.analyzers.brands.mark_shape_pixels import checked
from tests.analyzers.logo_scenes import ground, mark, shown

CORNERS = [(200, 120), (330, 120), (330, 250), (200, 250)]


def proposed(known, quad, score=0.5):
    """A match by outline that puts the mark on ``quad``."""
    square = corners(known.width, known.height)
    map_ = cv2.getPerspectiveTransform(square, np.float32(quad))
    polygon = project(map_, square).astype(np.float32)
    return MarkMatch(0, map_, 140, score, polygon, method="shape")


def scored(picture, scene, quad=CORNERS, score=0.5):
    known = unpack(logo_print(picture))
    return checked(
        proposed(known, quad, score), known, orientations(known.tones), levels(grey_of(scene))
    ).score


def whole(seed):
    """A mark that fills its raster, so that its corners are those of the drawing."""
    drawn = mark(seed).copy()
    drawn[:8], drawn[-8:], drawn[:, :8], drawn[:, -8:] = ((0, 0, 0, 255),) * 4
    return drawn


def test_the_same_outline_counts_with_what_is_drawn_within_it_and_not_without():
    right = scored(whole(0), shown(whole(0), ground(), CORNERS))
    wrong = scored(whole(5), shown(whole(0), ground(), CORNERS))
    elsewhere = scored(whole(0), ground())
    assert right > 0.4
    assert wrong < right - 0.3
    assert elsewhere < 0.05


def test_light_on_dark_counts_as_dark_on_light():
    ink, paper = (20, 20, 20), (230, 220, 90)
    one, other = (
        scored(whole(0), shown(whole(0), ground(), CORNERS, *tones))
        for tones in ((ink, paper), (paper, ink))
    )
    assert abs(one - other) < 0.1


def test_an_outline_that_lies_better_scores_higher_and_nothing_else_changes():
    scene = shown(whole(0), ground(), CORNERS)
    scores = [scored(whole(0), scene, score=score) for score in (0.02, 0.2, 0.5, 0.9, 1.0)]
    assert scores == sorted(scores) and scores[0] < 0.5 < scores[-1]
    known = unpack(logo_print(whole(0)))
    before = proposed(known, CORNERS)
    after = checked(before, known, orientations(known.tones), levels(grey_of(scene)))
    assert after == replace(before, score=after.score)
