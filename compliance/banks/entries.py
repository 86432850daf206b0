"""What goes into a bank of people and what comes out of it, and which names are usable. No I/O."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

import numpy as np

from compliance.errors import BankError
from compliance.findings import Reference
from compliance.types import Floats

Modality = Literal["face", "voice", "name"]

BANK = re.compile(r"[a-z0-9-]{1,64}")
LONGEST_NAME = 200
"""Code points; a longer name is a mistake, such as a whole sentence."""
LONGEST_SLUG = 64
LEAST_LENGTH, MOST_LENGTH = 1e-6, 1e6
"""Lengths of vectors between which squared distances are sound in float32; embeddings have lengths near 1."""


@dataclass(frozen=True)
class Template:
    """What one model made of one picture of a person; biometric."""

    vector: Floats
    """Embedding, float32, shape (D,), finite and not all zero."""
    model: str
    """Digest of the model that made it, 64 hex digits; only vectors of one model compare."""
    source_sha256: str
    """SHA-256 of the picture or recording, 64 hex digits; the file itself is not kept."""
    modality: Literal["face", "voice"] = "face"
    """What is compared."""
    quality: float | None = None
    """How good the sample was, 0…1; None where nobody measured it."""

    def __post_init__(self) -> None:
        """Refuse what could never match, or would match everything."""
        vector = self.vector
        usable = vector.dtype == np.float32 and vector.ndim == 1 and vector.size > 0
        usable = usable and (self.quality is None or 0 <= self.quality <= 1)
        length = float(np.linalg.norm(vector.astype(np.float64))) if usable else 0.0
        if not LEAST_LENGTH <= length <= MOST_LENGTH:  # false for what is no number
            raise BankError(
                "the template is not usable",
                expected="a finite float32 vector with one axis, neither zero nor huge",
                found=f"{vector.dtype} {vector.shape}",
                where=f"template of {self.source_sha256}",
                fix="enrol from another picture",
            )


@dataclass(frozen=True)
class Sample:
    """What is known of a template, without the template."""

    modality: str
    """``face`` or ``voice``."""
    model: str
    """Digest of the model that made it."""
    source_sha256: str
    """SHA-256 of the picture or recording."""
    quality: float | None
    """How good the sample was, 0…1; None where nobody measured it."""


@dataclass(frozen=True)
class PersonSummary:
    """One entry, without anything biometric."""

    reference: Reference
    """Bank, entry and name."""
    aliases: tuple[str, ...]
    """Other names, sorted."""
    samples: tuple[Sample, ...]
    """One for each template, in order of modality, model and source."""
    enrolled: datetime
    """When, UTC."""
    minor: bool = False
    """True where stricter consent holds."""
    everyday: tuple[str, ...] = ()
    """Which of the names are everyday words too, sorted."""
    consent_sha256: str | None = None
    """SHA-256 of the written consent to being enrolled; None where there is none."""

    @property
    def templates(self) -> Mapping[str, int]:
        """Number of templates by the digest of the model that made them."""
        return Counter(sample.model for sample in self.samples)

    @property
    def names(self) -> tuple[str, ...]:
        """The name and the aliases."""
        return (self.reference.label, *self.aliases)


@dataclass(frozen=True)
class Neighbour:
    """How near an enrolled person is to a vector."""

    reference: Reference
    """Who."""
    distance: float
    """Euclidean distance to the nearest template of that person, ≥ 0."""


def marked(text: str) -> tuple[str, bool]:
    """Return a name that can be used, and whether a leading ``~`` marks it as an everyday word too.

    Raises:
        BankError: it is no name.
    """
    return clean_name(text.strip().removeprefix("~")), text.strip().startswith("~")


def check_bank(bank: str) -> None:
    """Refuse a name that is no bank's.

    Raises:
        BankError: it is not 1 to 64 lower-case letters, digits and hyphens.
    """
    if not BANK.fullmatch(bank):
        raise BankError(
            "the name of the bank is not usable",
            expected="1 to 64 of a-z, 0-9 and hyphens, such as public-figures",
            found=repr(bank[:80]),
            where="bank",
            fix="name it differently",
        )


def clean_name(name: str) -> str:
    """Return a person's name in NFC, with single spaces.

    Raises:
        BankError: nothing is left, it is too long, or it holds control or invisible characters.
    """
    clean = " ".join(unicodedata.normalize("NFC", name).split())
    # Cc and Cf: a zero-width character would make a name that looks the same but is another entry.
    # Arabic and Indic names may need joiners (U+200C and U+200D) between letters.
    hidden = any(
        unicodedata.category(char) in ("Cc", "Cf", "Cs") and char not in "\u200c\u200d"
        for char in clean
    )
    if hidden or not any(char.isalnum() for char in clean) or len(clean) > LONGEST_NAME:
        raise BankError(
            "the name is not usable",
            expected=f"1 to {LONGEST_NAME} visible characters with a letter or digit among them",
            found=ascii(name[:80]),
            where="name",
            fix="type the name again",
        )
    return clean


def plain(name: str) -> str:
    """Return the letters and digits of ``name``, of any script, without case or accents."""
    decomposed = unicodedata.normalize("NFKD", name).casefold()
    return "".join(char for char in decomposed if char.isalnum())


def slug(name: str) -> str:
    """Return ``name`` as an identifier, such as ``eileen-collins``.

    One without Latin letters gets a part of its digest, so that it is the same wherever it stands, and no
    other's: ``7-3f9c0a1b`` or ``name-3f9c0a1b``.
    """
    latin = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    stem = "-".join(re.findall(r"[a-z0-9]+", latin))[:LONGEST_SLUG].strip("-")
    letters = plain(name)
    if letters.isascii() or re.search("[a-z]", stem):
        return stem or "name"
    return f"{stem or 'name'}-{hashlib.sha256(letters.encode()).hexdigest()[:8]}"
