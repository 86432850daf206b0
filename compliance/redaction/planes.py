"""The planes of a decoded video frame, as arrays that can be written to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import av
import numpy as np
from av.sidedata.sidedata import Type

from compliance.media.pictures import turned
from compliance.redaction.picture import Plane

KEPT = (
    "yuv420p", "yuvj420p", "yuv422p", "yuvj422p", "yuv444p", "yuvj444p", "gray",
    "yuv420p10le", "yuv422p10le", "yuv444p10le", "gray10le",
)  # fmt: skip
"""Pixel formats that are edited and encoded as they are."""
VP9_KEPT = ("yuv420p", "yuv422p", "yuv444p")
_MORE_BITS = "10le"


def target_format(frame: av.VideoFrame, webm: bool) -> str:
    """Return the pixel format that a frame is edited and encoded in: its own, or the one that loses least.

    Raises:
        ValueError: the frame has transparency, which the encoder would lose.
    """
    name = frame.format.name
    if any(component.is_alpha for component in frame.format.components):
        raise ValueError("the video has transparency, which cannot be kept")
    if name in (VP9_KEPT if webm else KEPT):
        return name
    deep = any(component.bits > 8 for component in frame.format.components) and not webm
    wide = frame.format.components[-1]
    half = wide.width < frame.width
    low = wide.height < frame.height
    shape = "yuv420p" if low else "yuv422p" if half else "yuv444p"
    return shape + (_MORE_BITS if deep else "")


@dataclass(frozen=True)
class Planes:
    """Views into one frame, as it is seen: writing to them changes the frame."""

    views: tuple[Plane, ...]
    zeros: tuple[int, ...]
    """Value of each that means no light, or no colour."""
    full: int
    """Values that a sample can have."""


def planes_of(frame: av.VideoFrame, turn: tuple[bool, bool, bool]) -> Planes:
    """Return the planes of a frame in one of the formats of ``KEPT``, which is made writable."""
    frame.make_writable()
    deep = frame.format.components[0].bits > 8
    kind: Any = np.dtype("<u2") if deep else np.dtype("u1")
    full = 1 << frame.format.components[0].bits
    whole_range = frame.color_range == 2 or frame.format.name.startswith("yuvj")
    views = []
    for plane in frame.planes:
        buffer: Any = plane
        rows = np.frombuffer(buffer, kind).reshape(plane.height, plane.line_size // kind.itemsize)
        views.append(turned(rows[:, : plane.width, None], *turn))
    black = 0 if whole_range else full // 16
    zeros = (black, *([full // 2] * (len(views) - 1)))
    return Planes(tuple(views), zeros, full)


def matrix_of(frame: av.VideoFrame) -> list[int] | None:
    """Return the display matrix, nine numbers; None where there is none."""
    side_data: Any = frame.side_data
    data = side_data.get(Type.DISPLAYMATRIX)
    return None if data is None else np.frombuffer(data, "<i4")[:9].tolist()
