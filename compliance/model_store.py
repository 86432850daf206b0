"""From a card in ``models/`` to files on this machine, with digest and licence checked.

A card describes one network. Nothing runs a network that did not come through :meth:`ModelStore.load`.
"""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import Field, ValidationError, model_validator
from ruamel.yaml import YAML

from compliance.errors import DigestMismatch, LicenceRefused, ModelError, ModelMissing
from compliance.findings import ModelUse, RawKind
from compliance.resources import shipped
from compliance.runtimes.compiled import serialised
from compliance.types import Model, digest_of

NON_COMMERCIAL_FIX = "set 'commercial: false' in the settings if your use is not commercial"


class CardFile(Model):
    """One file of a model."""

    path: str
    """Path below the source."""
    sha256: str = Field(pattern="^[0-9a-f]{64}$")
    """SHA-256 of its bytes."""
    size: int = Field(gt=0)
    """Size, bytes."""


class CardSource(Model):
    """Where the files come from."""

    package: str
    """Importable name of the installed package that carries them."""
    compiled: str | None = None
    """Function that returns weights compiled into the package; digests are over their serialised
    form."""


class Calibration(Model):
    """How a raw number becomes a score."""

    raw_kind: RawKind
    """Kind of the raw number."""
    points: tuple[tuple[float, float], ...] = Field(min_length=2)
    """(raw, score) pairs in order of raw, joined by straight lines, constant outside."""
    method: str
    """How the points were found."""
    data: str
    """On what data."""
    date: str
    """When, ISO date."""

    @model_validator(mode="after")
    def _monotone(self) -> Calibration:
        raws = [raw for raw, _ in self.points]
        scores = [score for _, score in self.points]
        falls = self.raw_kind in (RawKind.DISTANCE, RawKind.HAMMING)
        ordered = sorted(scores, reverse=falls)
        if (
            raws != sorted(set(raws))
            or scores != ordered
            or not 0 <= min(scores) <= max(scores) <= 1
        ):
            raise ValueError("points need rising raw values and monotone scores in 0…1")
        return self

    def score(self, raw: float) -> float:
        """Return the score in 0…1 of a raw number."""
        xs, ys = zip(*self.points, strict=True)
        return float(np.interp(raw, xs, ys))


class Evaluation(Model):
    """A measured figure."""

    data: str
    figure: str
    date: str


class Card(Model):
    """What is known of one network; what nobody verified says ``unknown``."""

    id: str
    """Identifier, also the card's file name."""
    task: str
    """What it does, in a few words."""
    runtime: Literal["onnx", "dlib", "torch"]
    """What runs it."""
    source: CardSource
    """Where it comes from."""
    files: tuple[CardFile, ...] = Field(min_length=1)
    """Its files."""
    code_licence: str
    """SPDX identifier of the code around it, or ``unknown``."""
    weight_licence: str
    """SPDX identifier of the weights, or ``unknown``."""
    commercial_use: Literal["yes", "no", "unknown"]
    """Whether the weights may be used commercially."""
    input: str
    """Shape, type, range and colour order."""
    output: str
    """Shape and meaning."""
    training_data: str
    """What it was trained on, or ``unknown``."""
    calibration: Calibration | Literal["not_scored", "unknown"]
    """From raw to score; ``not_scored`` where its output never becomes a score."""
    evaluation: tuple[Evaluation, ...]
    """Measured figures."""
    upstream: str
    """Page that describes it."""

    @property
    def use(self) -> ModelUse:
        """What verdicts say of this model."""
        return ModelUse(
            id=self.id,
            sha256=digest_of([file.sha256 for file in self.files]),
            licence=self.weight_licence,
            commercial_use=self.commercial_use,
            calibrated=self.calibration != "unknown",
        )


@dataclass(frozen=True)
class LoadedModel:
    """A card and its checked files."""

    card: Card
    """The card."""
    paths: tuple[Path, ...]
    """One path for each of the card's files; empty for weights compiled into a package."""

    @property
    def calibration(self) -> Calibration:
        """The card's calibration.

        Raises:
            ModelError: the card has none, so that its output cannot become a score.
        """
        if not isinstance(self.card.calibration, Calibration):
            raise ModelError(
                "the model has no calibration",
                expected="points from raw to score on its card",
                found=self.card.calibration,
                where=self.card.id,
            )
        return self.card.calibration


class ModelStore:
    """Finds cards, checks them against the files at hand and the licences allowed."""

    def __init__(self, folder: Path | None = None, *, commercial: bool = True) -> None:
        """Read cards from ``folder``, by default the shipped ones.

        Args:
            folder: folder of ``<id>.yaml`` cards.
            commercial: True refuses weights whose commercial use is not ``yes``.
        """
        self.folder = folder or shipped("models")
        self.commercial = commercial

    def cards(self) -> Iterator[Card]:
        """Yield every card, by name."""
        for path in sorted(self.folder.glob("*.yaml")):
            yield self.card(path.stem)

    def card(self, name: str) -> Card:
        """Return the card ``name``.

        Raises:
            ModelMissing: there is no such card.
            ModelError: the card is malformed.
        """
        path = self.folder / f"{name}.yaml"
        if not path.is_file():
            raise ModelMissing("there is no such model card", expected=f"a file {path.name}")
        try:
            card = Card.model_validate(YAML(typ="safe").load(path.read_text("utf-8")))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise ModelError(
                "the card is malformed", expected=first["msg"], found=field, where=path.name
            ) from error
        if card.id != name:
            raise ModelError("the card's id differs from its file", found=card.id, where=path.name)
        return card

    def load(self, name: str) -> LoadedModel:
        """Return a model whose licence is allowed and whose files have the right digests.

        Raises:
            LicenceRefused: the settings forbid its weights.
            ModelMissing: a file or its package is not installed.
            DigestMismatch: a file is not the one that the card describes.
        """
        card = self.card(name)
        if self.commercial and card.commercial_use != "yes":
            raise LicenceRefused(
                "the settings forbid these weights",
                expected="weights that allow commercial use",
                found=f"licence {card.weight_licence}, commercial use {card.commercial_use}",
                where=name,
                fix=NON_COMMERCIAL_FIX,
            )
        if card.source.compiled:
            _check(card, card.files[0], serialised(card.source.package, card.source.compiled))
            return LoadedModel(card, ())
        folder = _package_folder(card)
        paths = []
        for file in card.files:
            path = folder / file.path
            if not path.is_file():
                raise ModelMissing(
                    "a model file is not installed",
                    expected=file.path,
                    where=name,
                    fix=_install(card),
                )
            _check(card, file, path.read_bytes())
            paths.append(path)
        return LoadedModel(card, tuple(paths))


def _check(card: Card, file: CardFile, content: bytes) -> None:
    found = hashlib.sha256(content).hexdigest()
    if found != file.sha256:
        raise DigestMismatch(
            "a model file differs from its card, so it is not loaded",
            expected=f"SHA-256 {file.sha256}",
            found=found,
            where=f"{card.id}: {file.path}",
            fix=_install(card),
        )


def _package_folder(card: Card) -> Path:
    """Find a package's folder without importing it."""
    spec = importlib.util.find_spec(card.source.package)
    if spec is None or spec.origin is None:
        raise ModelMissing(
            "the package that carries the model is not installed",
            expected=card.source.package,
            where=card.id,
            fix=_install(card),
        )
    return Path(spec.origin).parent


def _install(card: Card) -> str:
    return f"reinstall the package that carries {card.source.package}, pinned in constraints.txt"
