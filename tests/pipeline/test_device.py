"""Where networks run is chosen with a reason, and never changed in silence."""

import onnxruntime
import pytest
import torch

from compliance.errors import SettingsError
from compliance.pipeline.device import choose_device

no_gpu = pytest.mark.skipif(torch.cuda.is_available(), reason="this machine has a GPU")


@pytest.mark.parametrize("runtime", ["torch", "onnx", "dlib", "python"])
def test_the_cpu_needs_no_reason_where_it_was_asked_for(runtime) -> None:
    assert choose_device("cpu", runtime).name == "cpu"
    assert choose_device("cpu", runtime).reason == ""


@no_gpu
@pytest.mark.parametrize("runtime", ["torch", "onnx"])
def test_automatic_choice_says_why_it_is_the_cpu(runtime) -> None:
    device = choose_device("auto", runtime)
    assert device.name == "cpu"
    assert runtime in device.reason or "CUDA" in device.reason


@no_gpu
@pytest.mark.parametrize("runtime", ["torch", "onnx"])
def test_a_gpu_that_was_asked_for_is_never_replaced(runtime) -> None:
    with pytest.raises(SettingsError, match="cpu or auto"):
        choose_device("cuda:0", runtime)


def test_a_runtime_for_cpus_stays_there_beside_a_gpu() -> None:
    assert choose_device("cuda:0", "dlib").name == "cpu"
    assert "dlib" in choose_device("auto", "dlib").reason


def test_the_onnx_build_at_hand_decides() -> None:
    has = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    reason = choose_device("auto", "onnx").reason
    assert has or "no CUDA provider" in reason
