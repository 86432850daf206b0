"""Turned, covered and small faces are found, with how they are turned and how well they can be seen."""

import subprocess
import sys

import cv2
import numpy as np
import pytest

from compliance.analyzers.likeness.faces import FaceAnalyzer
from compliance.findings import Observation
from compliance.model_store import ModelStore
from compliance.types import FrameBatch


@pytest.fixture(scope="module")
def faces() -> FaceAnalyzer:
    analyzer = FaceAnalyzer()
    analyzer.setup("cpu", ModelStore())
    return analyzer


@pytest.fixture(scope="module")
def portrait() -> np.ndarray:
    """A public-domain portrait whose face fills a third of it, uint8 RGB (400, 400, 3)."""
    from skimage import data

    return cv2.resize(data.astronaut()[:256, 90:346], (400, 400), interpolation=cv2.INTER_CUBIC)


def seen(faces: FaceAnalyzer, *frames: np.ndarray) -> list[Observation]:
    moments = np.arange(len(frames), dtype=np.float64)
    return faces.observe_frames(FrameBatch(("asset",) * len(frames), moments, frames))


def turned(picture: np.ndarray, degrees: float) -> np.ndarray:
    matrix = cv2.getRotationMatrix2D((200, 200), degrees, 1.0)
    return cv2.warpAffine(picture, matrix, (400, 400), borderMode=cv2.BORDER_REPLICATE)


@pytest.mark.parametrize("degrees", [-120, -60, 45, 90, 150, 180])
def test_a_turned_face_is_found_with_its_angle_and_is_the_same_person(
    faces, portrait, degrees: float
) -> None:
    (upright,) = seen(faces, portrait)
    (found,) = seen(faces, turned(portrait, degrees))
    assert abs((found.attributes["angle"] - degrees + 180) % 360 - 180) <= 30
    assert np.linalg.norm(found.vector - upright.vector) < 0.5
    assert found.attributes["quality"] < upright.attributes["quality"]


@pytest.mark.parametrize("covered", ["mouth", "eyes"])
def test_a_face_that_is_half_covered_is_found(faces, portrait, covered: str) -> None:
    (upright,) = seen(faces, portrait)
    left, top, right, bottom = (round(edge * 400) for edge in upright.region.box)
    high = bottom - top
    rows = (
        slice(top + high * 6 // 10, bottom)
        if covered == "mouth"
        else slice(top + high // 5, top + high * 2 // 5)
    )
    masked = portrait.copy()
    masked[rows, left + 8 : right - 8] = (150, 190, 215) if covered == "mouth" else (15, 15, 18)
    (found,) = seen(faces, masked)
    assert abs(found.region.box[0] - upright.region.box[0]) < 0.1
    assert found.raw < upright.raw
    assert found.attributes["quality"] < upright.attributes["quality"]


def test_a_face_of_24_pixels_is_found_on_a_small_frame(faces, portrait) -> None:
    scale = 24 / 130  # the portrait's face has 130 pixels
    small = cv2.resize(portrait, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    frame = np.full((480, 640, 3), 90, np.uint8)
    frame[200 : 200 + len(small), 300 : 300 + small.shape[1]] = small
    (found,) = seen(faces, frame)
    assert 300 < found.region.box[0] * 640 < found.region.box[2] * 640 < 300 + small.shape[1]


def test_a_turned_face_on_a_large_frame_is_where_its_box_says(faces, portrait) -> None:
    frame = np.full((1080, 1920, 3), 120, np.uint8)
    frame[500:900, 1100:1500] = portrait[::-1, ::-1]
    (upright,) = seen(faces, portrait)
    (found,) = seen(faces, frame)
    middle = (upright.region.box[0] + upright.region.box[2]) / 2
    middle_found = (found.region.box[0] + found.region.box[2]) / 2 * 1920 - 1100
    assert abs(middle_found - 400 * (1 - middle)) < 20
    assert abs(found.attributes["angle"]) >= 150


def test_the_analyzer_starts_without_torch(tmp_path) -> None:
    """Its import takes seconds, which every review of a picture would wait for."""
    program = """
import sys
import numpy as np
from compliance.analyzers.likeness.faces import FaceAnalyzer
from compliance.model_store import ModelStore
from compliance.types import FrameBatch
faces = FaceAnalyzer()
faces.setup("cpu", ModelStore())
faces.observe_frames(FrameBatch(("a",), np.zeros(1), (np.zeros((240, 320, 3), np.uint8),)))
print("torch" in sys.modules)
"""
    said = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert said.stdout.strip() == "False", said.stderr


def test_a_profile_behind_a_camera_is_found(faces) -> None:
    from skimage import data

    (found,) = seen(faces, np.repeat(data.camera()[..., None], 3, 2))
    assert found.region.box[0] < 235 / 512 < found.region.box[2]
    assert found.region.box[1] < 155 / 512 < found.region.box[3]


def test_pictures_without_a_face_give_none(faces) -> None:
    from skimage import data

    drawing = np.full((360, 480, 3), 240, np.uint8)
    for number in range(12):
        cv2.circle(drawing, (40 * number, 30 * number), 20 + 4 * number, (40, 40, 200), 2)
    grey = [np.repeat(one[..., None], 3, 2) for one in (data.brick(), data.page())]
    pictures = [data.coffee(), data.rocket(), data.chelsea(), drawing, *grey]
    assert seen(faces, *(np.ascontiguousarray(one) for one in pictures)) == []


def test_quality_falls_with_size_and_with_blur(faces, portrait) -> None:
    small = np.full((400, 400, 3), 90, np.uint8)
    small[100:220, 100:220] = cv2.resize(portrait, (120, 120), interpolation=cv2.INTER_AREA)
    blurred = cv2.GaussianBlur(portrait, (0, 0), 5)
    clear, tiny, dull = (
        seen(faces, one)[0].attributes["quality"] for one in (portrait, small, blurred)
    )
    assert 0 <= dull < clear <= 1
    assert 0 <= tiny < clear
