"""Rules of one's own brand against frames that break one of them, or none."""

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from compliance.analyzers.brands.brand_rules import BrandRules, Misuse, Neighbour, misuses
from compliance.analyzers.brands.mark_match import MarkMatch, corners, project
from compliance.banks.brand_rules_file import read_rules
from compliance.errors import UsageError
from compliance.types import Floats, Pixels

RED = (228, 0, 43)
WIDTH, HEIGHT = 960, 540


def own_mark() -> Pixels:
    """An arrow in a red of the brand, 200 × 120, on nothing."""
    mark = np.zeros((120, 200, 4), np.uint8)
    arrow = [(20, 45), (110, 45), (110, 15), (180, 60), (110, 105), (110, 75), (20, 75)]
    cv2.fillPoly(mark, [np.array(arrow)], (*RED, 255))
    return mark


def pose(
    scale: float = 1.0, *, turn: float = 0.0, wider: float = 1.0, tilt: float = 0.0
) -> np.ndarray[Any, np.dtype[np.float64]]:
    """The mark's middle comes to the frame's; ``tilt`` turns its plane away, seen with a normal lens."""
    angle, away = np.radians(turn), np.radians(tilt)
    size = np.diag([scale * wider, scale, 1.0])
    middle = np.array([[1, 0, -100], [0, 1, -60], [0, 0, 1.0]])
    roll = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    focal = 1.2 * WIDTH
    plane = np.eye(3)
    plane[:2, :2] = roll
    plane[:2] = np.diag([np.cos(away), 1]) @ plane[:2]
    plane[2, :2] = np.sin(away) / focal * roll[0]
    there = np.array([[1, 0, WIDTH / 2], [0, 1, HEIGHT / 2], [0, 0, 1.0]])
    return there @ plane @ size @ middle


def scene(
    homography: np.ndarray[Any, np.dtype[np.float64]],
    *,
    ink: tuple[int, int, int] = RED,
    ground: int = 205,
    light: tuple[float, float, float] = (1, 1, 1),
) -> Pixels:
    """A frame with the mark on a calm wall, as JPEG leaves it."""
    rng = np.random.default_rng(3)
    shade = np.linspace(-12, 12, WIDTH)[None, :, None]
    frame = np.full((HEIGHT, WIDTH, 3), ground, float) + shade
    mark = own_mark()
    mark[..., :3] = ink
    seen = cv2.warpPerspective(mark, homography, (WIDTH, HEIGHT), flags=cv2.INTER_AREA)
    cover = seen[..., 3:] / 255
    full = np.broadcast_to(np.array(ink, float), frame.shape)
    frame = (frame * (1 - cover) + full * cover) * light + rng.normal(0, 3, frame.shape)
    _, file = cv2.imencode(".jpg", np.clip(frame, 0, 255).astype(np.uint8)[..., ::-1])
    return np.ascontiguousarray(cv2.imdecode(file, cv2.IMREAD_COLOR)[..., ::-1])


def judged(
    frame: Pixels,
    homography: np.ndarray[Any, np.dtype[np.float64]],
    others: tuple[Neighbour, ...] = (),
    **rules: Any,
) -> list[Misuse]:
    polygon = project(homography, corners(200, 120)).astype(np.float32)
    match = MarkMatch(0, homography, 40, 0.9, polygon)
    return misuses(match, own_mark(), frame, others, BrandRules.model_validate(rules))


STRICT: dict[str, Any] = {
    "colours": ("#e4002b",),
    "least_height_percent": 5.0,
    "least_height_pixels": 40.0,
    "greatest_rotation": 5.0,
    "greatest_stretch": 1.08,
    "clear_space": 0.5,
    "busiest_ground": 0.1,
    "forbidden_neighbours": ("Rival",),
    "least_contrast": 2.0,
}


def box(left: float, top: float, right: float, bottom: float) -> Floats:
    return np.array([(left, top), (right, top), (right, bottom), (left, bottom)], np.float32)


@pytest.mark.parametrize(("scale", "tilt"), [(0.6, 0), (1, 0), (2.2, 0), (1, 25), (2.2, 25)])
@pytest.mark.parametrize("light", [(1, 1, 1), (0.7, 0.7, 0.7), (1.0, 0.93, 0.84)])
def test_a_mark_that_keeps_every_rule_breaks_none(
    scale: float, tilt: float, light: tuple[float, float, float]
) -> None:
    homography = pose(scale, turn=2, tilt=tilt)
    far = Neighbour(box(0, 0, 60, 30), ("Rival", "brands/0001", "brands"))
    text_of_the_mark = Neighbour(project(homography, box(90, 50, 120, 70)).astype(np.float32))
    frame = scene(homography, light=light)
    assert judged(frame, homography, (far, text_of_the_mark), **STRICT) == []


@pytest.mark.parametrize(
    ("kind", "raw", "how"),
    [
        ("rotation", 14.0, {"turn": -14.0}),
        ("stretch", 1.3, {"wider": 1.3}),
        ("stretch", 1.4, {"wider": 1 / 1.4}),
        ("size", 24.0, {"scale": 24 / 90}),
    ],
)
def test_each_pose_that_is_not_allowed_is_told_with_its_measure(
    kind: str, raw: float, how: dict[str, float]
) -> None:
    homography = pose(**how)
    found = judged(scene(homography), homography, **STRICT)
    assert {one.kind for one in found} == {kind}
    one = max(found, key=lambda misuse: misuse.raw)
    assert one.raw == pytest.approx(raw, rel=0.05)
    assert one.score > 0.95
    assert one.expected
    assert f"{one.raw:.0f}" in one.found or f"{one.raw:.2f}" in one.found


