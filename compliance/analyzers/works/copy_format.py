"""What a print of a work's file holds, and its bytes."""

from __future__ import annotations

import io
import zipfile
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from compliance.analyzers import sift
from compliance.errors import BankError
from compliance.types import Pixels

MAKER = "copies-1"
"""Changes whenever the same frames can give another print."""
INNER = 0.8
"""Share of width and height that the inner part has: a crop that takes a fifth away shows it."""


@dataclass(frozen=True)
class Moments:
    """Columns of one length M, in order of time."""

    start: npt.NDArray[np.float64]
    """First frame, seconds."""
    end: npt.NDArray[np.float64]
    """Last frame that looks alike, seconds."""
    hashes: Pixels
    """uint8 (M, 32)."""
    inner: npt.NDArray[np.bool_]
    """True where it is the hash of the inner part."""


@dataclass(frozen=True)
class Key:
    """One distinct frame."""

    time: float
    """Seconds."""
    features: sift.Features
    """Those of the frame, scaled down."""
    thumb: bytes
    """Small JPEG."""


@dataclass(frozen=True)
class CopyPrint:
    """What :func:`compliance.analyzers.works.copy_prints.copy_print` makes of one file."""

    moments: Moments
    keys: tuple[Key, ...]
    seconds: float
    """Time of the last frame; 0 for a picture."""
    frames: int
    """Frames that were given."""
    flat_seconds: float
    """How long frames that have too little in them for a hash are shown."""


def pack(made: CopyPrint) -> bytes:
    """Return a print as bytes: a ZIP archive of NumPy arrays, without anything that is run when it is read."""
    features = [key.features for key in made.keys]
    arrays: dict[str, npt.NDArray[Any]] = {
        "maker": np.frombuffer(MAKER.encode(), np.uint8),
        "known": np.array([made.seconds, made.frames, made.flat_seconds], "<f8"),
        "moments": np.stack([made.moments.start, made.moments.end]).astype("<f4"),
        "hashes": made.moments.hashes,
        "inner": made.moments.inner,
        "key_times": np.array([key.time for key in made.keys], "<f4"),
        "key_sizes": np.array([(len(f), f.width, f.height) for f in features], "<u4"),
        "points": _joined([f.points for f in features], "<f2", 4),
        "descriptors": _joined([f.descriptors for f in features], "u1", 128),
        "thumb_sizes": np.array([len(key.thumb) for key in made.keys], "<u4"),
        "thumbs": np.frombuffer(b"".join(key.thumb for key in made.keys), np.uint8),
    }
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(name), content.getvalue(), zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def unpack(data: bytes) -> CopyPrint:
    """Return what :func:`pack` packed.

    Raises:
        BankError: the bytes are damaged, or of another maker.
    """
    try:
        arrays = _arrays(data)
        maker = arrays["maker"].tobytes().decode("ascii", "replace")
        if maker == MAKER:
            return _unpacked(arrays)
        found = f"a print of maker {maker[:32]}"
    except (zipfile.BadZipFile, zlib.error, KeyError, ValueError, EOFError, OSError) as error:
        found = f"{len(data)} bytes that are none ({type(error).__name__})"
    raise BankError(
        "the print of a work cannot be read",
        expected=f"a print of maker {MAKER}",
        found=found,
        fix="register the work's files again with `compliance works add`",
    )


def _arrays(data: bytes) -> dict[str, npt.NDArray[Any]]:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {
            name: np.load(io.BytesIO(archive.read(name)), allow_pickle=False)
            for name in archive.namelist()
        }


def _unpacked(arrays: dict[str, npt.NDArray[Any]]) -> CopyPrint:
    seconds, frames, flat = arrays["known"].tolist()
    start, end = arrays["moments"].astype(np.float64)
    hashes, inner = arrays["hashes"].reshape(-1, 32), arrays["inner"]
    sizes, times = arrays["key_sizes"].reshape(-1, 3).astype(int), arrays["key_times"]
    ends, thumb_ends = np.cumsum(sizes[:, 0]), np.cumsum(arrays["thumb_sizes"].astype(np.int64))
    points, descriptors = arrays["points"].astype(np.float32), arrays["descriptors"]
    lengths = [
        (len(start), len(end), len(hashes), len(inner)),
        (len(times), len(sizes), len(thumb_ends)),
    ]
    total = int(ends[-1]) if len(ends) else 0
    whole = (len(points), len(descriptors)) == (total, total)
    if not whole or any(len(set(columns)) != 1 for columns in lengths):
        raise ValueError("columns differ in length")
    thumbs = arrays["thumbs"].tobytes()
    keys = tuple(
        Key(
            float(times[i]),
            sift.Features(points[e - n : e], descriptors[e - n : e], width, height),
            thumbs[t - size : t],
        )
        for i, ((n, width, height), e, t, size) in enumerate(
            zip(
                sizes.tolist(),
                ends.tolist(),
                thumb_ends.tolist(),
                arrays["thumb_sizes"].tolist(),
                strict=True,
            )
        )
    )
    return CopyPrint(Moments(start, end, hashes, inner), keys, seconds, int(frames), flat)


def _joined(parts: list[npt.NDArray[Any]], dtype: str, columns: int) -> npt.NDArray[Any]:
    """Return rows of ``parts`` below one another, with ``columns`` columns even if there is no row."""
    return np.concatenate([np.zeros((0, columns), dtype), *(part.astype(dtype) for part in parts)])
