"""Rules of one's own brand are asked of the marks that the logos analyzer finds."""

import dataclasses
import json

import numpy as np

from compliance.analyzers.local_features import LocalFeatureAnalyzer
from compliance.analyzers.logos import LogoAnalyzer
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
