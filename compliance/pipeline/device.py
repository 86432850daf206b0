"""Choosing where networks run."""

from __future__ import annotations

from compliance.errors import SettingsError


def choose_device(wanted: str) -> str:
    """Return ``cpu`` or ``cuda:<n>``.

    Args:
        wanted: ``auto`` takes the first GPU that ONNX Runtime can use, else the CPU.

    Raises:
        SettingsError: a GPU was asked for that ONNX Runtime cannot use; it is never replaced in silence.
    """
    if wanted == "cpu":
        return wanted
    import onnxruntime

    usable = "CUDAExecutionProvider" in onnxruntime.get_available_providers()
    if wanted == "auto":
        return "cuda:0" if usable else "cpu"
    if not usable:
        raise SettingsError(
            "this device cannot be used",
            expected="an ONNX Runtime with the CUDA provider",
            found=", ".join(onnxruntime.get_available_providers()),
            where=f"device {wanted}",
            fix="pip uninstall -y onnxruntime && pip install onnxruntime-gpu, or set device to cpu",
        )
    return wanted
