"""Prints that are vectors: what a model of pictures made of one reference file, with times and small pictures.

The maker of such a print is the digest of the model. A work gives a vector of each picture, or of distinct
frames of a video; a mark gives one of each of its views (:mod:`compliance.analyzers.brands.mark_views`).
"""

from __future__ import annotations

import struct
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from compliance.analyzers.base import References
from compliance.errors import AnalyzerError, BankError
from compliance.findings import Observation
from compliance.types import Floats, Pixels

_MAGIC = b"vec1"
_HEAD = struct.Struct("<4sII")
THUMBNAIL = 128
"""Pixels, longer side of the small pictures that reviewers see."""


@dataclass(frozen=True)
class VectorPrint:
    """N vectors of one file."""

    vectors: Floats
    """float32 (N, D), each of length 1."""
    times: npt.NDArray[np.float64]
    """float64 (N,): seconds from the beginning of the file; zeros for pictures."""
    pictures: tuple[bytes, ...]
    """N JPEGs of what the vectors are of, longer side :data:`THUMBNAIL` at most."""


@dataclass(frozen=True)
class VectorRows:
    """All vectors of all references, in one matrix."""

    vectors: Floats
    """float32 (M, D); (0, 0) where there is none."""
    rows: npt.NDArray[np.int64]
    """int64 (M,): row of the reference that each belongs to."""
    places: npt.NDArray[np.int64]
    """int64 (M,): number of each within its print."""
    prints: tuple[VectorPrint, ...]
    """The print of each row of the references."""

    def best(self, vectors: Floats) -> tuple[Floats, npt.NDArray[np.int64]]:
        """Return the greatest cosine of each vector with each reference, and which vector of it that is.

        Args:
            vectors: float32 (Q, D), each of length 1.

        Returns:
            float32 (Q, rows) and int64 (Q, rows), numbers within the print.
        """
        cosines = vectors @ self.vectors.T
        count = len(self.prints)
        best = np.full((len(vectors), count), -1.0, np.float32)
        place = np.zeros((len(vectors), count), np.int64)
        edges = np.searchsorted(self.rows, np.arange(count + 1))
        for row in range(count):
            own = cosines[:, edges[row] : edges[row + 1]]
            if own.shape[1]:
                place[:, row] = own.argmax(axis=1)
                best[:, row] = own.max(axis=1)
        return best, place


def pack(one: VectorPrint) -> bytes:
    """Return a print as bytes, little endian.

    ``vec1``, N and D (uint32), N·D float32 vectors, N float64 times, N uint32 sizes of the pictures, and the
    pictures one after another.
    """
    count, width = one.vectors.shape
    sizes = np.array([len(picture) for picture in one.pictures], "<u4")
    parts = (one.vectors.astype("<f4"), one.times.astype("<f8"), sizes)
    head = _HEAD.pack(_MAGIC, count, width)
    return head + b"".join(part.tobytes() for part in parts) + b"".join(one.pictures)


def unpack(data: bytes) -> VectorPrint:
    """Return what :func:`pack` packed.

    Raises:
        BankError: the bytes are not of that layout.
    """
    try:
        magic, count, width = _HEAD.unpack_from(data)
        if magic != _MAGIC:
            raise ValueError("another beginning")
        at = _HEAD.size
        vectors = np.frombuffer(data, "<f4", count * width, at).reshape(count, width)
        times = np.frombuffer(data, "<f8", count, at := at + vectors.nbytes)
        sizes = np.frombuffer(data, "<u4", count, at := at + times.nbytes)
        ends = at + sizes.nbytes + np.cumsum([0, *sizes.tolist()])
        if ends[-1] != len(data) or not np.isfinite(vectors).all():
            raise ValueError("sizes differ, or a number is none")
        pictures = tuple(data[a:b] for a, b in pairwise(ends))
    except (struct.error, ValueError) as error:
        raise BankError(
            "the vectors of a reference are damaged",
            expected="a print of vectors",
            found=f"{len(data)} bytes: {error}",
            fix="run: compliance brands reindex, or compliance works reindex --media FILE…",
        ) from error
    return VectorPrint(np.asarray(vectors, np.float32), np.asarray(times, np.float64), pictures)


