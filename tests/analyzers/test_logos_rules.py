"""Rules of one's own brand are asked of the marks that the logos analyzer finds."""

import dataclasses
import json

import cv2
import numpy as np

from compliance.analyzers.brands.logos import LogoAnalyzer
from compliance.analyzers.local_features import LocalFeatureAnalyzer
from compliance.types import FrameBatch
from tests.analyzers.logo_scenes import ground, mark, references, shown

UPRIGHT = [(200, 120), (330, 120), (330, 250), (200, 250)]
TURNED = [(249, 95), (354, 171), (278, 276), (173, 200)]
RULES = {"greatest_rotation": 10}


def misused(corners, owner="own", rules=RULES):
    known = references(acme=[mark(0)])
    details = {"file": "mark.svg", "owner": owner, **({"rules": rules} if rules else {})}
    known = dataclasses.replace(known, details=(json.dumps(details),))
    frame = shown(mark(0), ground(), corners)
    analyzer = LocalFeatureAnalyzer()
    seen = analyzer.reduce("a", analyzer.observe_frames(FrameBatch(("a",), np.zeros(1), (frame,))))
    findings = LogoAnalyzer().findings("a", seen, known)
    assert any(one.category == "brand.logo" and one.score > 0.5 for one in findings)
    return [one for one in findings if one.category == "brand.own_misuse" and one.score > 0.5]


def test_ones_own_mark_turned_too_far_is_a_misuse_with_what_was_expected_and_found():
    (one,) = misused(TURNED)
    assert one.reference.entry == "acme" and 25 < one.raw < 45
    assert "expected turned by 10" in one.evidence.note and "found" in one.evidence.note


def test_a_mark_that_keeps_to_the_rules_is_none():
    assert misused(UPRIGHT) == []


def test_rules_are_asked_of_ones_own_marks_only():
    assert misused(TURNED, owner="third-party") == []
    assert misused(TURNED, rules=None) == []


def review(known, *frames, times=None):
    """Misuses in frames half a second apart, surer than not."""
    times = np.arange(len(frames)) * 0.5 if times is None else np.array(times)
    analyzer = LocalFeatureAnalyzer()
    batch = FrameBatch(("a",) * len(frames), times, frames)
    seen = analyzer.reduce("a", analyzer.observe_frames(batch))
    findings = LogoAnalyzer().findings("a", seen, known)
    return [one for one in findings if one.category == "brand.own_misuse" and one.score > 0.5]


def own(known, **rules):
    details = json.dumps({"file": "mark.svg", "owner": "own", "rules": rules})
    return dataclasses.replace(known, details=(details,) * len(known))


def test_a_rule_that_is_kept_in_the_surest_frame_and_broken_later_is_broken():
    known = own(references(acme=[mark(0)]), colours=["#faf0eb", "#1e285a"])
    right = shown(mark(0), ground(), UPRIGHT)
    wrong = shown(mark(0), ground(), UPRIGHT, ink=(210, 40, 30))
    (one,) = review(known, right, right, right, wrong, wrong)
    assert one.evidence.note.startswith("colour")
    assert (one.span.start, one.span.end, one.frames) == (1.5, 2.0, 2)
    assert review(known, right, right, wrong, times=(0.0, 0.5, 0.52)) == []  # a fade, not a use


def test_a_mark_that_another_bank_holds_too_is_held_to_its_rules():
    ours = own(references(acme=[mark(0)]), greatest_rotation=10)
    theirs = references(aaa=[mark(0)])
    both = dataclasses.replace(
        theirs,
        refs=theirs.refs + ours.refs,
        prints=theirs.prints + ours.prints,
        details=theirs.details + ours.details,
    )
    (one,) = review(both, shown(mark(0), ground(), TURNED))
    assert one.reference.entry == "acme"


def test_pixels_are_those_of_the_media_not_of_the_frame_that_was_looked_at():
    known = own(references(acme=[mark(0)]), least_height_pixels=100)
    scene = shown(mark(0), ground(), UPRIGHT)
    small = np.ascontiguousarray(scene[80:320, 120:440])  # is looked at twice as large
    large = cv2.resize(scene, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC)
    assert review(known, large) == []
    small = cv2.resize(small, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
    (one,) = review(known, small)
    assert one.evidence.note.startswith("size")
