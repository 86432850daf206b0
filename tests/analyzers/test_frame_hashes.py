"""Frames are hashed so that a copy is found that was mirrored, turned, or put between bars or under a band."""

import cv2
import numpy as np
import pytest

from benchmarks.pdq import picture
from compliance.analyzers.works.frame_borders import content_boxes
from compliance.analyzers.works.frame_hashes import (
    MOST,
    FrameHashAnalyzer,
    frame_variants,
    pack_variants,
    unpack_variants,
)
from compliance.errors import AnalyzerError
from compliance.model_store import ModelStore
from compliance.runtimes.pdq import pdq
from compliance.testing import FrameContract
from compliance.types import FrameBatch

COPY = 31
"""Bits up to which the authors of PDQ call two pictures alike."""


def frame(seed: int, height: int = 360, width: int = 640) -> np.ndarray:
    """A picture with few large shapes, which bars can be told from."""
    rng = np.random.default_rng(seed)
    drawn = cv2.GaussianBlur(picture(seed, height, width), (0, 0), 4)
    for _ in range(12):
        centre = (int(rng.integers(width)), int(rng.integers(height)))
        colour = tuple(int(one) for one in rng.integers(0, 256, 3))
        cv2.circle(drawn, centre, int(rng.integers(15, 80)), colour, -1)
    return drawn


def coded(pixels: np.ndarray) -> np.ndarray:
    """As a bad encoder leaves it."""
    _, file = cv2.imencode(".jpg", np.ascontiguousarray(pixels), [cv2.IMWRITE_JPEG_QUALITY, 55])
    return cv2.imdecode(file, cv2.IMREAD_COLOR)


def padded(pixels: np.ndarray, top=0, bottom=0, left=0, right=0, level=0) -> np.ndarray:
    return cv2.copyMakeBorder(
        pixels, top, bottom, left, right, cv2.BORDER_CONSTANT, value=(level,) * 3
    )