def rows_of(references: References) -> VectorRows:
    """Return the vectors of all rows of ``references``.

    Raises:
        BankError: a print is damaged, or of vectors of another length.
    """
    prints = tuple(unpack(one) for one in references.prints)
    widths = {one.vectors.shape[1] for one in prints if len(one.vectors)}
    if len(widths) > 1:
        raise BankError(
            "the vectors of the references are of different lengths",
            expected="vectors of one model",
            found=", ".join(map(str, sorted(widths))),
            fix="run: compliance brands reindex, or compliance works reindex --media FILE…",
        )
    counts = [len(one.vectors) for one in prints]
    filled = [one.vectors for one in prints if len(one.vectors)]
    return VectorRows(
        vectors=np.concatenate(filled) if filled else np.zeros((0, 0), np.float32),
        rows=np.repeat(np.arange(len(prints)), counts),
        places=np.concatenate([np.arange(count) for count in counts]).astype(np.int64)
        if counts
        else np.zeros(0, np.int64),
        prints=prints,
    )


def vectors_of(seen: Sequence[Observation], rows: VectorRows) -> Floats:
    """Return the vectors of observations, float32 (N, D).

    Raises:
        AnalyzerError: one has none, so that it was not examined, or one of another length.
    """
    width = rows.vectors.shape[1]
    for one in seen:
        if one.vector is None or one.vector.shape != (width,):
            raise AnalyzerError(
                "what was seen has no embedding that could be compared",
                expected=f"a vector of {width} numbers",
                found="none" if one.vector is None else f"{one.vector.shape[0]} numbers",
                where=one.id,
                fix="review the asset again with --no-cache",
            )
    return np.asarray([one.vector for one in seen], np.float32)


def thumbnail(pixels: Pixels) -> bytes:
    """Return a JPEG of a picture, uint8 RGB (H, W, 3), no longer than :data:`THUMBNAIL`."""
    import cv2

    height, width = pixels.shape[:2]
    scale = min(1.0, THUMBNAIL / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = cv2.resize(pixels, size, interpolation=cv2.INTER_AREA)
    _, jpeg = cv2.imencode(".jpg", small[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 80])
    return jpeg.tobytes()


def beside(frame: bytes | None, reference: bytes) -> bytes:
    """Return a JPEG: what was seen beside the reference, or the reference alone where nothing was kept.

    Args:
        frame: JPEG.
        reference: JPEG.
    """
    import cv2

    from compliance.analyzers.brands.logo_evidence import HEIGHT, opened

    shown = [opened(one) for one in (frame, reference) if one]
    parts = []
    for picture in (one for one in shown if one is not None):
        width = max(1, round(picture.shape[1] * HEIGHT / picture.shape[0]))
        parts += [cv2.resize(picture, (min(width, 4 * HEIGHT), HEIGHT))]
        parts += [np.full((HEIGHT, 8, 3), 255, np.uint8)]
    joined = np.hstack(parts[:-1])
    _, jpeg = cv2.imencode(".jpg", joined[:, :, ::-1], [cv2.IMWRITE_JPEG_QUALITY, 88])
    return jpeg.tobytes()


def nearest(cosines: Floats, references: References, most: int) -> list[int]:
    """Return the rows of the nearest entries: the best row of each, at most ``most`` entries of each bank.

    Args:
        cosines: float32 (rows,), of one vector with all references.
        references: whose rows they are.
        most: entries of one bank.

    Returns:
        Rows, nearest first; of equals the first one.
    """
    found: list[int] = []
    seen: set[str] = set()
    banks: dict[str, int] = {}
    for row in np.argsort(-cosines, kind="stable").tolist():
        reference = references.refs[row]
        if reference.id in seen or banks.get(reference.bank, 0) >= most:
            continue
        seen.add(reference.id)
        banks[reference.bank] = banks.get(reference.bank, 0) + 1
        found.append(row)
    return found
