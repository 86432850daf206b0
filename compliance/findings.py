"""What analyzers hand on: observations, findings, and how much was looked at. No I/O.

An **observation** is what a model saw before any reference is consulted; it never depends on a bank.
A **finding** is an observation that means something, by itself (a card number) or by comparison with
a bank (a known face). Neither holds a threshold that decides: that is the policy's.
"""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Any

import numpy as np
from pydantic import Field

from compliance.types import Floats, Model, Region, Source, TimeSpan, digest_of

UNSEEN = 1.0
"""Seconds: frames are examined at least every 0.5 s, so that what was seen in one may have begun and ended
that much earlier and later. A rule counts what may have been, not the least that was seen."""


class RawKind(enum.StrEnum):
    """The kind of number that a model gave before calibration, with its direction."""

    PROBABILITY = "probability"
    """0…1, higher is surer."""
    COSINE = "cosine"
    """-1…1, higher is more alike."""
    DISTANCE = "distance"
    """≥ 0, lower is more alike."""
    HAMMING = "hamming"
    """Differing bits, ≥ 0, lower is more alike."""
    INLIERS = "inliers"
    """Geometrically consistent matches, ≥ 0, higher is surer."""
    COUNT = "count"
    """Occurrences, ≥ 0."""
    LEVEL = "level"
    """A measured level in the unit that the evidence names: LUFS, dBTP, seconds. Its direction is the
    analyzer's."""


@dataclass(frozen=True)
class Observation:
    """What one analyzer saw at one place and time, before any reference."""

    asset: str
    """:attr:`compliance.types.Asset.id`."""
    analyzer: str
    """Name of the analyzer that saw it."""
    kind: str
    """What it is within that analyzer: ``face``, ``face_track``, ``text_line`` …"""
    source: Source
    """Where in the asset."""
    span: TimeSpan | None = None
    """When; None for prompts and metadata."""
    region: Region | None = None
    """Where in the frame; None where there is no frame."""
    raw: float | None = None
    """The model's own number (a detector's confidence, for instance)."""
    raw_kind: RawKind | None = None
    """The kind of :attr:`raw`."""
    text: str | None = None
    """Text that was read, not normalised."""
    vector: Floats | None = None
    """Embedding, float32, shape (D,); biometric where the analyzer says so, then encrypted at rest."""
    image: bytes | None = field(default=None, repr=False)
    """JPEG of the region for reviewers; not part of :attr:`id`, encrypted at rest."""
    data: bytes | None = field(default=None, repr=False)
    """Packed arrays that the analyzer documents, such as local features; encrypted at rest, and left out of
    run folders, since they can be made again from the media."""
    attributes: dict[str, Any] = field(default_factory=dict)
    """Further JSON values that the analyzer documents, such as a frame's size."""

    @cached_property
    def id(self) -> str:
        """Content hash: ``o-`` and 16 hex digits over every field but the image."""
        vector = None if self.vector is None else np.asarray(self.vector, "<f4").tobytes().hex()
        content = {
            "asset": self.asset,
            "analyzer": self.analyzer,
            "kind": self.kind,
            "source": self.source,
            "span": self.span and [self.span.start, self.span.end],
            "region": self.region and self.region.points,
            "raw": self.raw,
            "raw_kind": self.raw_kind,
            "text": self.text,
            "vector": vector,
            "attributes": self.attributes,
        }
        if self.data is not None:
            content["data"] = hashlib.sha256(self.data).hexdigest()
        return "o-" + digest_of(content)[:16]

    def but(self, **changes: Any) -> Observation:
        """Return a copy with ``changes``."""
        return replace(self, **changes)


class Reference(Model):
    """The entry of a bank that a finding was matched to."""

    bank: str
    """Name of the bank, such as ``talent``."""
    entry: str
    """Identifier of the entry within the bank."""
    label: str = ""
    """What a person calls the entry."""

    @property
    def id(self) -> str:
        """``bank/entry``, as reports show it."""
        return f"{self.bank}/{self.entry}"


class Evidence(Model):
    """What a reviewer can look at to check a finding."""

    text: str | None = None
    """Excerpt; personal data in it is redacted."""
    offsets: tuple[int, int] | None = None
    """Start and end in the original text, in code points."""
    image: str | None = None
    """Path of a crop, relative to the run's folder."""
    note: str = ""
    """One sentence for the reviewer."""
    reference_span: TimeSpan | None = None
    """When in the reference, where that is a video or a recording."""


