"""From photographs to the face templates that a bank of people stores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from compliance.analyzers.faces import FaceAnalyzer
from compliance.banks.people import Template
from compliance.errors import BankError
from compliance.files import sha256_of
from compliance.media.decode import MediaReader
from compliance.model_store import ModelStore
from compliance.settings import Settings
from compliance.types import FrameBatch

LEAST_PIXELS = 60
"""Height of a face, pixels, below which a template would be too blurred to match by."""
LEAST_MARGIN = 0.0
"""Margin to the detector's threshold below which a face may be none."""


def face_templates(photos: Sequence[Path], settings: Settings) -> list[Template]:
    """Return one template for each photo.

    Args:
        photos: pictures that each show one person's face.
        settings: runtime knobs.

    Raises:
        MediaError: a photo does not exist.
        BankError: a photo shows no face, several, or one that is too small; names the photo.
    """
    if not photos:
        return []
    analyzer = FaceAnalyzer()
    analyzer.setup("cpu", ModelStore.of(settings))
    embedding = analyzer.models()[-1]
    templates = []
    for photo in photos:
        with MediaReader(photo, settings.decode_limits) as reader:
            frames = []
            for frame in reader.frames():
                frames.append(frame.pixels.copy())
                frame.release()
            gaps = reader.summary.gaps
        if gaps or not frames:
            raise _refused(photo, "the photo cannot be decoded", " ".join(gaps) or "no picture")
        batch = FrameBatch(("photo",), np.zeros(1), (frames[0],))
        faces = [
            face
            for face in analyzer.observe_frames(batch)
            if face.raw is not None and face.raw >= LEAST_MARGIN
        ]
        if len(faces) != 1:
            raise _refused(photo, "a photo for enrolment shows one face", f"{len(faces)} faces")
        if faces[0].attributes["pixels"] < LEAST_PIXELS:
            found = f"{faces[0].attributes['pixels']} pixels"
            raise _refused(photo, f"the face must be at least {LEAST_PIXELS} pixels high", found)
        assert faces[0].vector is not None
        templates.append(
            Template(
                vector=faces[0].vector,
                modality="face",
                model=embedding.sha256,
                source_sha256=sha256_of(photo),
            )
        )
    return templates


def _refused(photo: Path, message: str, found: str) -> BankError:
    return BankError(
        message,
        expected="a sharp picture of this person's face alone, looking at the camera",
        found=found,
        where=str(photo),
        fix="crop the photo to one face, or take another",
    )
