"""From photographs and videos to the face templates that a bank of people stores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from compliance.analyzers.likeness.face_tracks import FaceMatcher
from compliance.banks.people import Template
from compliance.errors import BankError, PluginError
from compliance.files import sha256_of
from compliance.findings import Observation
from compliance.media.decode import MediaReader
from compliance.media.limits import DecodeLimits
from compliance.model_store import ModelStore
from compliance.pipeline.device import choose_device
from compliance.pipeline.face_quality import FaceQuality, Look
from compliance.pipeline.plan import filling
from compliance.plugins import analyzer_specs, make_analyzers
from compliance.settings import Settings
from compliance.types import Floats, FrameBatch, Pixels

MOST_TEMPLATES = 5
"""Templates that one video gives: more of one scene add little."""
LEAST_OF_BEST = 0.5
"""Quality, as a fraction of the best face's of a video, that a face needs to be one of its templates."""
SPACING = 0.5
"""Seconds between the frames of a video that are looked at."""
MOST_SECONDS = 60.0
"""Length of a video: with :data:`MOST_SIDE`, it bounds the frames that are held to some 600 MB."""
MOST_SIDE = 1280
"""Longer side, pixels, that frames of a video are shrunk to."""


@dataclass(frozen=True)
class _Face:
    """A face that is sure enough, in one frame of a file."""

    seen: Observation
    vector: Floats
    look: Look


def face_templates(files: Sequence[Path], settings: Settings) -> list[Template]:
    """Return templates of photos and videos, by the analyzer that reviews under the same settings use.

    A photo gives one template; a video gives the best faces of the one person it shows, no two alike.

    Args:
        files: pictures and videos that each show one person's face.
        settings: runtime knobs.

    Raises:
        MediaError: a file may not be opened.
        BankError: a file does not exist, is given twice, or shows no face, several, or one that is too
            small, blurred, tilted or turned away; names the file.
        ModelError: a model of the analyzer cannot be used.
        PluginError: no analyzer makes templates of faces under the settings.
    """
    if not files:
        return []
    models = ModelStore.of(settings)
    analyzer, embedding = face_matcher(settings, models)
    quality = FaceQuality(models)
    digests = refuse_twice(files)
    return [
        Template(
            vector=face.vector,
            modality="face",
            model=embedding,
            source_sha256=digest,
            quality=face.look.quality,
        )
        for file, digest in zip(files, digests, strict=True)
        for face in _chosen(file, analyzer, quality, settings.decode_limits)
    ]


def face_matcher(settings: Settings, models: ModelStore) -> tuple[FaceMatcher, str]:
    """Return the analyzer of faces under ``settings``, set up, and the digest of its embedding.

    Raises:
        ModelError: one of its models cannot be used.
        PluginError: no analyzer makes templates of faces under the settings.
    """
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
    analyzer.setup(device, models)
    (digest,) = (use.sha256 for use in analyzer.models() if use.id == analyzer.spec.embedding)
    return analyzer, digest


def refuse_twice(files: Sequence[Path]) -> list[str]:
    """Return the SHA-256 of each file.

    Raises:
        BankError: two have the same content, or one cannot be read.
    """
    known: dict[str, Path] = {}
    for file in files:
        try:
            digest = sha256_of(file)
        except OSError as error:
            raise refused(
                file, "the file cannot be read", error.strerror or str(error), "correct the path"
            ) from error
        if digest in known:
            raise refused(
                file,
                "the same file is given twice",
                f"the content of {known[digest]}",
                "leave it out",
            )
        known[digest] = file
    return list(known)


def refused(file: Path, message: str, found: str, fix: str = "") -> BankError:
    """Return the refusal of a picture or video."""
    return BankError(
        message,
        expected="a sharp picture of this person's face alone, looking at the camera",
        found=found,
        where=str(file),
        fix=fix or "crop the photo to one face, or take another",
    )


def _chosen(
    file: Path, analyzer: FaceMatcher, quality: FaceQuality, limits: DecodeLimits
) -> list[_Face]:
    """Return the faces of a file that templates are made of, best first."""
    faces: list[_Face] = []
    frames = 0
    for pixels, seen in _observed(file, analyzer, limits):
        frames += 1
        sure = [one for one in seen if (one.raw or 0.0) >= analyzer.enrolment_floor]
        if len(sure) > 1:
            when = f" at {sure[0].span.start:.2f} s" if frames > 1 and sure[0].span else ""
            found = f"{len(sure)} faces{when}"
            raise refused(file, "a photo or video for enrolment shows one face", found)
        for one in sure:
            assert one.vector is not None
            faces.append(_Face(one, one.vector, quality.measure(pixels, one)))
    if not faces:
        found = "0 faces" if frames == 1 else f"0 faces in {frames} frames"
        raise refused(file, "a photo or video for enrolment shows one face", found)
    _refuse_several(file, faces, analyzer)
    usable = [face for face in faces if face.look.objection() is None]
    if not usable:
        reasons = Counter(face.look.objection() for face in faces)
        ((said, _),) = reasons.most_common(1)
        assert said is not None
        raise refused(file, *said)
    return _diverse(usable)


