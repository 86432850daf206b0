"""Nudity in frames: what is planted is found over several frames, and ordinary pictures raise nothing."""

import importlib.util
from pathlib import Path

import cv2
import numpy as np
import pytest
from painted_detector import clip, painted, painted_store

from compliance.analyzers.sensitive.nudity import EXPLICIT, SUGGESTIVE, NudityAnalyzer
from compliance.errors import ModelError, ModelMissing
from compliance.findings import Finding
from compliance.model_store import ModelStore
from compliance.runtimes.nudenet import NudeNetDetector
from compliance.testing import FrameContract
from compliance.types import FrameBatch

INSTALLED = importlib.util.find_spec("nudenet") is not None
needs_package = pytest.mark.skipif(not INSTALLED, reason="the extra 'nudity' is not installed")


@pytest.fixture(scope="module")
def analyzer(tmp_path_factory: pytest.TempPathFactory) -> NudityAnalyzer:
    """The analyzer on a network that takes red and green for exposed parts."""
    made = NudityAnalyzer()
    made.setup("cpu", painted_store(tmp_path_factory.mktemp("cards")))
    return made


def found(analyzer: NudityAnalyzer, batch: FrameBatch) -> list[Finding]:
    return analyzer.findings("a", analyzer.reduce("a", analyzer.observe_frames(batch)), None)


def worst(analyzer: NudityAnalyzer, batch: FrameBatch, category: str = EXPLICIT) -> float:
    return max((one.score for one in found(analyzer, batch) if one.category == category), default=0)


class TestContract(FrameContract):
    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _network(cls, tmp_path_factory: pytest.TempPathFactory) -> None:
        cls.made = painted_store(tmp_path_factory.mktemp("cards"))

    def store(self) -> ModelStore:
        return self.made

    def analyzer(self) -> NudityAnalyzer:
        return NudityAnalyzer()

    def samples(self) -> list[FrameBatch]:
        return [
            FrameBatch(("a",), np.array([0.0]), (painted(red=0.9),)),
            FrameBatch(("b",), np.array([2.5]), (painted(green=0.8),)),
        ]


@pytest.mark.parametrize("raws", [(0.5, 0.5, 0.5), (0.9, 0.5, 0.5), (0.51, 0.6, 0.55)])
def test_three_frames_at_half_or_more_are_more_likely_than_not(analyzer, raws) -> None:
    assert worst(analyzer, clip(*(painted(red=raw) for raw in raws))) >= 0.5


def test_three_frames_that_show_different_parts_are_nudity(analyzer) -> None:
    batch = clip(painted(red=0.5), painted(green=0.5), painted(red=0.5))
    assert worst(analyzer, batch, SUGGESTIVE) >= 0.5


def test_frames_that_miss_in_between_do_not_hide_the_others(analyzer) -> None:
    seen, missed = painted(red=0.52), painted(blue=0.9)
    assert worst(analyzer, clip(seen, missed, seen, missed, seen)) >= 0.5


@pytest.mark.parametrize("raw", [0.5, 0.55, 0.63])
def test_one_weak_frame_of_a_clip_is_less_likely_than_not(analyzer, raw: float) -> None:
    assert 0 < worst(analyzer, clip(painted(), painted(red=raw), painted())) < 0.5


@pytest.mark.parametrize("raw", [0.65, 0.7, 0.95])
def test_one_sure_frame_is_enough_alone_and_in_a_still(analyzer, raw: float) -> None:
    assert worst(analyzer, clip(painted(red=raw))) >= 0.5
    assert worst(analyzer, clip(*[painted()] * 9, painted(red=raw), *[painted()] * 9)) >= 0.5


def test_a_score_never_falls_with_more_or_surer_frames(analyzer) -> None:
    one = worst(analyzer, clip(painted(red=0.6)))
    two = worst(analyzer, clip(painted(red=0.6), painted(red=0.5)))
    three = worst(analyzer, clip(painted(red=0.6), painted(red=0.5), painted(red=0.3)))
    surer = worst(analyzer, clip(painted(red=0.7), painted(red=0.5), painted(red=0.3)))
    assert one <= two <= three <= surer


def test_a_frame_that_repeats_another_shows_what_that_one_shows(analyzer) -> None:
    (explicit, _) = found(analyzer, clip(*[painted(red=0.55)] * 3, repeats=(1, 2)))
    assert explicit.frames == 3
    assert (explicit.span.start, explicit.span.end) == (0.0, 1.0)
    assert explicit.score >= 0.5