class Finding(Model):
    """An observation that means something."""

    category: str
    """A path in the taxonomy, such as ``likeness.face``."""
    asset: str
    """:attr:`compliance.types.Asset.id`."""
    analyzer: str
    """Name of the analyzer."""
    source: Source
    """Where in the asset."""
    score: float = Field(ge=0.0, le=1.0)
    """0…1, upward, calibrated on the model's card: 0.9 means the same whatever model gave it."""
    raw: float
    """The model's own number."""
    raw_kind: RawKind
    """The kind of :attr:`raw`."""
    span: TimeSpan | None = None
    """When; None for prompts and metadata."""
    region: Region | None = None
    """Where in the frame, at its largest."""
    frames: int | None = Field(default=None, ge=1)
    """Examined frames in which it was seen; None where nobody counted."""
    track: str | None = None
    """Identifier of the track over time that it belongs to."""
    reference: Reference | None = None
    """What it was matched to; None where no bank is involved."""
    rank: int = Field(default=1, ge=1)
    """1 for the best reference of this observation, 2 for the next …"""
    evidence: Evidence = Evidence()
    """What a reviewer can look at."""

    @property
    def id(self) -> str:
        """Content hash: ``f-`` and 16 hex digits over every field but the evidence."""
        return "f-" + digest_of(self.model_dump(mode="json", exclude={"evidence"}))[:16]


class Status(enum.StrEnum):
    """How an analyzer's work on one asset ended."""

    COMPLETED = "completed"
    NOT_APPLICABLE = "not_applicable"
    """Proved: there is no such stream or text in this asset."""
    SKIPPED = "skipped"
    """Could have run but did not; :attr:`AnalyzerReport.reason` says why."""
    FAILED = "failed"


class Coverage(Model):
    """How much of an asset was looked at."""

    frames_seen: int = Field(default=0, ge=0)
    """Frames that the cheap pass saw."""
    frames_examined: int = Field(default=0, ge=0)
    """Frames that the analyzer saw."""
    shots: int = Field(default=0, ge=0)
    """Shots that the cheap pass found."""
    texts_examined: int = Field(default=0, ge=0)
    """Prompts, lines or captions that the analyzer read."""
    seconds: float = Field(default=0.0, ge=0.0)
    """Presentation time covered, seconds."""
    complete: bool = True
    """False where anything that should have been examined was not."""
    gaps: tuple[str, ...] = ()
    """What was not examined and why, one sentence each; empty where ``complete``."""


class ModelUse(Model):
    """A model that took part, as the verdict lists it."""

    id: str
    """Identifier of its card."""
    sha256: str
    """Digest over the digests of its files, 64 hex digits."""
    licence: str
    """SPDX identifier of the weights' licence, or ``unknown``."""
    commercial_use: str
    """``yes``, ``no`` or ``unknown``."""
    reading: str = ""
    """Digest of what the card says of input and activation: it changes what is observed."""
    calibrated: bool
    """False means that scores mean nothing yet, so that its categories count as not examined."""


class BankUse(Model):
    """A bank that findings were matched against, as it stood."""

    name: str
    """Name of the bank."""
    modality: str
    """``face``, ``voice``, ``name``, ``mark``, ``word`` (names of brands), ``work`` or ``term`` (of works)."""
    size: int = Field(ge=0)
    """Entries of that modality."""
    version: str
    """Digest over the entries, 64 hex digits."""


class AnalyzerReport(Model):
    """What one analyzer has to say of one asset."""

    analyzer: str
    """Its name."""
    version: str
    """Its version; a change means that stored observations are made again."""
    asset: str
    """:attr:`compliance.types.Asset.id`."""
    status: Status
    """How it ended."""
    reason: str = ""
    """Why it did not complete, one paragraph with the command that mends it; empty on completion."""
    examines: tuple[tuple[str, Source], ...] = ()
    """(category, source) pairs that this report answers for when it is complete."""
    hindered: tuple[tuple[str, Source, str], ...] = ()
    """(category, source, why): what it would have examined if an analyzer that it requires had done
    its part."""
    lacks: tuple[tuple[str, Source], ...] = ()
    """(category, source) pairs, of those above, that were not looked at for no other reason than that a model
    or an analyzer is not installed. What is installed and fails is never among them."""
    coverage: Coverage = Coverage()
    """How much was looked at."""
    device: str = "cpu"
    """Where it ran."""
    device_reason: str = ""
    """Why it did not run on a GPU; empty where it did, or where the CPU was asked for."""
    models: tuple[ModelUse, ...] = ()
    """Which models took part."""
    banks: tuple[BankUse, ...] = ()
    """Which banks it matched against."""
    observations_key: str = ""
    """Key of the stored observations, 64 hex digits."""
    findings: tuple[Finding, ...] = ()
    """What was found, in order of time."""
