import cv2
import numpy as np
import pytest

from compliance.analyzers.brands.logo_prints import THUMBNAIL, logo_print, unpack
from compliance.analyzers.brands.logos import LogoAnalyzer
from compliance.analyzers.local_features import LocalFeatureAnalyzer
from compliance.errors import AnalyzerError, BankError
from compliance.types import FrameBatch
from tests.analyzers.logo_scenes import ground, mark, references, shown

STRAIGHT = [(200, 120), (330, 120), (330, 250), (200, 250)]
ASIDE = [(200, 120), (300, 140), (305, 260), (195, 285)]


def observed(*frames, times=None, duplicates=None):
    analyzer = LocalFeatureAnalyzer()
    times = np.arange(len(frames)) * 0.5 if times is None else np.array(times)
    batch = FrameBatch(("a",) * len(frames), times, frames, duplicates=duplicates or ())
    return analyzer.reduce("a", analyzer.observe_frames(batch))


def found(known, *frames, **how):
    return LogoAnalyzer().findings("a", observed(*frames, **how), known)


def sure(findings):
    return [one for one in findings if one.score >= 0.5]


def polygon(finding, width=640, height=480):
    return np.array(finding.region.points) * (width, height)


@pytest.mark.parametrize("corners", [STRAIGHT, ASIDE], ids=["straight", "from aside"])
def test_a_vector_mark_is_found_where_it_is_printed(corners):
    known = references(acme=[mark(0)], other=[mark(5)])
    (one,) = sure(found(known, shown(mark(0), ground(), corners)))
    assert (one.category, one.reference.entry, one.rank) == ("brand.logo", "acme", 1)
    # The print leaves out the empty border of the drawing: the middle is what both share.
    assert np.linalg.norm(polygon(one).mean(axis=0) - np.mean(corners, axis=0)) < 10
    assert 1 < one.region.area_percent < 8


@pytest.mark.parametrize(
    ("ink", "paper"), [((20, 20, 20), (230, 220, 90)), ((250, 250, 250), (10, 10, 60))]
)
def test_dark_on_light_and_light_on_dark_are_one_mark(ink, paper):
    scene = shown(mark(0), ground(), ASIDE, ink, paper)
    (one,) = sure(found(references(acme=[mark(0)]), scene))
    assert one.reference.entry == "acme"


def test_a_crop_of_a_photograph_finds_the_mark_on_another():
    scene = shown(mark(0), ground(3), ASIDE)
    crop = np.dstack([scene, np.full(scene.shape[:2], 255, np.uint8)])[120:285, 195:305]
    other = shown(mark(0), ground(4), [(60, 300), (160, 290), (170, 400), (70, 410)])
    (one,) = sure(found(references(acme=[np.ascontiguousarray(crop)]), other))
    assert one.reference.entry == "acme"


def test_nothing_is_found_where_nothing_or_another_mark_is():
    known = references(acme=[mark(0)], other=[mark(5)])
    assert sure(found(known, ground(7))) == []
    assert sure(found(known, shown(mark(9), ground(7), STRAIGHT))) == []


def test_a_mirrored_mark_is_not_the_mark():
    mirrored = np.ascontiguousarray(mark(5)[:, ::-1])
    assert sure(found(references(acme=[mark(5)]), shown(mirrored, ground(), STRAIGHT))) == []


def test_a_moving_mark_is_one_finding_with_its_times():
    frames = [
        shown(mark(0), ground(), [(x + 20 * step, y) for x, y in STRAIGHT]) for step in range(3)
    ]
    (one,) = sure(found(references(acme=[mark(0)]), *frames))
    assert (one.span.start, one.span.end, one.frames) == (0.0, 1.0, 3)


def test_a_mark_that_comes_back_is_found_twice():
    on, off = shown(mark(0), ground(), STRAIGHT), ground()
    known = references(acme=[mark(0)])
    findings = sure(found(known, on, off, off, off, on))
    assert [(one.span.start, one.span.end) for one in findings] == [(0.0, 0.0), (2.0, 2.0)]
    assert len({one.track for one in findings}) == 2


def test_a_still_mark_lasts_while_frames_repeat():
    scene = shown(mark(0), ground(), STRAIGHT)
    (one,) = sure(found(references(acme=[mark(0)]), scene, scene, duplicates=(False, True)))
    assert one.span.end == 0.5


def test_several_references_of_one_entry_are_one_finding():
    scene = shown(mark(0), ground(), STRAIGHT)
    light = mark(0)
    light[..., :3] = 255
    (one,) = sure(found(references(acme=[mark(0), light]), scene))
    assert one.score > 0.99


def test_the_evidence_shows_the_frame_beside_the_reference():
    analyzer = LogoAnalyzer()
    known, seen = references(acme=[mark(0)]), observed(shown(mark(0), ground(), ASIDE))
    (one,) = sure(analyzer.findings("a", seen, known))
    picture = analyzer.crops([one], seen, known)[one.id]
    opened = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert opened.shape[0] == 240 and opened.shape[1] > 400
    assert "agree with mark.svg" in one.evidence.note


def test_features_without_their_frame_are_no_clean_bill():
    known, seen = references(acme=[mark(0)]), observed(shown(mark(0), ground(), ASIDE))
    with pytest.raises(AnalyzerError, match="working frame"):
        LogoAnalyzer().findings("a", [one.but(image=None) for one in seen], known)


def test_a_print_is_a_pure_function_with_a_small_thumbnail():
    photo = np.dstack([ground(), np.full((480, 640), 255, np.uint8)])
    for picture in (mark(0), photo):
        packed = logo_print(picture)
        assert packed == logo_print(picture.copy())
        assert len(unpack(packed).thumbnail) <= THUMBNAIL


def test_a_mark_too_plain_to_be_found_is_refused_with_the_reason():
    disc = np.zeros((200, 200, 4), np.uint8)
    cv2.circle(disc, (100, 100), 90, (0, 0, 0, 255), -1, cv2.LINE_AA)
    with pytest.raises(BankError, match="too plain"):
        logo_print(disc)
    with pytest.raises(BankError, match="empty"):
        logo_print(np.zeros((200, 200, 4), np.uint8))


def test_a_damaged_print_is_refused():
    with pytest.raises(BankError, match="damaged"):
        unpack(logo_print(mark(0))[:-1])


def test_without_references_nothing_is_compared():
    assert LogoAnalyzer().findings("a", observed(ground()), None) == []
