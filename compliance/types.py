"""What is reviewed: assets, prompts, frames, sound, and where in them something lies. No I/O."""

from __future__ import annotations

import enum
import hashlib
import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, model_validator

Pixels = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]


class Model(BaseModel):
    """Base of all value types that are written to files: immutable, no unknown fields, no NaN."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", use_attribute_docstrings=True, allow_inf_nan=False
    )


def canonical_json(value: Any) -> bytes:
    """Serialise to the one byte form that digests are taken over.

    Args:
        value: anything JSON can hold, or a :class:`Model`.

    Returns:
        UTF-8 JSON with sorted keys and no white space; NaN and infinity raise ``ValueError``.
    """
    if isinstance(value, BaseModel):
        value = value.model_dump(mode="json")
    text = json.dumps(
        value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )
    return text.encode("utf-8")


def digest_of(value: Any) -> str:
    """Return the SHA-256 (64 hex digits) of :func:`canonical_json` of ``value``."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


class Source(enum.StrEnum):
    """Where in an asset something was found."""

    PROMPT = "prompt"
    NEGATIVE_PROMPT = "negative_prompt"
    REVISED_PROMPT = "revised_prompt"
    FRAME = "frame"
    OCR = "ocr"
    CAPTION = "caption"
    SPEECH = "speech"
    AUDIO = "audio"
    METADATA = "metadata"


PROMPT_SOURCES = frozenset({Source.PROMPT, Source.NEGATIVE_PROMPT, Source.REVISED_PROMPT})


class TimeSpan(Model):
    """A closed interval of presentation time."""

    start: float
    """Presentation time of the first moment, seconds from the start of the asset, ≥ 0."""
    end: float
    """Presentation time of the last moment, seconds, ≥ ``start``."""

    @model_validator(mode="after")
    def _ordered(self) -> TimeSpan:
        if not 0 <= self.start <= self.end:
            raise ValueError(f"need 0 ≤ start ≤ end, got start={self.start} end={self.end}")
        return self

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return self.end - self.start


class Region(Model):
    """A polygon in a frame, in fractions of its width and height, so that it survives scaling."""

    points: tuple[tuple[float, float], ...]
    """Corners (x, y) in order, at least three, x and y in 0…1 from the top left corner."""

    @model_validator(mode="after")
    def _inside(self) -> Region:
        if len(self.points) < 3:
            raise ValueError(f"a region needs at least 3 points, got {len(self.points)}")
        if any(not (0 <= x <= 1 and 0 <= y <= 1) for x, y in self.points):
            raise ValueError(f"points must lie in 0…1, got {self.points}")
        return self

    @classmethod
    def from_pixels(cls, points: list[tuple[float, float]], width: int, height: int) -> Region:
        """Make a region from pixel corners, clipped to the frame of ``width`` × ``height``."""
        return cls(
            points=tuple(
                (
                    round(min(max(float(x) / width, 0.0), 1.0), 5),
                    round(min(max(float(y) / height, 0.0), 1.0), 5),
                )
                for x, y in points
            )
        )

    @classmethod
    def from_box(
        cls, left: float, top: float, right: float, bottom: float, width: int, height: int
    ) -> Region:
        """Make a region from an axis-aligned box in pixels of a ``width`` × ``height`` frame."""
        corners = [(left, top), (right, top), (right, bottom), (left, bottom)]
        return cls.from_pixels(corners, width, height)

    @property
    def box(self) -> tuple[float, float, float, float]:
        """Return the enclosing box (left, top, right, bottom) in 0…1."""
        xs = [x for x, _ in self.points]
        ys = [y for _, y in self.points]
        return min(xs), min(ys), max(xs), max(ys)

    @property
    def area_percent(self) -> float:
        """Area by the shoelace formula, percent of the frame, 0…100."""
        shifted = self.points[1:] + self.points[:1]
        twice = sum(
            x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in zip(self.points, shifted, strict=True)
        )
        return min(abs(twice) * 50.0, 100.0)


