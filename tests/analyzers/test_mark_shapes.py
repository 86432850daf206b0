"""Flat marks found by their shape in drawn scenes, whatever their tone, size, turn and slant."""

import cv2
import numpy as np
import numpy.typing as npt
import pytest

from compliance.analyzers.brands.mark_match import MarkMatch, project
from compliance.analyzers.brands.mark_regions import Regions, pack, shape_candidates, unpack
from compliance.analyzers.brands.mark_shape_print import (
    ShapePrint,
    pack_shape,
    photo_shape_print,
    shape_print,
    unpack_shape,
)
from compliance.analyzers.brands.mark_shapes import MarkShapeIndex, match_shapes
from compliance.errors import BankError
from compliance.types import Pixels

Doubles = npt.NDArray[np.float64]
SIDE = 200
FRAME = (960, 600)


def drawn(*rings: list[tuple[float, float]]) -> Pixels:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.fillPoly(
        mask, [np.round(np.array(ring) * 16).astype(np.int32) for ring in rings], 255, 16, 4
    )
    return mask


def arc(x: float, y: float, wide: float, high: float, steps: int = 30) -> list[tuple[float, float]]:
    turns = np.linspace(np.pi, 2 * np.pi, steps)
    return [(x + wide * float(np.cos(t)), y + high * float(np.sin(t))) for t in turns]


def arches() -> Pixels:
    """Two arches side by side: one part."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for x in (62, 138):
        ring = arc(x, 180, 42, 150) + arc(x, 180, 24, 138)[::-1]
        mask |= drawn(ring)
    return mask


def swoosh() -> Pixels:
    lower = [(20, 110), (35, 140), (75, 135), (190, 60)]
    upper = [(90, 105), (55, 110), (42, 95), (48, 70)]
    return drawn([(float(x), float(y)) for x, y in lower + upper])


def stripes() -> Pixels:
    """Three slanted stripes of growing length: three parts."""
    return drawn(
        [(20, 150), (50, 132), (72, 170), (33, 172)],
        [(60, 100), (92, 82), (140, 170), (100, 170)],
        [(100, 55), (132, 36), (190, 140), (190, 170), (166, 170)],
    )


def rings() -> Pixels:
    """Four linked rings: one part with holes in it."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for x in (40, 80, 120, 160):
        cv2.circle(mask, (x, 100), 28, 255, 8, cv2.LINE_AA)
    return mask


def star_in_ring() -> Pixels:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    cv2.circle(mask, (100, 100), 84, 255, 10, cv2.LINE_AA)
    angles = np.arange(6) * np.pi / 3 - np.pi / 2
    radii = np.where(np.arange(6) % 2, 14, 84)
    star = np.stack([100 + radii * np.cos(angles), 100 + radii * np.sin(angles)], 1)
    cv2.fillPoly(mask, [np.round(star).astype(np.int32)], 255, cv2.LINE_AA)
    return mask


def leaf_fruit() -> Pixels:
    """A bitten fruit with its leaf apart: two parts."""
    mask = np.zeros((SIDE, SIDE), np.uint8)
    for x in (78, 122):
        cv2.ellipse(mask, (x, 125), (48, 62), 0, 0, 360, 255, -1, cv2.LINE_AA)
    cv2.circle(mask, (182, 110), 34, 0, -1, cv2.LINE_AA)
    cv2.ellipse(mask, (118, 32), (26, 9), -50, 0, 360, 255, -1, cv2.LINE_AA)
    return mask


MARKS = {
    draw.__name__: draw() for draw in (arches, swoosh, stripes, rings, star_in_ring, leaf_fruit)
}


@pytest.fixture(scope="module")
def prints() -> list[ShapePrint]:
    return [shape_print(mask) for mask in MARKS.values()]


@pytest.fixture(scope="module")
def index(prints: list[ShapePrint]) -> MarkShapeIndex:
    return MarkShapeIndex(prints)


