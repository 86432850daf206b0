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

from compliance.errors import DigestMismatch, LicenceRefused, ModelError, ModelMissing
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
        )

    def path(self, name: str) -> Path:
        """Return the path of the card's file ``name``, the last part of its path.

        Raises:
            ModelError: the card lists no such file.
        """
        for path in self.paths:
            if path.name == name:
                return path
        raise ModelError("the card lists no such file", expected=name, where=self.card.id)

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
        for name in sorted({path.stem for one in self.folders for path in one.glob("*.yaml")}):
            yield self.card(name)

    def card(self, name: str) -> Card:
        """Return the card ``name``.

        Raises:
            ModelMissing: there is no such card.
            ModelError: the card is malformed.
        """
        path = self._card_path(name)
        try:
            card = Card.model_validate(YAML(typ="safe").load(path.read_text("utf-8")))
        except ValidationError as error:
            first = error.errors()[0]
            field = ".".join(str(part) for part in first["loc"])
            raise ModelError(
                "the card is malformed", expected=first["msg"], found=field, where=path.name
            ) from error
        except (YAMLError, UnicodeDecodeError) as error:
            raise ModelError(
                "the card is no YAML", found=" ".join(str(error).split()), where=path.name
            ) from error
        if card.id != name:
            raise ModelError("the card's id differs from its file", found=card.id, where=path.name)
        return card

    def load(self, name: str) -> LoadedModel:
        """Return a model whose licence is allowed and whose files have the right digests.

        Raises:
            LicenceRefused: the settings forbid its weights.
            ModelMissing: a file or its package is not installed, or a digest is on neither card nor
                receipt.
            DigestMismatch: a file is not the one that card or receipt describes.
            ModelError: a file is of a format that can run code when it is loaded.
        """
        card = self.card(name)
        self.check_licence(card)
        return self.checked(card)

    def checked(self, card: Card) -> LoadedModel:
        """Return a model whose files have the right digests and formats, whatever its licence.

        Nothing is run that came from here alone: :meth:`load` asks for the licence as well.

        Raises:
            ModelMissing, DigestMismatch, ModelError: as :meth:`load` does.
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
                raise ModelMissing(
                    "a model file is not on this machine",
                    expected=file.path,
                    where=card.id,
                    fix=_fix(card),
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
            fix=self._alternatives(card)
            + "set 'commercial: false' in the settings if your use is not commercial",
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
                present = all((folder / file.path).is_file() for file in self._known_files(card))
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

    def _known_files(self, card: Card) -> tuple[CardFile, ...]:
        """Return the card's files, with digests of the receipt where the card has none."""
        if all(file.sha256 != UNKNOWN for file in card.files):
            return card.files
        receipt = self.receipt(card) if card.source.pulled else None
        if receipt and UNKNOWN not in (receipt.revision, card.source.revision):
            _check_revision(card, receipt)
        recorded = {file.path: file for file in receipt.files} if receipt else {}
        files = tuple(
            file if file.sha256 != UNKNOWN else recorded.get(file.path, file) for file in card.files
        )
        if any(file.sha256 == UNKNOWN for file in files):
            raise ModelMissing(
                "nobody has recorded the digest of this model, so it is not loaded",
                expected="a digest on the card, or one that a pull recorded and you accepted",
                where=card.id,
                fix=_fix(card),
            )
        return files

    def _alternatives(self, card: Card) -> str:
        allowed = [
            one
            for one in self.cards()
            if one.task == card.task and one.commercial_use == "yes" and one.analyzer
        ]
        if not allowed:
            return ""
        said = " or ".join(
            f"{one.id} ({one.weight_licence}; COMPLIANCE_ANALYZERS={one.analyzer})"
            for one in allowed
        )
        return f"use {said}, or "

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


def _check_revision(card: Card, receipt: Receipt) -> None:
    """Refuse what was pulled at another commit than the card now names."""
    if receipt.revision != card.source.revision:
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
