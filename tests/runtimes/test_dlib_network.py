"""dlib's face network on ONNX Runtime says what dlib says, and a file of another shape is refused."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from compliance.errors import ModelError
from compliance.model_store import LoadedModel, ModelStore
from compliance.runtimes.mmod import MmodDetector


@pytest.fixture(scope="module")
def model() -> LoadedModel:
    return ModelStore().load("dlib-mmod-faces")


def test_margins_are_those_of_dlib_itself(model: LoadedModel) -> None:
    import dlib
    from skimage import data

    crop = np.ascontiguousarray(data.astronaut()[40:240, 120:330])
    (theirs,) = dlib.cnn_face_detection_model_v1(str(model.paths[0]))(crop, 0)
    network = MmodDetector(model)
    ours = max(
        float(network.margins(cv2.resize(crop, None, fx=scale, fy=scale)).max())
        for scale in (0.7, 5 / 6, 1.0)  # dlib's own pyramid has steps of 5/6
    )
    assert abs(ours - theirs.confidence) < 0.05


def test_a_face_on_its_head_is_found_where_it_is(model: LoadedModel) -> None:
    from skimage import data

    portrait = data.astronaut()
    network = MmodDetector(model)
    (upright,) = network.detect(portrait, 0.8, 0.0)
    (headlong,) = network.detect(np.ascontiguousarray(portrait[::-1, ::-1]), 0.8, 0.0)
    assert (upright.upside_down, headlong.upside_down) == (False, True)
    assert abs(headlong.x - (511 - upright.x)) < 3
    assert abs(headlong.y - (511 - upright.y)) < 3


def test_a_file_with_a_layer_less_is_refused(model: LoadedModel, tmp_path) -> None:
    path = tmp_path / "short.dat"
    content = model.paths[0].read_bytes()
    path.write_bytes(content[: content.rindex(b"con_4")])
    with pytest.raises(ModelError, match="another shape"):
        MmodDetector(replace(model, paths=(path,)))
