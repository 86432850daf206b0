"""SCRFD and ArcFace in batches give what the library insightface gives image by image on the same graphs."""

from pathlib import Path

import cv2
import numpy as np
import pytest
from face_models import batch, face_cards, references, small_detector, small_recogniser

from benchmarks._face_networks import planted
from compliance.analyzers.base import References
from compliance.analyzers.likeness.faces_insightface import InsightFaceAnalyzer
from compliance.errors import ModelError
from compliance.model_store import ModelStore
from compliance.runtimes.face_geometry import TEMPLATE, upright
from compliance.testing import FrameContract
from compliance.types import FrameBatch

NAMES = InsightFaceAnalyzer.spec.models


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> ModelStore:
    return face_cards(tmp_path_factory.mktemp("faces"), NAMES, small_detector, small_recogniser)


@pytest.fixture(scope="module")
def faces(store: ModelStore) -> InsightFaceAnalyzer:
    analyzer = InsightFaceAnalyzer()
    analyzer.setup("cpu", store)
    return analyzer


@pytest.fixture(scope="module")
def library(store: ModelStore):
    """insightface's own detector and recogniser on the same files."""
    from insightface.model_zoo.arcface_onnx import ArcFaceONNX
    from insightface.model_zoo.scrfd import SCRFD
    from onnxruntime import InferenceSession

    files = [str(store.load(name).paths[0]) for name in NAMES]
    sessions = [InferenceSession(path, providers=["CPUExecutionProvider"]) for path in files]
    detector = SCRFD(model_file=files[0], session=sessions[0])
    detector.prepare(0, input_size=(640, 640), det_thresh=0.5)
    return detector, ArcFaceONNX(model_file=files[1], session=sessions[1])


class TestContract(FrameContract):
    tolerance = 1e-4
    folder: Path

    @pytest.fixture(scope="class", autouse=True)
    @classmethod
    def _models(cls, store: ModelStore) -> None:
        cls.folder = store.folders[0]

    def store(self) -> ModelStore:
        return ModelStore(self.folder, pulled=self.folder)

    def analyzer(self) -> InsightFaceAnalyzer:
        return InsightFaceAnalyzer()

    def samples(self) -> list[FrameBatch]:
        return [
            FrameBatch(("a",), np.array([0.0]), (planted(1, 1),)),
            FrameBatch(("b",), np.array([2.5]), (planted(2, 2),)),
        ]

    def references(self) -> References:
        analyzer = self.analyzer()
        analyzer.setup("cpu", self.store())
        return references(her=analyzer.observe_frames(self.samples()[0])[0].vector)


def photographs(folder: Path) -> list[np.ndarray]:
    files = sorted((folder / "faces-face-recognition" / "tests" / "test_images").glob("*.jpg"))
    return [cv2.cvtColor(cv2.imread(str(path)), cv2.COLOR_BGR2RGB) for path in files]


def one_by_one(library, frame: np.ndarray):
    """Boxes with score, and vectors of length 1, as ``FaceAnalysis.get`` gets them."""
    from insightface.app.common import Face

    detector, recogniser = library
    picture = np.ascontiguousarray(frame[:, :, ::-1])
    boxes, points = detector.detect(picture)
    vectors = []
    for box, five in zip(boxes, points, strict=True):
        # skimage deprecates a method that insightface 2.1 calls
        with pytest.warns(FutureWarning):
            vector = recogniser.get(picture, Face(bbox=box[:4], kps=five, det_score=box[4]))
        vectors.append(vector / np.linalg.norm(vector))
    return boxes, np.array(vectors)


def test_a_batch_of_frames_gives_what_the_library_gives_image_by_image(faces, library) -> None:
    frames = [planted(count, seed) for seed, count in enumerate((2, 0, 5))]
    frames += [planted(2, 9, height=1080, width=1920), planted(2, 8, height=1280, width=720)]
    seen = faces.observe_frames(batch(*frames))
    detected = faces._detector.detect(frames, 0.5)
    compared = 0
    for index, frame in enumerate(frames):
        boxes, vectors = one_by_one(library, frame)
        mine = [one for one in seen if one.span.start == index]
        assert len(mine) == len(boxes)
        if len(mine):
            np.testing.assert_allclose(detected[index].boxes, boxes[:, :4], atol=0.01)
            np.testing.assert_allclose(detected[index].scores, boxes[:, 4], atol=1e-5)
            cosines = (np.stack([one.vector for one in mine]) * vectors).sum(axis=1)
            assert (cosines > 1 - 1e-3).all()
            compared += len(mine)
    assert compared > 20


