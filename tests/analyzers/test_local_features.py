import numpy as np
import pytest

from compliance.analyzers import sift
from compliance.analyzers.brands import mark_regions
from compliance.analyzers.local_features import FEATURES, LocalFeatureAnalyzer, working_frame
from compliance.errors import AnalyzerError
from compliance.testing import FrameContract
from compliance.types import FrameBatch
from tests.analyzers.logo_scenes import ground, mark, shown

CORNERS = [(200, 120), (330, 110), (340, 240), (190, 250)]


def batch(time=0.0, duplicate=False, seed=1, asset="a"):
    scene = shown(mark(), ground(seed), CORNERS)
    return FrameBatch((asset,), np.array([time]), (scene,), duplicates=(duplicate,))


class TestContract(FrameContract):
    def analyzer(self):
        return LocalFeatureAnalyzer()

    def samples(self):
        return [batch(0.0), batch(0.5, seed=2)]

    def provoke(self):
        broken = FrameBatch(("a",), np.zeros(1), (np.zeros((0, 0, 3), np.uint8),))
        self.analyzer().observe_frames(broken)


def test_a_frame_gives_features_regions_and_the_frame_they_lie_in():
    features, regions = LocalFeatureAnalyzer().observe_frames(batch())
    assert (features.kind, regions.kind) == ("local_features", "mark_regions")
    found = sift.unpack(features.data)
    assert 100 < len(found) <= FEATURES and (found.width, found.height) == (960, 720)
    assert len(mark_regions.unpack(regions.data)) > 0
    assert features.image.startswith(b"\xff\xd8")


def test_what_repeats_makes_the_observations_before_last_longer():
    analyzer = LocalFeatureAnalyzer()
    seen = [
        *analyzer.observe_frames(batch(0.0)),
        *analyzer.observe_frames(batch(0.5, duplicate=True)),
        *analyzer.observe_frames(batch(1.0, seed=2)),
    ]
    reduced = analyzer.reduce("a", seen[::-1])
    spans = sorted((one.kind, one.span.start, one.span.end) for one in reduced)
    assert spans == [
        ("local_features", 0.0, 0.5),
        ("local_features", 1.0, 1.0),
        ("mark_regions", 0.0, 0.5),
        ("mark_regions", 1.0, 1.0),
    ]


def test_small_frames_are_enlarged_twice_at_most_and_large_ones_reduced():
    assert working_frame(np.zeros((100, 200, 3), np.uint8)).shape == (200, 400, 3)
    assert working_frame(np.zeros((1080, 1920, 3), np.uint8)).shape == (540, 960, 3)


def test_the_negative_of_a_picture_has_the_permuted_descriptors():
    scene = ground()
    one, other = sift.extract(scene, 300), sift.extract(255 - scene, 300)
    places = {tuple(point[:2].round(1)): row for row, point in enumerate(one.points)}
    pairs = [
        (places[tuple(point[:2].round(1))], row)
        for row, point in enumerate(other.points)
        if tuple(point[:2].round(1)) in places
    ]
    assert len(pairs) > 200
    mine, theirs = (np.array(side) for side in zip(*pairs, strict=True))
    off = np.abs(
        sift.negative(one.descriptors)[mine].astype(int) - other.descriptors[theirs].astype(int)
    )
    # Keypoints of several angles pair with another's: most, not all, are the same to a rounding.
    assert np.mean(off.max(axis=1) <= 2) > 0.7


def test_the_budget_leaves_every_part_of_a_frame_its_share():
    scene = np.full((480, 640, 3), 128, np.uint8)
    scene[:, :320] = np.random.default_rng(0).integers(0, 255, (480, 320, 3), np.uint8)
    quiet = shown(mark(), scene, [(420, 200), (500, 200), (500, 280), (420, 280)])
    found = sift.extract(quiet, 300)
    assert len(found) == 300
    assert (found.points[:, 0] > 400).sum() > 20


def test_features_survive_packing_and_damaged_ones_are_refused():
    found = sift.extract(ground(), 50)
    again = sift.unpack(sift.pack(found))
    assert np.array_equal(found.points, again.points)
    assert np.array_equal(found.descriptors, again.descriptors)
    for damaged in (b"", b"RSF1", sift.pack(found)[:-1], b"x" + sift.pack(found)[1:]):
        with pytest.raises(AnalyzerError, match="damaged"):
            sift.unpack(damaged)