def _observed(
    file: Path, analyzer: FaceMatcher, limits: DecodeLimits
) -> Iterator[tuple[Pixels, list[Observation]]]:
    """Yield the frames of a file that are looked at, with the faces in each."""
    # All frames first: a decoder whose reader is slow to come back is taken for one that died.
    for time, pixels in _frames(file, limits):
        batch = FrameBatch((file.name,), np.array([time]), (pixels,))
        yield pixels, analyzer.observe_frames(batch)


def _frames(file: Path, limits: DecodeLimits) -> list[tuple[float, Pixels]]:
    """Return the picture, or frames of the video :data:`SPACING` apart, with their times."""
    found: list[tuple[float, Pixels]] = []
    end = 0.0
    with MediaReader(file, limits) as reader:
        for frame in reader.frames():
            end = frame.time
            # Two frames of one time are one picture over two backgrounds.
            if not found or (SPACING <= frame.time - found[-1][0] and end <= MOST_SECONDS):
                if len(found) == 1:
                    found[0] = (found[0][0], _shrunk(found[0][1]))
                pixels = _shrunk(frame.pixels) if found else frame.pixels.copy()
                found.append((frame.time, pixels))
            frame.release()
        gaps = reader.summary.gaps
    if gaps or not found:
        # What was not seen may show somebody else.
        raise refused(file, "the file cannot be decoded", " ".join(gaps) or "no picture")
    if end > MOST_SECONDS:
        fix = "cut out the part that shows the face best"
        message = f"a video for enrolment has at most {MOST_SECONDS:.0f} s"
        raise refused(file, message, f"{end:.0f} s", fix)
    return found


def _shrunk(pixels: Pixels) -> Pixels:
    """Return a copy of a frame, no larger than faces are looked for in videos."""
    import cv2

    height, width = pixels.shape[:2]
    scale = MOST_SIDE / max(height, width)
    if scale >= 1:
        return pixels.copy()
    size = (max(round(width * scale), 1), max(round(height * scale), 1))
    return np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_AREA), np.uint8)


def _refuse_several(file: Path, faces: Sequence[_Face], analyzer: FaceMatcher) -> None:
    """Refuse a video that shows several people one after the other.

    Each face has to be like one that is known to be the same person, beginning with the best: a face
    that turns is like the face a moment before, not like every other.
    """
    likeness = analyzer.likeness
    vectors = np.stack([face.vector for face in faces])
    raws = np.stack([likeness.raws(one[None], vectors) for one in vectors])
    near = likeness.farness(raws) < likeness.farness(likeness.same_in_place)
    same: npt.NDArray[np.bool_] = np.zeros(len(faces), np.bool_)
    same[int(np.argmax([face.look.quality for face in faces]))] = True
    while (grown := np.asarray(near[same].any(axis=0))).sum() > same.sum():
        same = grown
    # A blurred or small face may be like nobody; a good one that is like nobody else is somebody else.
    others = [
        face for face, own in zip(faces, same, strict=True) if not own and not face.look.objection()
    ]
    if others:
        when = others[0].seen.span.start if others[0].seen.span else 0.0
        found = f"another face at {when:.2f} s"
        fix = "cut the video to the part that shows this person alone"
        raise refused(file, "a video for enrolment shows one person", found, fix)


def _diverse(faces: Sequence[_Face]) -> list[_Face]:
    """Return the best face, then whichever of the good ones is least like those taken."""
    best = max(face.look.quality for face in faces)
    good = [face for face in faces if face.look.quality >= LEAST_OF_BEST * best]
    taken = [max(good, key=lambda face: face.look.quality)]
    distances = np.full(len(good), np.inf)
    vectors = np.stack([face.vector for face in good])
    while len(taken) < min(MOST_TEMPLATES, len(good)):
        distances = np.minimum(distances, np.linalg.norm(vectors - taken[-1].vector, axis=1))
        farthest = int(np.argmax(distances))
        if distances[farthest] == 0:
            break
        taken.append(good[farthest])
    return taken