def posed(size: float, turn: float, slant: float, at: tuple[float, float]) -> Doubles:
    """A map that brings a mark to ``size`` pixels, turned, with one side seen from aside."""
    half = size / 2
    square = np.array([(-half, -half), (half, -half), (half, half), (-half, half)])
    square[:, 0] *= np.cos(np.radians(slant))
    depth = 1 + square[:, 0] / size * np.sin(np.radians(slant)) * 0.5
    angle = np.radians(turn)
    roll = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    there = (square / depth[:, None]) @ roll.T + at
    corners = np.array([(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)], np.float32)
    return np.asarray(cv2.getPerspectiveTransform(corners, there.astype(np.float32)), np.float64)


def scene(seed: int, *, clutter: int = 0) -> Pixels:
    """A lit wall with noise, and what lies about: leaves, tiles, words, cords."""
    rng = np.random.default_rng(seed)
    width, height = FRAME
    across = np.linspace(-0.5, 0.5, width)[None, :, None]
    lit = rng.uniform(90, 170, 3) + np.repeat(across, height, 0) * rng.uniform(-40, 40, 3)
    frame = np.ascontiguousarray(lit, np.uint8)
    for _ in range(clutter):
        colour = tuple(float(one) for one in rng.uniform(0, 255, 3))
        place = (int(rng.uniform(0, width)), int(rng.uniform(0, height)))
        size = float(rng.uniform(15, 90))
        match rng.integers(5):
            case 0:
                axes = (int(size), int(size * rng.uniform(0.2, 1)))
                cv2.ellipse(
                    frame, place, axes, rng.uniform(0, 180), 0, 360, colour, -1, cv2.LINE_AA
                )
            case 1:
                points = np.array(place) + rng.normal(0, size, (rng.integers(3, 7), 2))
                cv2.fillConvexPoly(frame, cv2.convexHull(points.astype(np.int32)), colour)
            case 2:
                word = "".join(rng.choice(list("abcdefghKLMNRSTUwxyz"), 6))
                cv2.putText(frame, word, place, cv2.FONT_HERSHEY_DUPLEX, size / 40, colour, 3)
            case 3:
                other = (int(place[0] + size * 3), int(place[1] + rng.normal(0, size)))
                cv2.line(frame, place, other, colour, int(rng.integers(2, 9)), cv2.LINE_AA)
            case _:
                for step in range(int(rng.integers(2, 5))):
                    left = int(place[0] + step * size)
                    corner = (left + int(size * 0.8), place[1] + int(size * 0.8))
                    cv2.rectangle(frame, (left, place[1]), corner, colour, -1)
    return np.asarray(np.clip(frame + rng.normal(0, 4, frame.shape), 0, 255), np.uint8)


def painted(frame: Pixels, mask: Pixels, map_: Doubles, ink: tuple[int, int, int]) -> Pixels:
    """The mark on the frame, a little blurred, as JPEG leaves it."""
    width, height = FRAME
    shrink = max(SIDE * abs(np.linalg.det(map_[:2, :2])) ** -0.5 / SIDE, 1.0)
    soft = cv2.GaussianBlur(mask, (0, 0), 0.4 * shrink)
    cover = cv2.warpPerspective(soft, map_, (width, height))[..., None] / 255
    mixed = cv2.GaussianBlur(frame * (1 - cover) + np.array(ink, float) * cover, (0, 0), 0.7)
    _, file = cv2.imencode(".jpg", mixed[..., ::-1], [cv2.IMWRITE_JPEG_QUALITY, 75])
    return np.ascontiguousarray(cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1])


def found_in(frame: Pixels, index: MarkShapeIndex) -> list[MarkMatch]:
    return [match for match in match_shapes(shape_candidates(frame), index) if match.score > 0.5]


