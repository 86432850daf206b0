"""Choosing where networks run, with the reason wherever that is not what was hoped for."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

from compliance.analyzers.base import Runtime
from compliance.errors import SettingsError

ACCELERATED: tuple[Runtime, ...] = ("onnx", "torch")
"""Runtimes that can use a GPU."""


@dataclass(frozen=True)
class Device:
    """Where the networks of one runtime run."""

    name: str
    """``cpu`` or ``cuda:<n>``."""
    precision: str = "fp32"
    """``fp32`` or ``bf16``: what its networks calculate in."""
    reason: str = ""
    """Why it is not a GPU; empty where it is one, or where the CPU was asked for."""


def choose_device(wanted: str, runtime: Runtime) -> Device:
    """Return where the networks of ``runtime`` run.

    Args:
        wanted: ``cpu``, ``cuda:<n>``, or ``auto``, which takes the first GPU that the runtime can use.
        runtime: what runs the networks.

    Raises:
        SettingsError: a GPU was asked for that a runtime which can use one cannot use here; it is never
            replaced in silence.
    """
    if wanted == "cpu":
        return _device("cpu", runtime)
    if runtime not in ACCELERATED:
        return Device("cpu", reason=f"{runtime} runs on the CPU only")
    obstacle, fix = _torch(wanted) if runtime == "torch" else _onnx(wanted)
    if not obstacle:
        return _device("cuda:0" if wanted == "auto" else wanted, runtime)
    if wanted == "auto":
        return _device("cpu", runtime, obstacle)
    raise SettingsError(
        "this device cannot be used",
        expected=f"a GPU that {runtime} can use",
        found=obstacle,
        where=f"device {wanted}",
        fix=f"{fix}, or set device to cpu or auto",
    )


def _device(name: str, runtime: Runtime, reason: str = "") -> Device:
    if runtime != "torch":
        return Device(name, reason=reason)
    from compliance.runtimes.torch import precision

    return Device(name, precision(name), reason)


def _index(wanted: str) -> int:
    return int(wanted.partition(":")[2] or 0)


@cache
def _torch(wanted: str) -> tuple[str, str]:
    """Return what keeps torch from the GPU and what mends it; empty where nothing does."""
    import torch

    if torch.version.cuda is None:
        return f"torch {torch.__version__} is built without CUDA", "pip install torch from PyPI"
    if not torch.cuda.is_available():
        return "torch finds no CUDA device or driver", "install an NVIDIA driver"
    count = torch.cuda.device_count()
    if _index(wanted) >= count:
        return f"torch finds {count} CUDA device(s), numbered from 0", "name one that is there"
    return "", ""


@cache
def _onnx(wanted: str) -> tuple[str, str]:
    """The same for ONNX Runtime, whose GPU build is a package of its own."""
    import onnxruntime

    swap = "pip uninstall -y onnxruntime && pip install onnxruntime-gpu"
    if "CUDAExecutionProvider" not in onnxruntime.get_available_providers():
        return "the installed onnxruntime has no CUDA provider", swap
    import torch

    return _torch(wanted) if torch.version.cuda is not None else ("", "")
