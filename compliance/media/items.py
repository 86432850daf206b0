"""What both kinds of decoders yield, in the decoder process."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

from compliance.media.cover import Thumbnail

if TYPE_CHECKING:
    from compliance.types import Pixels


class Item(Protocol):
    """One decoded frame, in whatever form its decoder keeps it."""

    @property
    def stream(self) -> int:
        """Index of the stream in its container."""

    @property
    def index(self) -> int:
        """Position among the decoded frames of its stream, from 0."""

    @property
    def time(self) -> float:
        """Presentation time, seconds from the start of the asset."""

    @property
    def size(self) -> tuple[int, int]:
        """Width and height before rotation, pixels."""

    @property
    def hdr(self) -> bool:
        """True where its numbers are PQ, HLG, linear or logarithmic, which is not light as sRGB has it."""

    def moments(self, columns: int, rows: int) -> list[tuple[float, list[Pixels]]]:
        """Return pixels of the frame on a grid, none averaged, at each moment that it shows.

        A moment is so many seconds after ``time``: the first is 0, and an interlaced frame has a second, of its
        other field. Each picture is uint8 RGB (rows, columns, 3), not turned upright: one over white and, where
        transparency makes a difference, others as :meth:`upright` has them.
        """

    def thumbnail(self) -> Thumbnail:
        """Return the small copy that the cheap pass compares."""

    def upright(self) -> list[Pixels]:
        """Return the frame as it is seen, uint8 RGB (height, width, 3): over white and, where transparency
        makes a difference, over black, and without transparency where that hides different colours.
        """  # noqa: D205