@pytest.mark.parametrize("ink", [(0, 90, 200), (20, 130, 60), (250, 140, 0), (30, 30, 30)])
def test_a_wrong_colour_is_named_beside_the_right_one(ink: tuple[int, int, int]) -> None:
    homography = pose(1.2)
    (one,) = judged(scene(homography, ink=ink), homography, colours=("#e4002b", "#ffffff"))
    assert (one.kind, one.score > 0.9) == ("colour", True)
    assert "#e4002b" in one.expected
    shown = [int(one.found[place : place + 2], 16) for place in (1, 3, 5)]
    assert np.abs(np.array(shown) - ink).max() < 20


def test_a_second_colour_that_is_not_allowed_is_found_beside_an_allowed_one() -> None:
    homography = pose(1.5)
    frame = scene(homography)
    right = project(homography, box(110, 0, 200, 120)).astype(int)
    part = frame[right[0, 1] : right[2, 1], right[0, 0] : right[2, 0]]
    part[part[..., 1] < 100] = (0, 60, 220)
    (one,) = judged(frame, homography, colours=("#e4002b",))
    assert one.kind == "colour"


def test_text_in_the_clear_space_is_told_with_its_distance() -> None:
    homography = pose()
    line = Neighbour(box(400, 335, 560, 350))  # the arrow ends at 315 and is 90 high
    (one,) = judged(scene(homography), homography, (line,), clear_space=0.5)
    assert (one.kind, one.raw) == ("clear_space", pytest.approx(20 / 90, abs=0.03))
    assert one.score > 0.9
    assert judged(scene(homography), homography, (line,), clear_space=0.15) == []


@pytest.mark.parametrize("name", ["Rival", "rivals/0007", "rivals"])
def test_a_forbidden_neighbour_is_known_by_name_entry_and_bank(name: str) -> None:
    homography = pose()
    near = Neighbour(box(620, 250, 700, 330), ("Rival", "rivals/0007", "rivals"))
    other = Neighbour(box(300, 250, 330, 330), ("Friend", "brands/0001", "brands"))
    found = judged(scene(homography), homography, (near, other), forbidden_neighbours=(name,))
    assert [one.kind for one in found] == ["neighbour"]
    assert "Rival" in found[0].expected


def test_a_mark_over_a_busy_ground_or_without_contrast_is_told() -> None:
    homography = pose()
    frame = scene(homography)
    tiles = (np.indices((HEIGHT, WIDTH)).sum(0) // 12 % 2 * 90).astype(np.uint8)
    away = np.abs(frame.astype(int) - RED).max(2) > 90
    frame[away] -= np.minimum(tiles[away][:, None], frame[away])
    (busy,) = judged(frame, homography, busiest_ground=0.15)
    assert (busy.kind, busy.score > 0.9) == ("busy_ground", True)
    (pale,) = judged(scene(homography, ground=70), homography, least_contrast=3.0)
    assert (pale.kind, pale.raw < 2.5) == ("contrast", True)


def test_pixels_are_those_of_the_media_not_of_its_smaller_copy() -> None:
    homography = pose(0.5)  # 45 pixels of 540
    match = MarkMatch(0, homography, 40, 0.9, corners(200, 120))
    rules = BrandRules(least_height_pixels=80)
    frame = scene(homography)
    assert [one.kind for one in misuses(match, own_mark(), frame, (), rules)] == ["size"]
    assert misuses(match, own_mark(), frame, (), rules, media_height=2160) == []


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("greatest_rotation: -5\n", "rules.yaml:1:20"),
        ("least_contrast: 3\ncolour: '#ffffff'\n", "rules.yaml:2:1"),
        ("colours: ['red']\n", "six hex digits"),
        ("clear_space: 1\nclear_space: 2\n", "duplicate key"),
        ("colour_tolerance: 5\n", "no rule in it"),
        ("- clear_space\n", "no mapping"),
        ("", "empty"),
        ("clear_space: .nan\n", "finite"),
        ("clear_space: !!python/name:os.system 1\n", "tag"),
    ],
)
def test_a_file_of_rules_that_is_wrong_is_refused_with_its_place(
    text: str, told: str, tmp_path: Path
) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(text)
    with pytest.raises(UsageError) as refused:
        read_rules(path)
    assert told in str(refused.value)
    assert "Expected a mapping with some of colours" in str(refused.value)


def test_rules_survive_their_file_and_storage(tmp_path: Path) -> None:
    path = tmp_path / "rules.yaml"
    path.write_text(
        "colours: ['#E4002B']\ngreatest_stretch: 1.05\nforbidden_neighbours: [rivals]\n"
    )
    rules = read_rules(path)
    assert BrandRules.model_validate(rules.model_dump(mode="json")) == rules
    assert rules.greatest_stretch == 1.05
    with pytest.raises(UsageError, match="cannot be read"):
        read_rules(tmp_path / "absent.yaml")