class Prompt(Model):
    """A text that went into, or came back from, a generator."""

    text: str
    """The text as submitted, not normalised."""
    source: Source = Source.PROMPT
    """One of ``PROMPT_SOURCES``."""

    @model_validator(mode="after")
    def _is_a_prompt(self) -> Prompt:
        if self.source not in PROMPT_SOURCES:
            raise ValueError(f"a prompt's source is one of {sorted(PROMPT_SOURCES)}")
        return self

    @property
    def sha256(self) -> str:
        """SHA-256 of the UTF-8 text, 64 hex digits."""
        return hashlib.sha256(self.text.encode("utf-8", "surrogatepass")).hexdigest()


class Cue(Model):
    """One caption, or one stretch of a transcript."""

    text: str
    """What it says, without markup."""
    span: TimeSpan | None = None
    """When; None for a transcript without times."""


class Captions(Model):
    """One file of captions, or of what is spoken."""

    source: Source
    """``CAPTION`` or ``SPEECH``."""
    sha256: str
    """SHA-256 of the file, 64 hex digits."""
    cues: tuple[Cue, ...]
    """What it says, in the order of the file."""


@dataclass(frozen=True)
class Asset:
    """One thing to be published, with the digest of each of its parts."""

    name: str
    """What reports call it: the file's name, or ``prompt`` where there is no media."""
    path: Path | None = None
    """The media file; None for a prompt alone."""
    media_sha256: str | None = None
    """SHA-256 of the whole media file, 64 hex digits; None for a prompt alone."""
    prompts: tuple[Prompt, ...] = ()
    """Submitted, negative and revised prompts, each apart."""
    captions: tuple[Captions, ...] = ()
    """Captions and transcripts that came with it as files."""
    record_sha256: str | None = None
    """Digest of the generation record, 64 hex digits; None where there is none."""

    @property
    def parts(self) -> dict[str, str]:
        """Digest of each part by role: ``media``, ``prompt``, ``caption``, ``record`` …

        Several prompts or files of captions of one source count together, whatever their order.
        """
        by_source: dict[str, list[str]] = {}
        for prompt in self.prompts:
            by_source.setdefault(str(prompt.source), []).append(prompt.sha256)
        for file in self.captions:
            by_source.setdefault(str(file.source), []).append(file.sha256)
        parts = {
            source: digests[0] if len(digests) == 1 else digest_of(sorted(digests))
            for source, digests in by_source.items()
        }
        if self.media_sha256:
            parts["media"] = self.media_sha256
        if self.record_sha256:
            parts["record"] = self.record_sha256
        return parts

    @property
    def id(self) -> str:
        """Digest over :attr:`parts`, 64 hex digits: the same content is the same asset."""
        return digest_of(self.parts)


@dataclass(frozen=True)
class FrameBatch:
    """Decoded frames of one or more assets; the columns have one length N ≥ 0."""

    assets: tuple[str, ...]
    """:attr:`Asset.id` of each frame."""
    times: npt.NDArray[np.float64]
    """Presentation time of each frame, seconds, shape (N,)."""
    pixels: tuple[Pixels, ...]
    """Each frame as uint8 RGB, shape (height, width, 3), 0…255, full range; sizes may differ.
    A frame is a view into a shared buffer: copy what is kept beyond the call."""
    streams: tuple[int, ...] = ()
    """Index of the video stream each frame comes from; empty means stream 0 throughout."""
    duplicates: tuple[bool, ...] = ()
    """True for a frame that shows what an earlier one of its stream showed; empty means that none does."""

    def __post_init__(self) -> None:
        """Refuse columns of different lengths and frames that are not uint8 RGB."""
        lengths = {len(self.assets), len(self.times), len(self.pixels)}
        lengths |= {len(column) for column in (self.streams, self.duplicates) if column}
        if len(lengths) != 1:
            raise ValueError(
                f"columns differ in length: assets {len(self.assets)}, times {len(self.times)}, "
                f"pixels {len(self.pixels)}, streams {len(self.streams)}, "
                f"duplicates {len(self.duplicates)}"
            )
        for pixels in self.pixels:
            if pixels.dtype != np.uint8 or pixels.ndim != 3 or pixels.shape[2] != 3:
                raise ValueError(
                    f"a frame is uint8 (height, width, 3), got {pixels.dtype} {pixels.shape}"
                )

    def __len__(self) -> int:
        """Return N."""
        return len(self.pixels)

    def stream(self, index: int) -> int:
        """Return the stream index of frame ``index``."""
        return self.streams[index] if self.streams else 0

    def duplicate(self, index: int) -> bool:
        """Tell whether frame ``index`` shows what an earlier one of its stream showed."""
        return bool(self.duplicates) and self.duplicates[index]


