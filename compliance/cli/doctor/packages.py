"""Packages that overwrite one another, lack a system library, or do not load."""

from __future__ import annotations

import platform
import re
import sys
from importlib.metadata import distributions, version

from compliance.cli.doctor.diagnosis import Diagnosis
from compliance.settings import Settings


def python(settings: Settings) -> list[Diagnosis]:
    """Name Python and the platform."""
    return [Diagnosis("works", f"Python {platform.python_version()} on {sys.platform}")]


def opencv(settings: Settings) -> list[Diagnosis]:
    """Look at the OpenCV wheels, which share their files: one version, the headless files written last."""
    full, headless = version("opencv-python"), version("opencv-python-headless")
    mend = f"pip install --force-reinstall --no-deps opencv-python-headless=={full}"
    others = [name for name in installed("opencv") if "contrib" in name]
    if others:
        drop = f"pip uninstall -y {' '.join(others)} && {mend}"
        return [
            Diagnosis("broken", f"{' and '.join(others)} overwrite opencv-python's files", drop)
        ]
    if full != headless:
        return [Diagnosis("broken", f"OpenCV wheels differ: {full} and {headless}", mend)]
    try:
        import cv2
    except ImportError as error:
        what = "libGL is absent, and" if "libGL" in str(error) else f"{error}:"
        return [
            Diagnosis("broken", f"{what} the OpenCV build that was written last wants it", mend)
        ]
    info = cv2.getBuildInformation()
    gui = next((line for line in info.splitlines() if "GUI:" in line), "")
    if "NONE" not in gui:
        return [Diagnosis("note", f"OpenCV {full} is the build that needs libGL", mend)]
    return [Diagnosis("works", f"OpenCV {full}, headless")]


def onnxruntime(settings: Settings) -> list[Diagnosis]:
    """Look for several builds of ONNX Runtime, which overwrite one another's files."""
    found = installed("onnxruntime")
    said = " and ".join(f"{name} {version(name)}" for name in found)
    if len(found) > 1:
        keep = "onnxruntime-gpu" if "onnxruntime-gpu" in found else "onnxruntime"
        mend = f"pip uninstall -y {' '.join(found)} && pip install {keep}"
        return [Diagnosis("broken", f"{said} overwrite one another", mend)]
    if not found:
        return [Diagnosis("broken", "ONNX Runtime is absent", "pip install onnxruntime")]
    return [Diagnosis("works", said)]


def runtimes(settings: Settings) -> list[Diagnosis]:
    """Name what runs networks."""
    import torch

    from compliance.runtimes.torch import precision

    return [
        Diagnosis("works", f"torch {torch.__version__}, {precision('cpu')} on this CPU"),
        Diagnosis("works", f"dlib {version('dlib-bin')}"),
    ]


def plugins(settings: Settings) -> list[Diagnosis]:
    """Load the spec of every analyzer."""
    from compliance.plugins import analyzer_specs

    return [Diagnosis("works", f"analyzers: {', '.join(analyzer_specs())}")]


def installed(prefix: str) -> list[str]:
    """Return the distributions whose name begins with ``prefix``, in order."""
    names = {re.sub(r"[-_.]+", "-", one.metadata["Name"] or "").lower() for one in distributions()}
    return sorted(name for name in names if name == prefix or name.startswith(prefix + "-"))
