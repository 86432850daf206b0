"""Finding cards, and checking them against the files at hand and the licences allowed."""

from __future__ import annotations

import hashlib
import importlib.util
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from compliance.errors import (
    DigestMismatch,
    LicenceRefused,
    ModelError,
    ModelIncomplete,
    ModelMissing,
    ModelRefused,
)
from compliance.files import sha256_of
from compliance.findings import ModelUse
from compliance.model_store.card import UNKNOWN, Calibration, Card, CardFile
from compliance.model_store.formats import check_formats
from compliance.model_store.receipt import Receipt, read_receipt
from compliance.resources import shipped
from compliance.runtimes.compiled import serialised
from compliance.settings import Settings
from compliance.types import digest_of

State = Literal[
    "ready",
    "not pulled",
    "package absent",
    "damaged",
    "forbidden by settings",
]
"""What is known of a model's files without reading them."""


@dataclass(frozen=True)
class LoadedModel:
    """A card and its checked files."""

    card: Card
    """The card."""
    digests: tuple[str, ...]
    """SHA-256 of each of the card's files, as checked."""
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
                "the model has no calibration, so what it says has no score",
                expected="points from raw to score on its card",
                found=self.card.calibration,
                where=self.card.id,
                fix="measure it and write a card of your own with the points, in the folder that the "
                "setting 'cards' names; see docs/models.md",
            )
        return self.card.calibration

    @property
    def use(self) -> ModelUse:
        """What verdicts say of this model."""
        return ModelUse(
            id=self.card.id,
            sha256=digest_of(list(self.digests)),
            licence=self.card.weight_licence,
            commercial_use=self.card.commercial_use,
            calibrated=self.card.calibration != UNKNOWN,
            reading=digest_of([self.card.input.model_dump(mode="json"), self.card.activation]),
        )

    @property
    def folder(self) -> Path:
        """Folder that the card's files lie below."""
        depth = self.card.files[0].path.count("/")
        return self.paths[0].parents[depth]


