"""People are recognised small, mirrored, turned and for a moment of a clip, and nobody is taken for them."""

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest

from compliance.analyzers.likeness.faces import FaceAnalyzer
from compliance.banks.keys import MasterKey
from compliance.banks.people import PeopleBank
from compliance.demo.encode import RATE, Encoder
from compliance.facts import Release
from compliance.findings import Finding
from compliance.model_store import Calibration, ModelStore
from compliance.pipeline.enrol import face_templates
from compliance.pipeline.intake import Request
from compliance.pipeline.run import Reviewer
from compliance.policy.load import load_policy_text
from compliance.runtimes.dlib import FaceEmbedder
from compliance.settings import Settings
from compliance.store.engine import open_database
from compliance.types import Pixels

EXAMPLES = "faces-face-recognition/examples/"
FACES = {
    "obama": ("obama2.jpg", (164, 302, 474, 611)),
    "obama again": ("knn_examples/test/obama1.jpg", (569, 238, 940, 610)),
    "kit": ("knn_examples/train/kit_harington/john1.jpeg", (673, 107, 798, 231)),
    "kit again": ("knn_examples/train/kit_harington/john2.jpeg", (283, 98, 469, 284)),
    "rose": ("knn_examples/train/rose_leslie/img2.jpg", (171, 171, 438, 439)),
    "rose again": ("knn_examples/train/rose_leslie/img1.jpg", (624, 108, 882, 366)),
}
"""Photographs and where dlib's detector finds the face: left, top, right, bottom, pixels."""
Box = tuple[int, int, int, int]
Photo = tuple[Pixels, Box]
POLICY = """\
policy: test
version: 1.0.0
owner: somebody@example.com
status: enforce
rules:
  - id: likeness
    title: Nobody without consent
    why: Theirs to give
    find: likeness.face
    when: {min_score: 0.9}
    then: reject
"""


@pytest.fixture(scope="module")
def embedder() -> FaceEmbedder:
    store = ModelStore()
    return FaceEmbedder(store.load("dlib-face-landmarks-5"), store.load("dlib-face-resnet"))


@pytest.fixture(scope="module")
def photos(shared_data: Path) -> dict[str, Photo]:
    return {name: _read(shared_data / EXAMPLES / path, box) for name, (path, box) in FACES.items()}


@pytest.fixture(scope="module")
def vector(embedder) -> Callable[..., np.ndarray]:
    def embed(photo: Photo, angle: float = 0.0) -> np.ndarray:
        return embedder.embed([embedder.align(*photo, angle)])[0]

    return embed


def _read(path: Path, box: Box) -> Photo:
    return np.ascontiguousarray(cv2.imread(str(path))[:, :, ::-1]), box


def reduced(photo: Photo, side: int) -> Photo:
    pixels, box = photo
    scale = side / (box[3] - box[1])
    small = cv2.resize(pixels, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    left, top, right, bottom = (round(edge * scale) for edge in box)
    return np.asarray(small, np.uint8), (left, top, right, bottom)


def scores(first: np.ndarray, others: dict[str, np.ndarray], pixels: int) -> dict[str, float]:
    calibration = ModelStore().card("dlib-face-resnet").calibration
    assert isinstance(calibration, Calibration)
    return {
        name: calibration.score(float(np.linalg.norm(first - other)), pixels)
        for name, other in others.items()
    }


@pytest.mark.parametrize("side", [24, 40])
def test_small_faces_are_their_own_person_and_nobody_else(vector, photos, side: int) -> None:
    known = {name: vector(photos[name]) for name in ("obama", "kit", "rose")}
    for name in known:
        found = scores(vector(reduced(photos[f"{name} again"], side)), known, side)
        assert found.pop(name) >= 0.9
        assert max(found.values()) < 0.5


def test_a_mirror_image_has_the_same_vector(vector, photos) -> None:
    pixels, (left, top, right, bottom) = photos["rose"]
    width = pixels.shape[1]
    mirrored = np.ascontiguousarray(pixels[:, ::-1]), (width - right, top, width - left, bottom)
    assert np.linalg.norm(vector(photos["rose"]) - vector(mirrored)) < 0.15


@pytest.mark.parametrize("degrees", [-120, -30, 30, 90])
def test_a_turned_face_is_turned_back_first(vector, photos, degrees: int) -> None:
    pixels, box = photos["obama"]
    middle = ((box[0] + box[2]) / 2, (box[1] + box[3]) / 2)
    matrix = cv2.getRotationMatrix2D(middle, degrees, 1.0)
    turned = cv2.warpAffine(pixels, matrix, pixels.shape[1::-1], borderMode=cv2.BORDER_REPLICATE)
    upright = vector(photos["obama"])
    assert np.linalg.norm(vector((np.asarray(turned, np.uint8), box), degrees) - upright) < 0.3


def test_a_face_at_the_border_is_embedded(vector) -> None:
    grey = np.full((40, 40, 3), 128, np.uint8)
    for box in ((-10, -10, 14, 14), (30, 30, 54, 54), (0, 0, 40, 40)):
        assert np.isfinite(vector((grey, box))).all()


def encoded(path: Path, face: Photo, moments: list[tuple[int, int]], frames: int) -> Path:
    """Write a clip of a pan over a brick wall; ``face`` stands on it from each first frame to the last one."""
    from skimage import data

    wall = cv2.cvtColor(cv2.resize(data.brick(), (2560, 1440)), cv2.COLOR_GRAY2RGB)
    pixels, (left, top, right, bottom) = reduced(face, 60)
    head = pixels[max(top - 30, 0) : bottom + 30, max(left - 30, 0) : right + 30]
    with Encoder(path, (1280, 720)) as encoder:
        for number in range(frames):
            frame = wall[number : number + 720, 3 * number : 3 * number + 1280].copy()
            if any(first <= number <= last for first, last in moments):
                frame[300 : 300 + len(head), 700 : 700 + head.shape[1]] = head
            encoder.add(frame)
        encoder.add_tone(frames / RATE)
    return path


def reviewed(clip: Path, enrolled: Path, home: Path) -> list[Finding]:
    settings = Settings(home=home)
    engine = open_database(settings.database_url)
    templates = face_templates([enrolled], settings)
    PeopleBank(engine, MasterKey.load(settings.keys, {})).enrol("talent", "her", templates)
    engine.dispose()
    with Reviewer(settings, load_policy_text(POLICY, "test")) as reviewer:
        (outcome,) = reviewer.review([Request(clip)], release=Release())
    (report,) = [one for one in outcome.facts.reports if one.analyzer == FaceAnalyzer.spec.name]
    return [one for one in report.findings if one.category == "likeness.face"]


def test_a_person_in_half_a_second_and_in_one_frame_of_a_clip_is_found(
    photos, shared_data: Path, tmp_path: Path
) -> None:
    moments = [(20, 34), (77, 77)]
    clip = encoded(tmp_path / "clip.mp4", photos["rose again"], moments, 110)
    found = reviewed(clip, shared_data / EXAMPLES / FACES["rose"][0], tmp_path / "home")
    sure = sorted((one for one in found if one.score >= 0.9), key=lambda one: one.span.start)
    assert len(sure) == 2
    for one, (first, last) in zip(sure, moments, strict=True):
        assert first / RATE - 0.01 <= one.span.start <= one.span.end <= last / RATE + 0.01
        assert one.span.start - first / RATE <= 0.2 and last / RATE - one.span.end <= 0.2
