"""YuNet in batches gives what OpenCV gives photo by photo; SFace's crops and numbers are OpenCV's."""

import csv
import shutil
from pathlib import Path

import cv2
import numpy as np
import pytest
from face_models import batch, face_cards, references, small_sface

from compliance.analyzers.base import References
from compliance.analyzers.likeness.faces_yunet import YunetAnalyzer
from compliance.errors import BankError, LicenceRefused
from compliance.model_store import ModelStore
from compliance.pipeline.enrol import face_templates
from compliance.runtimes.face_geometry import Faces, aligned, on_canvas
from compliance.settings import Settings
from compliance.testing import FrameContract
from compliance.types import FrameBatch

NAMES = YunetAnalyzer.spec.models
FILE = "yunet_n_dynamic.onnx"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory, shared_data: Path) -> Path:
    """A folder of cards: YuNet itself, and a small network in the place of SFace."""
    path = tmp_path_factory.mktemp("yunet")
    network = shared_data / "models-yunet" / "onnx" / FILE
    face_cards(path, NAMES, lambda there: shutil.copyfile(network, there), small_sface)
    return path


@pytest.fixture(scope="module")
def faces(folder: Path) -> YunetAnalyzer:
    analyzer = YunetAnalyzer()
    analyzer.setup("cpu", ModelStore(folder))
    return analyzer


@pytest.fixture(scope="module")
def photos(shared_data: Path) -> dict[str, np.ndarray]:
    root = shared_data / "faces-face-recognition"
    rows = csv.DictReader((root / "LABELS.csv").read_text().splitlines())
    found = {row["path"]: cv2.imread(str(root / row["path"])) for row in rows}
    return {path: np.ascontiguousarray(one[:, :, ::-1]) for path, one in found.items()}


class TestContract(FrameContract):
    tolerance = 1e-4
    folder: Path

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _models(cls, folder: Path) -> None:
        cls.folder = folder

    def store(self) -> ModelStore:
        return ModelStore(self.folder)

    def analyzer(self) -> YunetAnalyzer:
        return YunetAnalyzer()

    def samples(self) -> list[FrameBatch]:
        from skimage import data

        face = np.ascontiguousarray(data.astronaut())
        return [
            FrameBatch(("a",), np.array([0.0]), (face,)),
            FrameBatch(("b",), np.array([2.5]), (np.ascontiguousarray(face[:, ::-1]),)),
        ]

    def references(self) -> References:
        analyzer = self.analyzer()
        analyzer.setup("cpu", self.store())
        return references(her=analyzer.observe_frames(self.samples()[0])[0].vector)


def opencv_rows(shared_data: Path, canvas: np.ndarray, floor: float) -> np.ndarray:
    path = str(shared_data / "models-yunet" / "onnx" / FILE)
    detector = cv2.FaceDetectorYN.create(path, "", (640, 640), floor, 0.3, 5000)
    _, rows = detector.detect(np.ascontiguousarray(canvas[:, :, ::-1]))
    return np.zeros((0, 15), np.float32) if rows is None else rows


@pytest.mark.parametrize("floor", [0.6, 0.9])
def test_all_photos_in_one_batch_give_what_opencv_gives(
    faces, photos, shared_data: Path, floor: float
) -> None:
    frames = list(photos.values())
    canvas, scales = on_canvas(frames)
    found = faces._detector.detect(frames, floor)
    assert sum(len(one) for one in found) >= 32
    for picture, scale, mine in zip(canvas, scales, found, strict=True):
        rows = opencv_rows(shared_data, picture, floor)
        assert len(mine) == len(rows)
        if not len(rows):
            continue
        corners = np.concatenate([rows[:, :2], rows[:, :2] + rows[:, 2:4]], axis=1) / scale
        np.testing.assert_allclose(mine.boxes, corners, atol=0.1 / scale)
        np.testing.assert_allclose(mine.points.reshape(-1, 10), rows[:, 4:14] / scale, atol=1)
        np.testing.assert_allclose(mine.scores, rows[:, 14], atol=1e-3)


