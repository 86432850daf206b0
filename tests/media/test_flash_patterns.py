"""Stripes in single frames: what is striped, how much of it there is, and what is not."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from compliance.analyzers.senses.flash_results import striped
from compliance.media.flash import grid_size, light_of
from compliance.media.flash_pattern import Stripes, stripes

Y, X = np.mgrid[0:91, 0:162].astype(np.float32)
RADIUS = np.hypot(X - 81, Y - 45)
ANGLE = np.arctan2(Y - 45, X - 81)


def bars(along: np.ndarray, period: float) -> np.ndarray:
    return (np.sin(2 * np.pi * along / period) > 0).astype(np.float32)


def harmful(found: Stripes) -> bool:
    return bool(striped(np.float32([found.area]), np.float32([found.pairs]))[0])


@pytest.mark.parametrize("period", [4, 6, 9, 13, 20])
@pytest.mark.parametrize("angle", [0.0, 0.5, 1.1, 1.5])
def test_straight_bars_at_any_angle_are_stripes(period: float, angle: float) -> None:
    along = X * np.cos(angle) + Y * np.sin(angle)
    pairs = (162 * abs(np.cos(angle)) + 91 * abs(np.sin(angle))) / period
    found = stripes(bars(along, period))
    assert found.area > 0.7
    assert found.pairs == pytest.approx(pairs, rel=0.35, abs=2)


@pytest.mark.parametrize("make", [lambda: bars(RADIUS, 8), lambda: (np.sin(24 * ANGLE) > 0) * 1.0])
def test_rings_and_rays_are_stripes(make: Callable[[], np.ndarray]) -> None:
    assert harmful(stripes(make().astype(np.float32)))


@pytest.mark.parametrize(
    "picture",
    [
        np.full((91, 162), 0.5),
        np.random.default_rng(0).random((91, 162)),
        0.5 + 0.04 * np.sin(2 * np.pi * X / 10),  # hardly any contrast
        0.1 + 0.09 * np.sin(2 * np.pi * X / 10),  # dark throughout
        X / 162,
        bars(X, 80),
    ],
)
def test_what_is_even_faint_dark_or_irregular_is_not_striped(picture: np.ndarray) -> None:
    assert not harmful(stripes(picture.astype(np.float32)))


def test_stripes_over_a_small_part_of_the_screen_do_not_harm() -> None:
    picture = np.full((91, 162), 0.4, np.float32)
    picture[:40, :40] = bars(X, 6)[:40, :40]
    assert not harmful(stripes(picture))


def test_a_frame_of_a_few_pixels_has_no_stripes() -> None:
    assert stripes(bars(X, 4)[:10, :10]) == Stripes(0.0, 0)


def test_photographs_are_not_striped(shared_data: Path) -> None:
    files = sorted((shared_data / "copydetect-imagededup").rglob("*.jpg"))
    files += sorted((shared_data / "faces-face-recognition").rglob("*.jpg"))
    looked = 0
    for file in files:
        picture = cv2.imread(str(file))
        if picture is None or min(picture.shape[:2]) < 150:
            continue
        grid = grid_size(picture.shape[1], picture.shape[0])
        points = cv2.resize(picture, grid, interpolation=cv2.INTER_NEAREST)
        luminance, _ = light_of(np.ascontiguousarray(points[:, :, ::-1], np.uint8))
        assert not harmful(stripes(luminance)), file.name
        looked += 1
    assert looked > 40