def blurred_bars(pixels: np.ndarray) -> np.ndarray:
    height, width = pixels.shape[:2]
    wide = cv2.resize(pixels, (2 * width, 2 * height))[height // 2 : height // 2 + height]
    wide = cv2.GaussianBlur(wide, (0, 0), 12)
    wide[:, width // 2 : width // 2 + width] = pixels
    return wide


def band(pixels: np.ndarray, level: int) -> np.ndarray:
    height, width = pixels.shape[:2]
    framed = padded(pixels, bottom=height // 6, level=level)
    place = (width // 20, height + height // 9)
    return cv2.putText(framed, "WHOSE CLIP IS THIS", place, 0, 1.6, (255 - level,) * 3, 4)


def least(copy: np.ndarray, original: np.ndarray) -> int:
    """Bits between the original's hash and the nearest variant of the copy that has something in it."""
    variants = frame_variants(copy)
    apart = np.bitwise_count(variants.hashes ^ pdq([original])[0]).sum(axis=1)
    return int(apart[variants.quality >= 50].min())


EDITS = {
    "mirrored": lambda one: one[:, ::-1],
    "turned": lambda one: np.rot90(one),
    "upside down": lambda one: one[::-1],
    "letterbox": lambda one: padded(one, 45, 45),
    "thin letterbox": lambda one: padded(one, 13, 13),
    "white letterbox": lambda one: padded(one, 60, 60, level=255),
    "pillarbox": lambda one: padded(one, left=120, right=120),
    "bars on one side": lambda one: padded(one, left=150),
    "bars all around": lambda one: padded(one, 40, 40, 70, 70, level=16),
    "mirrored letterbox": lambda one: padded(one[:, ::-1].copy(), 45, 45),
    "turned, between bars": lambda one: padded(np.rot90(one).copy(), left=200, right=200),
    "blurred bars": blurred_bars,
    "white band with text": lambda one: band(one, 255),
    "black band with text": lambda one: band(one, 0),
}


@pytest.mark.parametrize("edit", EDITS)
def test_a_variant_of_an_edited_frame_is_the_original(edit: str) -> None:
    for seed in (1, 2, 3):
        original = frame(seed)
        assert least(coded(EDITS[edit](original)), original) <= COPY


def test_dark_content_beside_a_bar_is_no_part_of_it() -> None:
    """Where the upper half of a film is as black as its bars, the lower bar tells where the upper one ends."""
    original = frame(8)
    original[:130] = 0
    assert least(coded(padded(original, 45, 45)), original) <= COPY


def test_no_variant_of_an_edited_frame_is_another_frame() -> None:
    for edit in EDITS.values():
        assert least(coded(edit(frame(1))), frame(9)) > 60


def test_photographs_keep_their_content_between_bars(shared_data) -> None:
    """Of those without bars of their own, which nothing tells from added ones."""
    paths = sorted((shared_data / "copydetect-imagededup").rglob("*.jp*g"))[:8]
    looked = 0
    for path in paths:
        original = cv2.resize(cv2.imread(str(path))[:, :, ::-1], (640, 360))
        if content_boxes(cv2.cvtColor(original, cv2.COLOR_RGB2GRAY))[0]:
            continue
        looked += 1
        for edit in ("letterbox", "pillarbox", "blurred bars"):
            assert least(coded(EDITS[edit](original)), original) <= COPY
    assert looked >= 3


def test_the_first_variant_is_the_frame_as_it_is() -> None:
    variants = frame_variants(frame(4))
    assert (variants.hashes[0] == pdq([frame(4)], fast=True)[0][0]).all()
    assert variants.orientation[0] == 0 and variants.boxes[0].tolist() == [0, 0, 1, 1]


def test_a_cut_is_hashed_as_it_is_and_mirrored() -> None:
    shown, box = frame(4), np.array([0, 0.2, 1, 1])
    variants = frame_variants(shown)
    at = np.flatnonzero(np.abs(variants.boxes - box).max(axis=1) < 0.001)
    expected, _ = pdq([shown[72:], shown[72:, ::-1]])
    assert np.bitwise_count(variants.hashes[at] ^ expected).sum(axis=1).max() <= 12


def test_boxes_say_where_the_content_lies() -> None:
    variants = frame_variants(padded(frame(5), 90, 90))
    nearest = np.abs(variants.boxes - np.array([0, 1 / 6, 1, 5 / 6])).max(axis=1).min()
    assert nearest < 0.006


@pytest.mark.parametrize(
    "size", [(1080, 1920), (480, 270), (64, 64), (63, 90), (9, 700), (3, 3), (1, 1)]
)
def test_variants_stay_bounded_and_inside_the_frame_at_any_size(size: tuple[int, int]) -> None:
    for pixels in (
        picture(3, *size),
        padded(picture(3, *size), 5, 5, 5, 5),
        np.zeros((*size, 3), np.uint8),
    ):
        variants = frame_variants(pixels)
        assert 8 <= len(variants) <= MOST
        assert (variants.boxes >= 0).all() and (variants.boxes <= 1).all()
        assert (variants.boxes[:, :2] < variants.boxes[:, 2:]).all()


def test_variants_survive_packing() -> None:
    variants = frame_variants(padded(frame(6), 45, 45))
    again = unpack_variants(pack_variants(variants))
    assert (again.hashes == variants.hashes).all() and (again.quality == variants.quality).all()
    assert (again.orientation == variants.orientation).all()
    np.testing.assert_allclose(again.boxes, variants.boxes, atol=1e-5)


def spoiled() -> dict[str, bytes]:
    data = pack_variants(frame_variants(frame(7)))
    return {
        "short": data[:-1],
        "long": data + b"x",
        "empty": b"",
        "without variants": b"PDQ1\0",
        "of another kind": b"XXXX" + data[4:],
    }


@pytest.mark.parametrize("spoil", ["short", "long", "empty", "without variants", "of another kind"])
def test_damaged_variants_are_refused(spoil: str) -> None:
    with pytest.raises(AnalyzerError, match="do not unpack"):
        unpack_variants(spoiled()[spoil])


def test_a_hash_lasts_over_what_repeats_it_and_no_longer() -> None:
    analyzer = FrameHashAnalyzer()
    shown = FrameBatch(
        ("a",) * 5,
        np.array([0.0, 0.5, 1.0, 1.5, 0.2]),
        (frame(1), frame(1), frame(2), frame(2), frame(3)),
        streams=(0, 0, 0, 0, 1),
        duplicates=(False, True, False, True, False),
    )
    reduced = analyzer.reduce("a", analyzer.observe_frames(shown)[::-1])
    assert [(one.span.start, one.span.end) for one in reduced] == [
        (0.0, 0.5),
        (1.0, 1.5),
        (0.2, 0.2),
    ]
    assert all(one.data for one in reduced)
    assert [one.attributes["stream"] for one in reduced] == [0, 0, 1]


class TestContract(FrameContract):
    def analyzer(self) -> FrameHashAnalyzer:
        return FrameHashAnalyzer()

    def samples(self) -> list[FrameBatch]:
        return [
            FrameBatch(("a",), np.array([0.0]), (frame(1),)),
            FrameBatch(("b",), np.array([2.5]), (padded(frame(2), 45, 45),)),
        ]

    def provoke(self) -> None:
        """A frame without pixels, which nothing can hash."""
        analyzer = self.analyzer()
        analyzer.setup("cpu", ModelStore())
        analyzer.observe_frames(
            FrameBatch(("a",), np.array([0.0]), (np.zeros((0, 9, 3), np.uint8),))
        )
