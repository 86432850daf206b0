"""From whatever a decoder gives to upright uint8 RGB, in the decoder process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import av
import numpy as np
from av.sidedata.sidedata import Type
from av.video.reformatter import ColorPrimaries, ColorRange, Colorspace, ColorTrc, VideoReformatter

from compliance.media.cover import Thumbnail, thumbnail_size
from compliance.media.flash_points import narrowed, nearest, sample

if TYPE_CHECKING:
    from compliance.types import Pixels

_HD_LINES = 720
"""Height from which video without a colour tag is BT.709, as broadcast practice has it; below, BT.601."""
_HDR = (ColorTrc.SMPTE2084, ColorTrc.ARIB_STD_B67)
_NOT_SDR = (8, 9, 10, 16, 17, 18, 256)
"""H.273's numbers of linear, logarithmic, PQ, SMPTE ST 428-1 and HLG transfer, and FFmpeg's of V-Log."""
_MATRICES: dict[int, int] = {int(Colorspace.ITU709): 1, int(Colorspace.ITU601): 6}
"""H.273's number of what untagged video is."""
_WIDEST_PIXEL = 4.0
"""Pixel aspect ratios beyond it, or below its inverse, are taken for errors and ignored."""


class Converter:
    """Converts the frames of one video stream."""

    def __init__(self, max_pixels: int, pixel_aspect: float) -> None:
        """Start.

        Args:
            max_pixels: largest size of what is returned.
            pixel_aspect: width of a pixel over its height, 1.0 where it is square.
        """
        self._full = VideoReformatter()
        self._small = VideoReformatter()
        self._points = VideoReformatter()
        self._max_pixels = max_pixels
        odd = not 1 / _WIDEST_PIXEL <= pixel_aspect <= _WIDEST_PIXEL
        self._aspect = 1.0 if odd else pixel_aspect

    def thumbnail(self, frame: av.VideoFrame) -> Thumbnail:
        """Return the small copy of a frame, not turned upright, straight from YUV where it has no alpha."""
        if has_alpha(frame):
            return Thumbnail.from_rgb(*self.backgrounds(frame))
        width, height = thumbnail_size(frame.width, frame.height)
        small = self._small.reformat(
            frame, width, height, "yuv420p", interpolation="BILINEAR", threads=1
        )
        return Thumbnail(tuple(_plane(plane) for plane in small.planes))

    def points(
        self, frame: av.VideoFrame, columns: int, rows: int, field: int | None = None
    ) -> list[Pixels]:
        """Return pixels of a frame on a grid, none averaged, over white and, where it has alpha, over black.

        ``field`` is the first row of the field that is looked at, of an interlaced frame.
        """
        space = _colorspace(frame)
        matrix = int(frame.colorspace) if space is None else _MATRICES[space]
        full = frame.color_range == ColorRange.JPEG or frame.format.name.startswith("yuvj")
        usual = sample(frame, matrix, full, columns, rows, field)
        primaries = int(frame.color_primaries)
        if usual is not None:
            return [narrowed(usual, primaries)]
        form = "rgba" if has_alpha(frame) else "rgb24"
        small = self._points.reformat(
            frame,
            columns,
            rows if field is None else frame.height,
            form,
            src_colorspace=space,
            interpolation="POINT",
            dst_color_range=ColorRange.JPEG,
            threads=1,
        )
        picture = _picture(small, form)
        if field is not None:
            picture = nearest(picture[field::2], columns, rows)
        pictures = composite(picture) if form == "rgba" else [picture]
        return [narrowed(one, primaries) for one in pictures]

    def upright(self, frame: av.VideoFrame) -> list[Pixels]:
        """Return the frame as it is seen: one picture, or more where transparency makes a difference."""
        turn = orientation(frame)
        return [turned(picture, *turn) for picture in self.backgrounds(frame)]

    def backgrounds(self, frame: av.VideoFrame) -> list[Pixels]:
        """Return the frame over white and, where it has alpha, over black and with what that hides."""
        width, height = self._size(frame)
        if not has_alpha(frame):
            return [self._convert(frame, width, height, "rgb24")]
        return composite(self._convert(frame, width, height, "rgba"))

    def _size(self, frame: av.VideoFrame) -> tuple[int, int]:
        width = max(round(frame.width * self._aspect), 1)
        fits = width * frame.height <= self._max_pixels
        return (width if fits else frame.width), frame.height

    def _convert(self, frame: av.VideoFrame, width: int, height: int, form: str) -> Pixels:
        hdr = is_hdr(frame)
        rgb = self._full.reformat(
            frame,
            width,
            height,
            form,
            src_colorspace=_colorspace(frame),
            interpolation="BILINEAR",
            dst_color_range=ColorRange.JPEG,
            dst_color_trc=ColorTrc.BT709 if hdr else None,
            dst_color_primaries=ColorPrimaries.BT709 if hdr else None,
            threads=1,
        )
        return _picture(rgb, form)