def test_alignment_is_the_library_s(shared_data: Path) -> None:
    from insightface.utils.face_align import estimate_norm

    rng = np.random.default_rng(3)
    points = TEMPLATE * rng.uniform(0.3, 5, (50, 1, 1)) + rng.normal(0, 8, (50, 5, 2))
    points = np.asarray(points + rng.uniform(0, 900, (50, 1, 2)), np.float32)
    for matrix, five in zip(upright(points), points, strict=True):
        with pytest.warns(FutureWarning):
            np.testing.assert_allclose(matrix, estimate_norm(five), atol=1e-3)


def test_an_enrolled_face_is_its_own_best_match_and_one_track(faces) -> None:
    frame = planted(1, 4)
    seen = faces.observe_frames(batch(frame, frame, frame, times=(1.0, 1.5, 2.0)))
    first = next(one for one in seen if one.span.start == 1.0)
    known = references(her=first.vector, other=-first.vector)
    reduced = faces.reduce("asset", seen)
    found = [one for one in faces.findings("asset", reduced, known) if one.reference]
    best = max(found, key=lambda one: one.score)
    assert (best.reference.entry, best.raw_kind, best.rank) == ("her", "cosine", 1)
    assert best.raw == pytest.approx(1.0, abs=1e-4)
    assert (best.span.start, best.span.end) == (1.0, 2.0)


def test_nearer_by_cosine_ranks_first(faces) -> None:
    """Distances rank upwards and cosines downwards; one code does both."""
    seen = faces.observe_frames(batch(planted(1, 4)))[:1]
    vector = seen[0].vector
    aside = np.roll(vector, 7)
    near = vector + 0.3 * aside
    far = vector + 3 * aside
    known = references(far=far / np.linalg.norm(far), near=near / np.linalg.norm(near))
    reduced = faces.reduce("asset", seen)
    found = [one for one in faces.findings("asset", reduced, known) if one.reference]
    assert [one.reference.entry for one in found] == ["near", "far"]


def test_a_recogniser_that_cannot_run_in_batches_runs_one_by_one_and_says_so(
    tmp_path, caplog, faces
) -> None:
    from face_models import save_graph
    from onnx import helper

    def mixing(path: Path) -> None:
        rng = np.random.default_rng(0)
        weights = {"last": rng.normal(0, 1, (3, 512)).astype(np.float32)}
        nodes = [
            helper.make_node("ReduceMean", ["x"], ["m"], axes=[0], keepdims=1),
            helper.make_node("Mul", ["x", "m"], ["y"]),
            helper.make_node("ReduceMean", ["y"], ["z"], axes=[2, 3], keepdims=0),
            helper.make_node("MatMul", ["z", "last"], ["v"]),
        ]
        save_graph(path, nodes, weights, ("x", [1, 3, 112, 112]), [("v", [1, 512])])

    analyzer = InsightFaceAnalyzer()
    analyzer.setup("cpu", face_cards(tmp_path, NAMES, small_detector, mixing))
    assert analyzer.fallback.startswith("insightface-buffalo-l-rec: ")
    assert "item by item" in caplog.text
    assert faces.fallback == ""
    frames = [planted(1, seed) for seed in (1, 2)]
    together = analyzer.observe_frames(batch(*frames))
    alone = [one for frame in frames for one in analyzer.observe_frames(batch(frame))]
    assert len(together) == len(alone) > 2
    for one, other in zip(together, alone, strict=True):
        np.testing.assert_allclose(one.vector, other.vector, atol=1e-5)


def test_without_calibration_the_analyzer_cannot_be_set_up(tmp_path) -> None:
    store = face_cards(tmp_path, NAMES, small_detector, small_recogniser, calibrated=False)
    with pytest.raises(ModelError, match="no calibration"):
        InsightFaceAnalyzer().setup("cpu", store)


def test_a_detector_of_another_kind_is_refused(tmp_path) -> None:
    store = face_cards(tmp_path, NAMES, small_recogniser, small_recogniser)
    with pytest.raises(ModelError, match="9 outputs"):
        InsightFaceAnalyzer().setup("cpu", store)


@pytest.mark.parametrize("size", [(1, 1), (24, 24), (40, 2000), (2160, 3840)])
def test_odd_sizes_are_examined(faces, size: tuple[int, int]) -> None:
    assert faces.observe_frames(batch(np.full((*size, 3), 128, np.uint8))) == []