def test_parts_that_are_not_sexual_raise_nothing(analyzer) -> None:
    assert found(analyzer, clip(*[painted(blue=0.95)] * 5)) == []


def test_a_finding_says_how_long_how_often_and_how_much_of_the_picture(analyzer) -> None:
    (explicit,) = (
        one
        for one in found(analyzer, clip(*[painted(red=0.9)] * 3, *[painted()] * 4))
        if one.category == EXPLICIT
    )
    assert explicit.frames == 3
    assert explicit.region.area_percent == pytest.approx(100 * 80 * 40 / 320**2, abs=0.1)
    assert "3 frames over 1.0 s" in explicit.evidence.note
    assert explicit.evidence.image is None and explicit.evidence.text is None


def test_stretches_farther_apart_than_a_second_are_two(analyzer) -> None:
    batch = clip(painted(red=0.9), painted(), painted(), painted(red=0.9))
    spans = [one.span.start for one in found(analyzer, batch) if one.category == EXPLICIT]
    assert spans == [0.0, 1.5]


def test_no_picture_of_what_was_seen_is_kept(analyzer) -> None:
    seen = analyzer.observe_frames(clip(painted(red=0.9)))
    assert all(one.image is None and one.data is None for one in seen)


def test_a_network_of_another_kind_is_refused(tmp_path: Path) -> None:
    store = painted_store(tmp_path, labels={"FEMALE_GENITALIA_EXPOSED": "sexual.explicit"})
    with pytest.raises(ModelError, match=r"sexual\.suggestive"):
        NudityAnalyzer().setup("cpu", store)


def test_without_the_package_its_licence_and_two_ways_are_named(tmp_path: Path) -> None:
    store = painted_store(tmp_path, tier="extra", source={"package": "a_package_that_is_not_there"})
    with pytest.raises(ModelMissing) as caught:
        NudityAnalyzer().setup("cpu", store)
    assert "pip install --no-deps nudenet" in caught.value.fix
    assert "compliance models import nsfwjs-mobilenet-v2" in caught.value.fix


def ordinary(shared_data: Path) -> list[np.ndarray]:
    """Return photographs of people and of things, RGB."""
    names = sorted((shared_data / "faces-face-recognition").rglob("*.jpg"))
    names += sorted((shared_data / "copydetect-imagededup").rglob("*.jpg"))
    read = [cv2.imread(str(path)) for path in names]
    return [np.ascontiguousarray(one[:, :, ::-1]) for one in read if one is not None]


@needs_package
def test_boxes_are_those_of_the_library_in_a_batch_of_many_sizes(shared_data: Path) -> None:
    """NudeNet 3.4.2's own ``detect``, picture by picture, on its own file."""
    from nudenet import NudeDetector

    library = NudeDetector()
    frames = ordinary(shared_data)[:16]
    frames += [np.ascontiguousarray(frames[0][:37, :190]), np.zeros((5, 9, 3), np.uint8)]
    mine = NudeNetDetector(ModelStore().load("nudenet-320n"), "cpu").detect(frames)
    boxes = 0
    for frame, parts in zip(frames, mine, strict=True):
        theirs = library.detect(np.ascontiguousarray(frame[:, :, ::-1]))
        assert [part.label for part in parts] == [one["class"] for one in theirs]
        for part, one in zip(parts, theirs, strict=True):
            assert part.raw == pytest.approx(one["score"], abs=1e-5)
            left, top, wide, high = one["box"]
            corners = (left, top, left + wide, top + high)
            assert (
                np.abs(np.subtract(part.box, corners)).max() <= 2
            )  # theirs are cut to whole pixels
        boxes += len(parts)
    assert boxes >= 16


@needs_package
def test_ordinary_photographs_raise_nothing(shared_data: Path) -> None:
    analyzer = NudityAnalyzer()
    analyzer.setup("cpu", ModelStore())
    frames = ordinary(shared_data)
    assert len(frames) >= 40
    stills = FrameBatch(
        tuple(f"picture {index}" for index in range(len(frames))),
        np.zeros(len(frames)),
        tuple(frames),
    )
    seen = analyzer.observe_frames(stills)
    alarms = [
        one
        for asset in stills.assets
        for one in analyzer.findings(asset, [s for s in seen if s.asset == asset], None)
        if one.score >= 0.5
    ]
    assert alarms == []