def _picture(rgb: av.VideoFrame, form: str) -> Pixels:
    """Return the pixels of a frame whose format is ``rgb24`` or ``rgba``, without its padding."""
    (plane,) = rgb.planes
    buffer: Any = plane
    channels = len(form) if form == "rgba" else 3
    rows = np.frombuffer(buffer, np.uint8).reshape(rgb.height, plane.line_size)
    picture: Pixels = rows[:, : rgb.width * channels].reshape(rgb.height, rgb.width, channels)
    return picture


def is_hdr(frame: av.VideoFrame) -> bool:
    """Tell whether the transfer function of a frame is PQ or HLG."""
    return frame.color_trc in _HDR


def is_sdr(frame: av.VideoFrame) -> bool:
    """Tell whether the transfer function of a frame is one of SDR, or not said."""
    return int(frame.color_trc) not in _NOT_SDR


def has_alpha(frame: av.VideoFrame) -> bool:
    """Tell whether a frame carries transparency."""
    return any(component.is_alpha for component in frame.format.components)


def composite(rgba: Pixels) -> list[Pixels]:
    """Return uint8 RGBA (height, width, 4) over white and, where that differs, over black.

    A third picture is the colours without their transparency, where those that are hidden differ among
    themselves: programs that drop transparency show them.
    """
    alpha = rgba[:, :, 3:].astype(np.uint16)
    if int(alpha.min()) == 255:
        return [np.ascontiguousarray(rgba[:, :, :3])]
    over_black = (rgba[:, :, :3] * alpha + 127) // 255
    over_white = over_black + (255 - alpha)
    seen = [np.minimum(picture, 255).astype(np.uint8) for picture in (over_white, over_black)]
    hidden = rgba[:, :, :3][rgba[:, :, 3] < _HIDDEN]
    if len(hidden) and int((hidden.max(axis=0) - hidden.min(axis=0)).max()) > _UNIFORM:
        seen.append(np.ascontiguousarray(rgba[:, :, :3]))
    return seen


_HIDDEN = 128
"""Alpha below which a pixel's colour is hidden more than shown."""
_UNIFORM = 16
"""Levels by which hidden colours may differ and still be one, as lossy codecs leave them."""


def turned(picture: Pixels, transpose: bool, mirror: bool, flip: bool) -> Pixels:
    """Return a picture transposed, then mirrored left to right, then flipped upside down."""
    if transpose:
        picture = picture.transpose(1, 0, 2)
    return picture[:: -1 if flip else 1, :: -1 if mirror else 1]


def orientation(frame: av.VideoFrame) -> tuple[bool, bool, bool]:
    """Read the display matrix (a b u; c d v; x y w), rounded to the nearest quarter turn."""
    side_data: Any = frame.side_data
    data = side_data.get(Type.DISPLAYMATRIX)
    if data is None:
        return False, False, False
    a, b, _, c, d = np.frombuffer(data, "<i4")[:5].tolist()
    if abs(a) + abs(d) >= abs(b) + abs(c):
        return False, a < 0, d < 0
    return True, c < 0, b < 0


def _colorspace(frame: av.VideoFrame) -> int | None:
    """Say what untagged video is; None keeps the frame's own tag."""
    if frame.colorspace in (2, 0):  # AVCOL_SPC_UNSPECIFIED, AVCOL_SPC_RGB
        return Colorspace.ITU709 if frame.height >= _HD_LINES else Colorspace.ITU601
    return None


def _plane(plane: Any) -> Pixels:
    rows = np.frombuffer(plane, np.uint8).reshape(plane.height, plane.line_size)
    return np.ascontiguousarray(rows[:, : plane.width])
