"""Decode pictures and picture animations with Pillow, in the decoder process."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import cv2
import numpy as np
from PIL import (  # the plug-ins that Pillow would import later, when no file can be opened any more
    ExifTags,  # noqa: F401
    GifImagePlugin,  # noqa: F401
    Image,
    ImageFile,
    ImageOps,
    JpegImagePlugin,  # noqa: F401
    MpoImagePlugin,  # noqa: F401
    PngImagePlugin,  # noqa: F401
    TiffImagePlugin,  # noqa: F401
    WebPImagePlugin,  # noqa: F401
)

from compliance.media.containers import OverLimit
from compliance.media.cover import Thumbnail
from compliance.media.gaps import Gaps
from compliance.media.limits import DecodeLimits
from compliance.media.pictures import composite
from compliance.media.source import Source

if TYPE_CHECKING:
    from compliance.types import Pixels

Image.preinit()

KINDS = {"png": ("PNG",), "jpeg": ("JPEG", "MPO"), "gif": ("GIF",), "webp": ("WEBP",)}
_SHORTEST = 0.01
"""Time given to a frame of an animation that declares none, seconds."""


@dataclass(frozen=True)
class Still:
    """One decoded picture; an :class:`~compliance.media.items.Item`."""

    stream: int
    index: int
    time: float
    pictures: list[Pixels]

    @property
    def size(self) -> tuple[int, int]:
        """Width and height, pixels."""
        return self.pictures[0].shape[1], self.pictures[0].shape[0]

    @property
    def hdr(self) -> bool:
        """Return False: what these formats hold is taken for sRGB."""
        return False

    def moments(self, columns: int, rows: int) -> list[tuple[float, list[Pixels]]]:
        """Return pixels on a grid, at one moment."""
        small = [
            np.asarray(cv2.resize(one, (columns, rows), interpolation=cv2.INTER_NEAREST), np.uint8)
            for one in self.pictures
        ]
        return [(0.0, small)]

    def thumbnail(self) -> Thumbnail:
        """Return the small copy."""
        return Thumbnail.from_rgb(*self.pictures)

    def upright(self) -> list[Pixels]:
        """Return the pictures as they are."""
        return self.pictures


class Picture:
    """An open picture file."""

    def __init__(self, source: Source, kind: str, limits: DecodeLimits, gaps: Gaps) -> None:
        """Open the file; nothing is decoded yet.

        Raises:
            OverLimit: it declares more pixels than allowed.
            OSError, ValueError, SyntaxError: it cannot be opened at all.
        """
        Image.MAX_IMAGE_PIXELS = None  # our own limit is checked below, for every frame
        ImageFile.LOAD_TRUNCATED_IMAGES = False
        self._image = Image.open(source, formats=KINDS[kind])  # type: ignore[arg-type]
        self._limits = limits
        self._gaps = gaps
        self.kind = kind
        self.count = getattr(self._image, "n_frames", 1) if kind != "gif" else None
        self.animated = bool(getattr(self._image, "is_animated", False))
        self.decoded = {0: 0}
        self.starts = [0]
        """Where the pictures of a JPEG that were decoded start, bytes."""
        self.last = 0.0
        self.end = 0.0
        """When the last frame that was decoded ends, seconds; 0 where the format gives no times."""
        self._check_size()

    def describe(self) -> dict[str, Any]:
        """Return the fields of :class:`compliance.media.info.MediaInfo`."""
        stream = {
            "index": 0,
            "kind": "video",
            "codec": self.kind,
            "width": self._image.width,
            "height": self._image.height,
            "declared_frames": self.count or None,
            "picture": not self.animated,
        }
        duration = None if self.animated else 0.0
        return {
            "format": self.kind,
            "duration": duration,
            "streams": [stream],
            "still": not self.animated,
        }

    def rate(self, _stream: int) -> None:
        """Return None: picture formats declare a time for each frame, no rate."""

    def items(self) -> Iterator[Still]:
        """Decode every frame in order."""
        time = 0.0
        while True:
            index = self.decoded[0]
            try:
                self._image.seek(index)
                self._check_size()
                pictures = _rgb(self._image)
            except EOFError:
                return
            except (OSError, ValueError, SyntaxError, IndexError) as error:
                self._gaps.add(
                    f"Frame {index} of the {self.kind} cannot be decoded ({error}); "
                    "the file is truncated or damaged, export it again."
                )
                return
            if index >= self._limits.max_frames or time > self._limits.max_seconds:
                raise OverLimit(
                    "The animation goes beyond the limits on frames or duration; shorten it."
                )
            self.last = time
            self.decoded[0] += 1
            if (
                self.kind == "jpeg" and index
            ):  # MpoImageFile.offset: where the current picture starts
                self.starts.append(int(getattr(self._image, "offset", 0)))
            yield Still(0, index, time, pictures)
            if self.kind == "jpeg":
                continue
            time += max(float(self._image.info.get("duration") or 0) / 1000, _SHORTEST)
            self.end = time

    def _check_size(self) -> None:
        width, height = self._image.size
        if width * height > self._limits.max_pixels:
            raise OverLimit(
                f"The {self.kind} has {width} × {height} pixels, more than the limit of "
                f"{self._limits.max_pixels}; scale it down."
            )


def _rgb(image: Image.Image) -> list[Pixels]:
    image.load()
    if image.mode.startswith("I;16"):
        grey = (np.asarray(image).astype(np.uint16) >> 8).astype(np.uint8)
        return [np.repeat(grey[:, :, None], 3, axis=2)]
    upright = _upright(image)
    if upright.has_transparency_data:
        return composite(np.asarray(upright.convert("RGBA")))
    return [np.asarray(upright.convert("RGB"))]


def _upright(image: Image.Image) -> Image.Image:
    """Apply the EXIF orientation; a broken EXIF block says nothing about it."""
    try:
        return ImageOps.exif_transpose(image) or image
    except (OSError, ValueError, SyntaxError, KeyError, TypeError, IndexError, ZeroDivisionError):
        return image