@dataclass(frozen=True)
class TextBatch:
    """Texts of one or more assets, from prompts, frames or speech; one length N ≥ 0."""

    assets: tuple[str, ...]
    """:attr:`Asset.id` of each text."""
    texts: tuple[str, ...]
    """Each text as it was, not normalised."""
    sources: tuple[Source, ...]
    """Where each text stands."""
    spans: tuple[TimeSpan | None, ...]
    """When each text is visible or heard; None for prompts."""
    regions: tuple[Region | None, ...]
    """Where each text stands in the frame; None for prompts and speech."""

    def __post_init__(self) -> None:
        """Refuse columns of different lengths."""
        columns = (self.assets, self.texts, self.sources, self.spans, self.regions)
        if len({len(column) for column in columns}) != 1:
            raise ValueError(f"columns differ in length: {[len(column) for column in columns]}")

    def __len__(self) -> int:
        """Return N."""
        return len(self.texts)


@dataclass(frozen=True)
class AudioTrack:
    """One decoded audio stream of one asset."""

    asset: str
    """:attr:`Asset.id`."""
    samples: Floats
    """Mono samples, float32, shape (N,), -1…1."""
    rate: int
    """Samples per second, Hz."""
    start: float = 0.0
    """Presentation time of the first sample, seconds."""
    stream: int = field(default=0)
    """Index of the audio stream in its container."""


LIGHT_COLUMNS = (
    "luminance",  # mean relative luminance of the frame, 0…1
    "red",  # mean of the measure of saturated red, 0…320
    "flashes",  # transitions of luminance within the last second over a quarter of the screen, 0…255
    "red_flashes",  # the same of saturated red
    "area",  # share of the screen that had four transitions or more within the last second, 0…1
    "red_area",  # the same of saturated red
    "pattern_area",  # share of the screen that shows regular stripes, 0…1
    "pattern_pairs",  # light and dark pairs of those stripes, 0…255
)
"""What is measured of each frame of a :class:`LightTrack`; :mod:`compliance.media.flash` says how."""


@dataclass(frozen=True)
class LightTrack:
    """What was measured of the light of every frame of one video stream of one asset."""

    asset: str
    """:attr:`Asset.id`."""
    stream: int
    """Index of the video stream in its container."""
    times: npt.NDArray[np.float64]
    """Presentation time of each frame, seconds, shape (N,), never falling."""
    measures: Floats
    """float32, shape (N, 8): the columns of ``LIGHT_COLUMNS``, of the worse background where there is
    transparency."""
    unmeasured: str = ""
    """Why the measures do not count, such as a transfer function that they are not made for; empty where they
    do."""


@dataclass(frozen=True)
class LoudnessTrack:
    """What EBU R128 measures of one audio stream of one asset."""

    asset: str
    """:attr:`Asset.id`."""
    stream: int
    """Index of the audio stream in its container."""
    channels: int
    """Its channels."""
    seconds: float
    """How much of it was measured."""
    integrated: float | None
    """Integrated loudness, LUFS; None where nothing is louder than the gate of -70 LUFS."""
    loudness_range: float
    """Loudness range (LRA), LU."""
    true_peak: float | None
    """Highest true peak of any channel, dBTP; None where every sample is zero."""
    momentary: float | None
    """Loudest 0.4 s, LUFS; None where nothing is louder than -70 LUFS."""
    short_term: float | None
    """Loudest 3 s, LUFS; None where nothing is louder than -70 LUFS, or the stream is shorter."""
    silences: tuple[TimeSpan, ...] = ()
    """Stretches of 1 s and more in which every channel is below -60 dBFS."""
    dead_channels: tuple[int, ...] = ()
    """Channels whose every sample is zero."""
    unmeasured: str = ""
    """Why the numbers do not count; empty where they do."""