class ModelStore:
    """Finds cards, checks them against the files at hand and the licences allowed."""

    def __init__(
        self,
        folder: Path | None = None,
        *,
        more: Path | None = None,
        pulled: Path | None = None,
        commercial: bool = True,
    ) -> None:
        """Read cards from ``folder``, by default the shipped ones.

        Args:
            folder: folder of ``<id>.yaml`` cards.
            more: a second folder, whose cards win over those of the same id.
            pulled: folder with one folder of files for each model that was pulled or imported.
            commercial: True refuses weights whose commercial use is not ``yes``.
        """
        self.folders: Sequence[Path] = [one for one in (more, folder or shipped("models")) if one]
        self.pulled = pulled
        self.commercial = commercial

    @classmethod
    def of(cls, settings: Settings) -> ModelStore:
        """Return the store that ``settings`` describe.

        Raises:
            ModelError: the folder of cards that they name is not there.
        """
        if settings.cards and not settings.cards.is_dir():
            raise ModelError(
                "there is no such folder of cards",
                expected="a folder of <id>.yaml files",
                where=str(settings.cards),
                fix="correct the setting 'cards' or COMPLIANCE_CARDS, or unset it",
            )
        return cls(more=settings.cards, pulled=settings.models, commercial=settings.commercial)

    def cards(self) -> Iterator[Card]:
        """Yield every card, by name."""
        for name in self._names():
            yield self.card(name)

    def card(self, name: str) -> Card:
        """Return the card ``name``.

        Raises:
            ModelMissing: there is no such card.
            ModelRefused: the card is malformed.
        """
        path = self._card_path(name)
        try:
            card = Card.model_validate(YAML(typ="safe").load(path.read_text("utf-8")))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise ModelRefused(
                "the card is malformed", expected=first["msg"], found=field, where=path.name
            ) from error
        except (YAMLError, UnicodeDecodeError) as error:
            raise ModelRefused(
                "the card is no YAML", found=" ".join(str(error).split()), where=path.name
            ) from error
        if card.id != name:
            raise ModelRefused(
                "the card's id differs from its file", found=card.id, where=path.name
            )
        return card

    def load(self, name: str) -> LoadedModel:
        """Return a model whose licence is allowed and whose files have the right digests.

        Raises:
            LicenceRefused: the settings forbid its weights.
            ModelMissing: a file or its package is not installed, or a digest is on neither card nor
                receipt.
            ModelIncomplete: the same of a model of which something is installed.
            DigestMismatch: a file is not the one that card or receipt describes.
            ModelRefused: a file is of a format that can run code when it is loaded, or damaged.
        """
        card = self.card(name)
        self.check_licence(card)
        return self.checked(card)

    def checked(self, card: Card) -> LoadedModel:
        """Return a model whose files have the right digests and formats, whatever its licence.

        Nothing is run that came from here alone: :meth:`load` asks for the licence as well.

        Raises:
            ModelMissing, DigestMismatch, ModelRefused: as :meth:`load` does.
        """
        if card.source.compiled:
            content = serialised(card.source.package or "", card.source.compiled)
            _check(card, card.files[0], hashlib.sha256(content).hexdigest())
            return LoadedModel(card, (card.files[0].sha256,), ())
        folder = self.folder_of(card)
        known = self._known_files(card)
        paths = []
        for file in known:
            path = folder / file.path
            if not path.is_file():
                raise (ModelIncomplete if folder.is_dir() else ModelMissing)(
                    "a model file is not on this machine",
                    expected=file.path,
                    where=card.id,
                    fix=_renew(card) if folder.is_dir() else _fix(card),
                )
            _check(card, file, sha256_of(path))
            paths.append(path)
        check_formats(card, folder)
        return LoadedModel(card, tuple(file.sha256 for file in known), tuple(paths))

    def check_licence(self, card: Card) -> None:
        """Refuse a card whose licence the settings forbid.

        Raises:
            LicenceRefused: names what is allowed in its place.
        """
        if not self.commercial or card.commercial_use == "yes":
            return
        raise LicenceRefused(
            "the settings forbid these weights",
            expected="weights that allow commercial use",
            found=f"licence {card.weight_licence}, commercial use {card.commercial_use}",
            where=card.id,
            fix=" or ".join(
                filter(None, (self._alternatives(card), "set 'commercial: false' in the settings"))
            )
            + " if your use is not commercial",
        )

    def folder_of(self, card: Card) -> Path:
        """Return the folder that a card's files lie below; it need not exist for what is pulled.

        Raises:
            ModelMissing: the package that carries them is not installed.
        """
        if card.source.package:
            return _package_folder(card)
        if card.source.file:
            return self._card_path(card.id).parent / card.source.file
        if self.pulled is None:
            raise ModelMissing(
                "no folder of pulled models is set", where=card.id, fix="set COMPLIANCE_MODELS"
            )
        return self.pulled / card.id

    def state(self, card: Card) -> State:
        """Tell whether a model can be used, by names and licence alone; digests are checked on loading."""
        if card.source.compiled:
            present = importlib.util.find_spec(card.source.package or "") is not None
            absent: State = "package absent"
        else:
            absent = "package absent" if card.source.package else "not pulled"
            try:
                folder = self.folder_of(card)
                files = self._recorded_files(card)
                present = all(
                    (folder / file.path).is_file() and file.sha256 != UNKNOWN for file in files
                )
            except ModelMissing:
                present = False
            except ModelError:
                return "damaged"
        if self.commercial and card.commercial_use != "yes":
            return "forbidden by settings"
        return "ready" if present else absent

    def here(self, card: Card) -> bool:
        """Tell whether anything of a model is on this machine, be it whole or damaged."""
        if card.source.package:
            return importlib.util.find_spec(card.source.package) is not None
        return self.pulled is not None and self.folder_of(card).is_dir()

    def receipt(self, card: Card) -> Receipt | None:
        """Return what was recorded when the model was pulled or imported; None where it was not."""
        return read_receipt(self.pulled / card.id) if self.pulled else None

    def _recorded_files(self, card: Card) -> tuple[CardFile, ...]:
        """Return the card's files, with digests of the receipt where the card has none, if there is one."""
        if all(file.sha256 != UNKNOWN for file in card.files):
            return card.files
        receipt = self.receipt(card) if card.source.pulled else None
        if receipt:
            _check_receipt(card, receipt)
        recorded = {file.path: file for file in receipt.files} if receipt else {}
        return tuple(
            file if file.sha256 != UNKNOWN else recorded.get(file.path, file) for file in card.files
        )

    def _known_files(self, card: Card) -> tuple[CardFile, ...]:
        """Return the card's files; each has a digest."""
        files = self._recorded_files(card)
        if any(file.sha256 == UNKNOWN for file in files):
            raise (ModelIncomplete if self.here(card) else ModelMissing)(
                "nobody has recorded the digest of this model, so it is not loaded",
                expected="a digest on the card, or one that a pull recorded and you accepted",
                where=card.id,
                fix=self._record(card),
            )
        return files

    def _record(self, card: Card) -> str:
        """Say how a digest comes to be known, or what could be used meanwhile."""
        if not card.source.pulled:
            return "write the digests of the files on the card"
        again = self.pulled is not None and (self.pulled / card.id).is_dir()
        others = self._alternatives(card)
        return (_renew(card) if again else _fix(card)) + (f"; or {others}" if others else "")

    def _alternatives(self, card: Card) -> str:
        """Return what the settings allow for the same task, by the analyzer that runs it; or nothing."""
        said = []
        for name in self._names():
            try:
                other = self.card(name)
            except ModelRefused:  # whoever loads that card is told
                continue
            allowed = not self.commercial or other.commercial_use == "yes"
            if other.id != card.id and other.task == card.task and other.analyzer and allowed:
                pull = ", pull it first" if self.state(other) == "not pulled" else ""
                said.append(
                    f"{other.id} ({other.weight_licence}{pull}; COMPLIANCE_ANALYZERS={other.analyzer})"
                )
        return f"use {' or '.join(said)}" if said else ""

    def _names(self) -> list[str]:
        return sorted({path.stem for one in self.folders for path in one.glob("*.yaml")})

    def _card_path(self, name: str) -> Path:
        for folder in self.folders:
            path = folder / f"{name}.yaml"
            if path.is_file():
                return path
        raise ModelMissing(
            "there is no such model card",
            expected=f"a file {name}.yaml",
            fix="run 'compliance models list' to see all of them",
        )