@pytest.mark.parametrize("name", MARKS)
@pytest.mark.parametrize(
    ("size", "turn", "slant", "ink"),
    [(240, 0, 0, (250, 250, 250)), (110, -25, 30, (20, 20, 30)), (150, 160, -35, (200, 30, 60))],
)
def test_a_mark_is_found_where_it_lies(
    name: str,
    size: float,
    turn: float,
    slant: float,
    ink: tuple[int, int, int],
    index: MarkShapeIndex,
) -> None:
    map_ = posed(size, turn, slant, (600, 330))
    found = found_in(painted(scene(1), MARKS[name], map_, ink), index)
    assert [list(MARKS)[match.row] for match in found] == [name]
    (match,) = found
    edge = np.argwhere(MARKS[name] > 127)[::97, ::-1].astype(np.float64)
    away = np.hypot(*(project(match.homography, edge) - project(map_, edge)).T)
    if name in ("rings", "star_in_ring"):  # several turns lay them on themselves
        away = np.hypot(*(project(match.homography, edge).mean(0) - project(map_, edge).mean(0)))
    assert np.mean(away) < 0.05 * size
    assert match.method == "shape"
    assert match.inliers > 100
    assert match.polygon.shape == (4, 2)


@pytest.mark.parametrize("name", MARKS)
def test_a_mark_on_a_plate_is_found_among_clutter(name: str, index: MarkShapeIndex) -> None:
    frame = scene(7, clutter=60)
    cv2.rectangle(frame, (380, 200), (620, 400), (235, 225, 60), -1)
    found = found_in(
        painted(frame, MARKS[name], posed(150, 10, 20, (500, 300)), (30, 50, 140)), index
    )
    assert [list(MARKS)[match.row] for match in found] == [name]


@pytest.mark.parametrize("seed", range(20, 32))
def test_clutter_is_no_mark(seed: int, index: MarkShapeIndex) -> None:
    assert found_in(scene(seed, clutter=80), index) == []


def test_a_mark_without_the_other_part_of_it_is_not_told(index: MarkShapeIndex) -> None:
    two = MARKS["stripes"].copy()
    two[:, :60] = 0
    frame = painted(scene(3), two, posed(200, 0, 0, (480, 300)), (20, 20, 20))
    assert found_in(frame, index) == []


@pytest.mark.parametrize("kind", ["disc", "square", "bar", "ring", "letter", "triangle", "discs"])
def test_a_plain_mark_is_refused_with_the_reason(kind: str) -> None:
    mask = np.zeros((SIDE, SIDE), np.uint8)
    match kind:
        case "disc":
            cv2.circle(mask, (90, 110), 60, 255, -1, cv2.LINE_AA)
        case "square":
            cv2.rectangle(mask, (30, 40), (160, 170), 255, -1)
        case "bar":
            cv2.rectangle(mask, (10, 90), (190, 112), 255, -1)
        case "ring":
            cv2.circle(mask, (100, 100), 70, 255, 14, cv2.LINE_AA)
        case "letter":
            from PIL import Image, ImageDraw, ImageFont

            picture = Image.new("L", (SIDE, SIDE))
            ImageDraw.Draw(picture).text((60, 20), "L", 255, ImageFont.load_default(140))
            mask = np.array(picture)
        case "triangle":
            cv2.fillPoly(mask, [np.array([(20, 180), (180, 160), (90, 30)])], 255, cv2.LINE_AA)
        case _:
            cv2.circle(mask, (55, 100), 40, 255, -1, cv2.LINE_AA)
            cv2.circle(mask, (145, 100), 40, 255, -1, cv2.LINE_AA)
    plain = shape_print(mask)
    assert plain.shapes == ()
    assert "plain" in plain.why


def test_nothing_is_found_where_there_is_nothing_to_look_at(prints: list[ShapePrint]) -> None:
    flat = np.full((600, 960, 3), 128, np.uint8)
    assert len(shape_candidates(flat)) == 0
    assert match_shapes(shape_candidates(flat), MarkShapeIndex(prints)) == []
    empty = MarkShapeIndex([None, shape_print(np.zeros((50, 50), np.uint8))])
    assert match_shapes(shape_candidates(scene(4, clutter=30)), empty) == []
    assert shape_print(np.zeros((50, 50), np.uint8)).why


