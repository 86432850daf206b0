"""What is to be covered, where and when. No I/O."""

from __future__ import annotations

import enum

from compliance.types import Model, Region, TimeSpan


class How(enum.StrEnum):
    """How a place is made unrecognisable."""

    BLUR = "blur"
    """At most 4 blocks along the longer side, smoothed."""
    PIXELATE = "pixelate"
    """The same blocks with hard edges."""
    FILL = "fill"
    """One colour."""
    DIM = "dim"
    """Light is evened out over time and lowered, until nothing flashes."""
    MUTE = "mute"
    """Sound is silence."""
    HUSH = "hush"
    """Lines of subtitles in the file are taken out."""


class Sighting(Model):
    """Where a thing was seen in one frame."""

    time: float
    """Presentation time, seconds from the start of the asset."""
    region: Region
    """Its place, in fractions of the frame."""


class Edit(Model):
    """One thing to cover."""

    finding: str
    """Identifier of the finding, or a name for what a person asked for; it is signed, so no personal data."""
    how: How
    """In which way."""
    span: TimeSpan
    """When the thing is there, seconds from the start of the asset."""
    sightings: tuple[Sighting, ...] = ()
    """Where it was seen, in order of time; between them it is followed. Empty means the whole frame."""
    region: Region | None = None
    """Its place at some unknown time of the span; only looked for where there is no sighting."""
    fixed: bool = False
    """True where it stands still, so that it is covered in one place throughout its span."""
    named: bool = True
    """False where a whole category was asked for: what of it does not lie in the file is then left."""
