"""What is known of one network. What nobody verified says ``unknown``."""

from __future__ import annotations

from typing import Final, Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, model_validator

from compliance.findings import RawKind
from compliance.types import Model

UNKNOWN: Final = "unknown"
DIGEST = "^([0-9a-f]{64}|unknown)$"
ID = "^[a-z0-9][a-z0-9.-]*$"

Numbers = npt.NDArray[np.float64]

Task = Literal[
    "face detection",
    "face landmarks",
    "face embedding",
    "text detection",
    "text recognition",
    "text orientation",
    "image-text embedding",
    "sexual content in images",
    "violence in images",
    "mark detection",
    "text moderation",
    "sentence embedding",
    "entity recognition",
    "speech recognition",
    "speaker embedding",
    "voice activity",
]
"""What networks do. Two cards of one task are alternatives to one another."""


class CardFile(Model):
    """One file of a model."""

    path: str = Field(min_length=1)
    """Path below the source, and below the model's folder once it is on this machine."""
    sha256: str = Field(default=UNKNOWN, pattern=DIGEST)
    """SHA-256 of its bytes, or ``unknown``."""
    size: int | Literal["unknown"] = UNKNOWN
    """Size, bytes, or ``unknown``."""

    @model_validator(mode="after")
    def _stays_below(self) -> CardFile:
        """Refuse a path that leaves the model's folder."""
        if self.path.startswith("/") or ".." in self.path.split("/") or "\\" in self.path:
            raise ValueError("a path stays below its source: no '..', no leading '/'")
        if self.path == "receipt.json":
            raise ValueError("receipt.json is what a pull writes beside the files")
        return self


class CardSource(Model):
    """Where the files come from: exactly one of package, huggingface, url, file."""

    package: str | None = None
    """Importable name of the installed package that carries them."""
    compiled: str | None = None
    """Function of ``package`` that returns weights compiled into it; digests are over their serialised
    form."""
    huggingface: str | None = Field(default=None, pattern="^[^/]+/[^/]+$")
    """Repository on the Hugging Face hub, ``owner/name``."""
    revision: str | None = None
    """Commit of ``huggingface``, 40 hex digits, or ``unknown``: a pull then records the newest."""
    url: str | None = Field(default=None, pattern="^https?://")
    """Folder that the files lie below, or a ``.zip`` archive that they lie in."""
    file: str | None = None
    """Folder on this machine; relative to the card."""

    @model_validator(mode="after")
    def _one_of(self) -> CardSource:
        given = [self.package, self.huggingface, self.url, self.file]
        if sum(one is not None for one in given) != 1:
            raise ValueError("a source is exactly one of package, huggingface, url, file")
        if (self.huggingface is None) != (self.revision is None):
            raise ValueError("huggingface and revision stand together; a revision may be unknown")
        if self.compiled and not self.package:
            raise ValueError("compiled weights are in a package")
        return self

    @property
    def pulled(self) -> bool:
        """True where the files have to be fetched before they can be used."""
        return self.huggingface is not None or self.url is not None

    def __str__(self) -> str:
        """Return it as people write it."""
        if self.huggingface:
            return f"huggingface {self.huggingface} at {self.revision}"
        return self.url or self.file or f"package {self.package}"


class CardInput(Model):
    """What the network takes."""

    shape: str
    """Type and axes, such as ``float32 (N, 3, H, W)``."""
    size: tuple[int, int] | None = None
    """Height and width, pixels, that pictures are brought to; None where there is no picture, or any
    size will do."""
    mean: tuple[float, float, float] | None = None
    """Subtracted from pixels in 0…1, by channel in the network's order of colours."""
    std: tuple[float, float, float] | None = None
    """Divides what ``mean`` left."""
    colour: Literal["RGB", "BGR", "grey"] | None = None
    """Order of the channels."""
    resize: Literal["bilinear", "bicubic"] | None = None
    """Interpolation, antialiased."""
    fit: Literal["squash", "crop", "pad"] | None = None
    """Change the aspect, cut the middle out, or fill up to the right and below."""


Points = tuple[tuple[float, float], ...]


class SizePoints(Model):
    """How a raw number becomes a score for things of one size."""

    pixels: int = Field(ge=1)
    """Height of the thing, such as a face, pixels."""
    points: Points = Field(min_length=2)
    """As in :attr:`Calibration.points`."""