def test_regions_and_prints_come_back_from_bytes(prints: list[ShapePrint]) -> None:
    regions = shape_candidates(scene(5, clutter=40))
    again = unpack(pack(regions))
    assert isinstance(again, Regions)
    assert (len(again), again.width, again.height) == (len(regions), *FRAME)
    for region in range(len(regions)):
        for one, two in zip(regions.rings(region), again.rings(region), strict=True):
            assert np.abs(one - two).max() <= 1 / 16
    for one in prints:
        two = unpack_shape(pack_shape(one))
        assert np.allclose(two.plainness, one.plainness, atol=1e-4)
        assert [shape.outer for shape in two.shapes] == [shape.outer for shape in one.shapes]
        assert pack_shape(two) == pack_shape(one)


@pytest.mark.parametrize("broken", [b"", b"\x00" * 40, pack_shape(shape_print(arches()))[:-9]])
def test_bytes_that_are_no_print_are_refused(broken: bytes) -> None:
    with pytest.raises(BankError, match="damaged"):
        unpack_shape(broken)
    with pytest.raises(ValueError, match="not packed regions"):
        unpack(broken)


def test_what_is_seen_does_not_depend_on_the_run() -> None:
    frame = scene(6, clutter=50)
    assert pack(shape_candidates(frame)) == pack(shape_candidates(frame.copy()))


def crop(mask: Pixels, seed: int) -> Pixels:
    """A crop of a photograph: the mark on a plate of two tones, seen from aside, before a pattern."""
    rng = np.random.default_rng(seed)
    frame = scene(seed, clutter=60)
    map_ = posed(190, rng.uniform(-30, 30), rng.uniform(-30, 30), (480, 300))
    plate = posed(260, rng.uniform(-30, 30), 20, (480, 300))
    corners = project(plate, np.array([(0, 0), (SIDE, 0), (SIDE, SIDE), (0, SIDE)], np.float64))
    cv2.fillPoly(frame, [corners.astype(np.int32)], (225, 215, 90))
    cv2.fillPoly(frame, [corners[[0, 1, 2]].astype(np.int32)], (200, 205, 120))
    low = project(map_, np.argwhere(mask > 127)[::50, ::-1].astype(np.float64))
    left, top = (low.min(axis=0) - 14).astype(int)
    right, bottom = (low.max(axis=0) + 14).astype(int)
    return np.ascontiguousarray(painted(frame, mask, map_, (40, 30, 90))[top:bottom, left:right])


def test_crops_of_one_entry_bear_each_other_out() -> None:
    known = [photo_shape_print(crop(MARKS["swoosh"], seed)) for seed in range(50, 55)]
    frame = painted(scene(1), MARKS["swoosh"], posed(150, 100, 20, (600, 330)), (250, 250, 250))
    regions = shape_candidates(frame)
    mine = match_shapes(regions, MarkShapeIndex(known, ["acme"] * 5))
    theirs = match_shapes(regions, MarkShapeIndex(known, [str(n) for n in range(5)]))
    assert len({one.row for one in mine if one.score > 0.2}) >= 3
    assert len({one.row for one in theirs if one.score > 0.2}) == 1


def test_of_a_crop_without_a_like_few_outlines_are_searched_for() -> None:
    known = [photo_shape_print(crop(MARKS["swoosh"], seed)) for seed in range(50, 55)]
    alike = MarkShapeIndex(known, ["acme"] * 5)
    apart = MarkShapeIndex(known, [str(n) for n in range(5)])
    assert all(apart.rows.count(row) == min(len(one.shapes), 3) for row, one in enumerate(known))
    assert any(alike.rows.count(row) > 3 for row in range(5))
