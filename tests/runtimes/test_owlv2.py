"""The detector of open vocabulary, a small real one, against the library's own way from pixels to boxes."""

import numpy as np
import pytest
from tiny_models import tiny_owlv2

from compliance.errors import ModelError
from compliance.model_store import ModelStore
from compliance.runtimes.owlv2 import Owlv2, suppressed

QUERIES = ("a logo", "a brand mark", "a wordmark")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("cards")
    tiny_owlv2(path)
    return path


@pytest.fixture(scope="module")
def detector(folder) -> Owlv2:
    return Owlv2(ModelStore(folder).load("owlv2"), "cpu", QUERIES)


def picture(seed: int, width: int = 96, height: int = 64) -> np.ndarray:
    y, x = np.mgrid[:height, :width]
    waves = [127 + 120 * np.sin(x / (5 + seed + c) + y / 9 + c) for c in range(3)]
    return np.stack(waves, axis=2).astype(np.uint8)


def of_the_library(folder, frame: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Boxes and confidences by the network's own forward and the library's own postprocessing."""
    import torch
    from transformers import AutoTokenizer, Owlv2ForObjectDetection
    from transformers.models.owlv2.image_processing_owlv2 import Owlv2ImageProcessor

    network = Owlv2ForObjectDetection.from_pretrained(folder / "owlv2").eval()
    tokenizer = AutoTokenizer.from_pretrained(folder / "owlv2")
    processor = Owlv2ImageProcessor(size={"height": 96, "width": 96})
    given = processor(frame, return_tensors="pt")
    tokens = tokenizer(list(QUERIES), padding="max_length", max_length=16, return_tensors="pt")
    with torch.inference_mode():
        made = network(**tokens, pixel_values=given["pixel_values"])
    sizes = torch.tensor([frame.shape[:2]])
    (found,) = processor.post_process_object_detection(made, 0.0, sizes)
    return found["boxes"].numpy(), found["scores"].numpy()


@pytest.mark.parametrize(("width", "height"), [(96, 64), (64, 96)])
def test_boxes_and_confidences_are_those_of_the_library(
    folder, monkeypatch, width: int, height: int
) -> None:
    """A frame as long as the network's square, so that nothing is resized: only our own steps differ.

    In float32, as the library has it; bfloat16 moves boxes of so small a network by a pixel or two.
    """
    monkeypatch.setattr("compliance.runtimes.torch.precision", lambda device: "fp32")
    detector = Owlv2(ModelStore(folder).load("owlv2"), "cpu", QUERIES)
    frame = picture(1, width, height)
    boxes, scores = of_the_library(folder, frame)
    (ours,) = detector.propose([frame], 0.0, 1.0, 1000)
    clipped = np.clip(boxes, 0, [width, height, width, height])
    order = np.argsort(-scores, kind="stable")
    inside = [row for row in order if (clipped[row, 2:] - clipped[row, :2] >= 1).all()]
    assert len(ours.boxes) == len(inside) > 5
    assert np.allclose(ours.scores, scores[inside], atol=1e-4)
    for box in ours.boxes:
        assert np.abs(clipped - box).max(axis=1).min() < 0.05


def test_frames_of_any_size_stand_alone_in_a_batch(detector: Owlv2) -> None:
    frames = [picture(1), picture(2, 200, 120), picture(3, 60, 150), picture(4)]
    together = detector.propose(frames, 0.1, 0.5, 24)
    for frame, found in zip(frames, together, strict=True):
        (alone,) = detector.propose([frame], 0.1, 0.5, 24)
        assert np.allclose(alone.boxes, found.boxes, atol=0.5)
        height, width = frame.shape[:2]
        assert (found.boxes >= 0).all() and (found.boxes <= [width, height, width, height]).all()


def test_what_is_below_the_floor_or_beyond_the_most_is_left_out(detector: Owlv2) -> None:
    (every,) = detector.propose([picture(1)], 0.0, 1.0, 1000)
    floor = float(np.median(every.scores))
    (some,) = detector.propose([picture(1)], floor, 1.0, 1000)
    assert 0 < len(some.boxes) < len(every.boxes)
    assert some.scores.min() >= floor
    (few,) = detector.propose([picture(1)], 0.0, 1.0, 3)
    assert np.array_equal(few.scores, every.scores[:3])


def test_no_frames_give_nothing(detector: Owlv2) -> None:
    assert detector.propose([], 0.1, 0.5, 24) == []


def test_a_box_hides_those_after_it_that_share_most_with_it() -> None:
    boxes = np.array([[0, 0, 10, 10], [1, 0, 11, 10], [8, 0, 18, 10], [30, 30, 40, 40]], np.float32)
    assert suppressed(boxes, 0.5) == [0, 2, 3]
    assert suppressed(boxes, 0.9) == [0, 1, 2, 3]


def test_another_size_on_the_card_is_refused(tmp_path) -> None:
    tiny_owlv2(tmp_path)
    text = (tmp_path / "owlv2.yaml").read_text().replace("fit: pad", "fit: squash")
    (tmp_path / "owlv2.yaml").write_text(text)
    with pytest.raises(ModelError, match="fit pad"):
        Owlv2(ModelStore(tmp_path).load("owlv2"), "cpu", QUERIES)


def test_files_of_another_network_are_refused(tmp_path) -> None:
    from tiny_models import tiny_image_classifier

    tiny_image_classifier(tmp_path, "owlv2", {"normal": ""})
    with pytest.raises(ModelError, match="Owlv2ForObjectDetection"):
        Owlv2(ModelStore(tmp_path).load("owlv2"), "cpu", QUERIES)