class Calibration(Model):
    """How a raw number becomes a score."""

    raw_kind: RawKind
    """Kind of the raw number."""
    points: Points = Field(min_length=2)
    """(raw, score) pairs in order of raw, joined by straight lines, constant outside."""
    sizes: tuple[SizePoints, ...] = ()
    """Points for things that are so small that raw numbers mean something else, smallest first. Scores in
    between two sizes are interpolated; ``points`` count from twice the largest of them, and where the size
    is not known."""
    method: str
    """How the points were found."""
    data: str
    """On what data."""
    date: str
    """When, ISO date."""

    @model_validator(mode="after")
    def _monotone(self) -> Calibration:
        falls = self.raw_kind in (RawKind.DISTANCE, RawKind.HAMMING)
        for points in (self.points, *(size.points for size in self.sizes)):
            raws = [raw for raw, _ in points]
            scores = [score for _, score in points]
            ordered = sorted(scores, reverse=falls)
            if (
                raws != sorted(set(raws))
                or scores != ordered
                or not 0 <= min(scores) <= max(scores) <= 1
            ):
                raise ValueError("points need rising raw values and monotone scores in 0…1")
        pixels = [size.pixels for size in self.sizes]
        if pixels != sorted(set(pixels)):
            raise ValueError("sizes need rising pixels")
        return self

    def score(self, raw: float, pixels: float | None = None) -> float:
        """Return the score in 0…1 of a raw number.

        Args:
            raw: the model's own number.
            pixels: height of the thing it was measured on; None where it is not known.
        """
        return float(
            self.scores(np.array([raw]), None if pixels is None else np.array([pixels]))[0]
        )

    def scores(self, raws: Numbers, pixels: Numbers | None = None) -> Numbers:
        """Return the scores of N raw numbers, as :meth:`score` does of one; float64, shape (N,)."""
        large = _interpolated(self.points, raws)
        if pixels is None or not self.sizes:
            return large
        by_size = [_interpolated(size.points, raws) for size in self.sizes] + [large]
        known = [size.pixels for size in self.sizes] + [2 * self.sizes[-1].pixels]
        place = np.interp(pixels, known, np.arange(len(known)))
        below = np.minimum(place.astype(int), len(known) - 2)
        table, columns = np.stack(by_size), np.arange(len(raws))
        lower, upper = table[below, columns], table[below + 1, columns]
        return np.asarray(lower + (upper - lower) * (place - below), np.float64)


def _interpolated(points: Points, raws: Numbers) -> Numbers:
    xs, ys = zip(*points, strict=True)
    return np.asarray(np.interp(raws, xs, ys), np.float64)


class Evaluation(Model):
    """A measured figure."""

    data: str
    figure: str
    date: str


class Card(Model):
    """What is known of one network."""

    id: str = Field(pattern=ID)
    """Identifier, also the card's file name."""
    task: Task
    """What it does."""
    tier: Literal["bundled", "extra", "full"]
    """``bundled`` comes with the installation, ``extra`` with an optional package, ``full`` with a pull."""
    runtime: Literal["onnx", "dlib", "torch"]
    """What runs it."""
    analyzer: str | None
    """Analyzer that runs it; None where none does yet."""
    source: CardSource
    """Where it comes from."""
    files: tuple[CardFile, ...] = Field(min_length=1)
    """Its files, the weights first."""
    originals: tuple[CardFile, ...] = ()
    """What lies at the source, where :attr:`files` are made of it on the way in: a TensorFlow.js layers model,
    its ``model.json`` first. Empty where files are kept as they come."""
    code_licence: str
    """SPDX identifier of the code around it, or ``unknown``."""
    weight_licence: str
    """SPDX identifier or name of the licence of the weights, or ``unknown``."""
    commercial_use: Literal["yes", "no", "unknown"]
    """Whether the weights may be used commercially."""
    input: CardInput
    """What it takes."""
    output: str
    """Shape and meaning of what it gives."""
    labels: dict[str, str] = Field(default_factory=dict)
    """For classifiers: category of the taxonomy by the network's own label; others are not used."""
    activation: Literal["softmax", "sigmoid"] | None = None
    """For classifiers: what makes probabilities of logits, ``softmax`` where labels exclude one another."""
    score_kind: RawKind | Literal["none"]
    """Kind of number that becomes a score; ``none`` where its output never does."""
    training_data: str
    """What it was trained on, or ``unknown``."""
    calibration: Calibration | Literal["not_scored", "unknown"]
    """From raw to score; ``not_scored`` where its output never becomes a score."""
    evaluation: tuple[Evaluation, ...]
    """Measured figures; empty where there are none."""
    upstream: str
    """Page that describes it."""
    note: str = ""
    """What a user should know beside this, such as a licence's conditions."""

    @model_validator(mode="after")
    def _kinds_agree(self) -> Card:
        scored = self.calibration != "not_scored"
        if scored == (self.score_kind == "none"):
            raise ValueError("score_kind is none exactly where calibration is not_scored")
        if isinstance(self.calibration, Calibration) and (
            self.calibration.raw_kind != self.score_kind
        ):
            raise ValueError("the calibration is of another kind than score_kind")
        picture = self.input
        if self.runtime == "torch" and picture.size is not None:
            given = (picture.mean, picture.std, picture.resize, picture.fit)
            if None in given or picture.colour not in ("RGB", "BGR"):
                raise ValueError(
                    "a picture's input needs mean, std, resize, fit and colour RGB or BGR"
                )
        if self.originals and not self.source.pulled:
            raise ValueError("only what is pulled or imported is converted")
        if self.tier == "full" and self.source.package:
            raise ValueError("the full tier is pulled; what a package carries is bundled or extra")
        return self
