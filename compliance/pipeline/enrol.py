"""From photographs to the face templates that a bank of people stores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from compliance.analyzers.face_tracks import FaceMatcher
from compliance.banks.people import Template
from compliance.errors import BankError, PluginError
from compliance.files import sha256_of
from compliance.media.decode import MediaReader
from compliance.model_store import ModelStore
from compliance.pipeline.device import choose_device
from compliance.pipeline.plan import filling
from compliance.plugins import analyzer_specs, make_analyzers
from compliance.settings import Settings
from compliance.types import FrameBatch

LEAST_PIXELS = 60
"""Height of a face, pixels, below which a template would be too blurred to match by."""


def face_templates(photos: Sequence[Path], settings: Settings) -> list[Template]:
    """Return one template for each photo, by the analyzer that reviews under the same settings use.

    Args:
        photos: pictures that each show one person's face.
        settings: runtime knobs.

    Raises:
        MediaError: a photo does not exist.
        BankError: a photo shows no face, several, or one that is too small; names the photo.
        ModelError: a model of the analyzer cannot be used.
        PluginError: no analyzer makes templates of faces under the settings.
    """
    if not photos:
        return []
    analyzer, embedding = _ready(settings)
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
            if face.raw is not None and face.raw >= analyzer.enrolment_floor
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
                model=embedding,
                source_sha256=sha256_of(photo),
            )
        )
    return templates


def _ready(settings: Settings) -> tuple[FaceMatcher, str]:
    """Return the analyzer of faces under ``settings``, set up, and the digest of its embedding."""
    specs = analyzer_specs()
    names = [
        name
        for name in filling(specs, settings.analyzers, settings.tier)
        if specs[name].fills == "faces"
    ]
    analyzer = make_analyzers(names)[names[0]] if names else None
    if not isinstance(analyzer, FaceMatcher):
        raise PluginError(
            "no analyzer makes templates of faces under these settings",
            expected="an analyzer of the role 'faces' that tells how sure a face is",
            found=names[0] if names else "none",
            where="settings 'analyzers' and 'tier'",
            fix="name faces, faces-yunet or faces-insightface in COMPLIANCE_ANALYZERS",
        )
    device = choose_device(settings.device, analyzer.spec.runtime).name
    analyzer.setup(device, ModelStore.of(settings))
    (digest,) = (use.sha256 for use in analyzer.models() if use.id == analyzer.spec.embedding)
    return analyzer, digest


def _refused(photo: Path, message: str, found: str) -> BankError:
    return BankError(
        message,
        expected="a sharp picture of this person's face alone, looking at the camera",
        found=found,
        where=str(photo),
        fix="crop the photo to one face, or take another",
    )