def test_crops_and_cosines_are_those_of_opencv(faces, folder: Path, photos) -> None:
    """OpenCV 5's alignCrop and feature on the same file, from the same points."""
    recogniser = cv2.FaceRecognizerSF.create(str(ModelStore(folder).load("sface").paths[0]), "")
    frames = list(photos.values())[:6]
    found = faces._detector.detect(frames, 0.6)
    vectors = faces._embedder.embed(aligned(frames, found))
    number = 0
    for frame, mine in zip(frames, found, strict=True):
        picture = np.ascontiguousarray(frame[:, :, ::-1])
        for row in rows_of(mine):
            crop = recogniser.alignCrop(picture, row)
            theirs = recogniser.feature(crop).ravel()
            cosine = float(theirs @ vectors[number] / np.linalg.norm(theirs))
            assert cosine > 1 - 1e-3
            number += 1
    assert number == len(vectors) >= 6


def rows_of(faces: Faces) -> np.ndarray:
    """Return faces as FaceDetectorYN gives them, float32 (N, 15)."""
    sizes = faces.boxes[:, 2:] - faces.boxes[:, :2]
    points = faces.points.reshape(-1, 10)
    return np.concatenate([faces.boxes[:, :2], sizes, points, faces.scores[:, None]], axis=1)


def test_every_labelled_person_is_found(faces, photos, shared_data: Path) -> None:
    """One face at least for each name, on all photos; the recall that the decision record states."""
    root = shared_data / "faces-face-recognition"
    rows = csv.DictReader((root / "LABELS.csv").read_text().splitlines())
    people = {row["path"]: len(row["identities"].split(";")) for row in rows}
    seen = faces.observe_frames(batch(*photos.values()))
    missed = [
        path
        for index, path in enumerate(photos)
        if sum(one.span.start == index for one in seen) < people[path]
    ]
    assert missed == []


def test_pictures_without_faces_give_none_sure_enough_for_a_bank(faces) -> None:
    """The cat scores 0.72: kept as an observation, since what is compared with a bank decides."""
    from skimage import data

    seen = faces.observe_frames(batch(data.coffee(), data.rocket(), data.chelsea()))
    assert [one.span.start for one in seen] == [2.0]
    assert all(one.raw < faces.enrolment_floor for one in seen)


def test_a_face_carries_its_angle_and_how_well_it_is_seen(faces) -> None:
    from skimage import data

    clear = np.ascontiguousarray(data.astronaut())
    middle = (clear.shape[1] / 2, clear.shape[0] / 2)
    turned = cv2.warpAffine(clear, cv2.getRotationMatrix2D(middle, 20, 1.0), clear.shape[1::-1])
    blurred = cv2.GaussianBlur(clear, (0, 0), 5)
    best, tilted, soft = (
        max((one for one in seen if one.span.start == index), key=lambda one: one.raw).attributes
        for seen in [faces.observe_frames(batch(clear, turned, blurred))]
        for index in range(3)
    )
    assert tilted["angle"] - best["angle"] == pytest.approx(20, abs=4)
    assert 1 >= best["quality"] > tilted["quality"] > soft["quality"] > 0


def cards_of(folder: Path, home: Path, **fields: object) -> Settings:
    return Settings(home=home, cards=folder, analyzers=("faces-yunet",), device="cpu", **fields)


def test_enrolment_takes_the_analyzer_that_the_settings_name(
    folder: Path, tmp_path, shared_data: Path
) -> None:
    photo = shared_data / "faces-face-recognition" / "examples" / "biden.jpg"
    (template,) = face_templates([photo], cards_of(folder, tmp_path))
    assert template.vector.shape == (128,)
    assert template.model == ModelStore(folder).load("sface").use.sha256
    (bundled,) = face_templates([photo], Settings(home=tmp_path, device="cpu"))
    assert bundled.model == ModelStore().load("dlib-face-resnet").use.sha256


def test_enrolment_refuses_a_photo_of_two_with_any_analyzer(
    folder: Path, tmp_path, shared_data: Path
) -> None:
    photo = shared_data / "faces-face-recognition" / "examples" / "two_people.jpg"
    with pytest.raises(BankError, match="2 faces"):
        face_templates([photo], cards_of(folder, tmp_path))


def test_enrolment_refuses_weights_that_the_settings_forbid(tmp_path, shared_data: Path) -> None:
    photo = shared_data / "faces-face-recognition" / "examples" / "biden.jpg"
    settings = Settings(home=tmp_path, analyzers=("faces-insightface",), device="cpu")
    with pytest.raises(LicenceRefused, match="faces-yunet"):
        face_templates([photo], settings)


@pytest.mark.parametrize("size", [(1, 1), (24, 24), (40, 2000), (2160, 3840)])
def test_odd_sizes_are_examined(faces, size: tuple[int, int]) -> None:
    assert faces.observe_frames(batch(np.full((*size, 3), 128, np.uint8))) == []