def _check(card: Card, file: CardFile, found: str) -> None:
    if found != file.sha256:
        raise DigestMismatch(
            "a model file differs from what was recorded, so it is not loaded",
            expected=f"SHA-256 {file.sha256}",
            found=found,
            where=f"{card.id}: {file.path}",
            fix=_renew(card),
        )


def _check_receipt(card: Card, receipt: Receipt) -> None:
    """Refuse what was pulled for another card, or at another commit than the card now names."""
    if receipt.id != card.id:
        raise DigestMismatch(
            "the receipt is another model's, so that its digests say nothing of this one",
            expected=card.id,
            found=receipt.id,
            where=card.id,
            fix=_renew(card),
        )
    known = UNKNOWN not in (receipt.revision, card.source.revision)
    if card.source.huggingface and known and receipt.revision != card.source.revision:
        raise DigestMismatch(
            "the model was pulled at another commit than its card names, so it is not loaded",
            expected=str(card.source.revision),
            found=receipt.revision,
            where=card.id,
            fix=_renew(card),
        )


def _package_folder(card: Card) -> Path:
    """Find a package's folder without importing it."""
    spec = importlib.util.find_spec(card.source.package or "")
    if spec is None or spec.origin is None:
        raise ModelMissing(
            "the package that carries the model is not installed",
            expected=str(card.source.package),
            where=card.id,
            fix=_fix(card),
        )
    return Path(spec.origin).parent


def _fix(card: Card) -> str:
    if card.source.package:
        return (
            f"reinstall the package that carries {card.source.package}, pinned in constraints.txt"
        )
    if card.source.file:
        return f"put the file back below {card.source.file}, or correct the card"
    return f"compliance models pull {card.id}"


def _renew(card: Card) -> str:
    """Say how files that are there, but wrong, are replaced."""
    if not card.source.pulled:
        return _fix(card)
    return f"compliance models remove {card.id} && compliance models pull {card.id}"
