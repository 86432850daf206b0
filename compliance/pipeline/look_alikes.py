"""Who of those enrolled looks like somebody who is to be enrolled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compliance.banks.people import PeopleBank, Template
from compliance.errors import BankError
from compliance.findings import RawKind, Reference
from compliance.pipeline.comparing import Comparer
from compliance.settings import Settings

ALIKE = 0.5
"""Calibrated score from which two faces are rather one person's than two people's."""


@dataclass(frozen=True)
class LookAlike:
    """Somebody who is enrolled and has such a face."""

    reference: Reference
    """Who."""
    raw: float
    """The model's own number for the two nearest templates."""
    raw_kind: RawKind
    """Its kind."""
    score: float
    """Calibrated, 0…1."""

    def __str__(self) -> str:
        """Return it as refusals say it."""
        number = f"{self.raw_kind} {self.raw:.2f}, score {self.score:.2f}"
        return f"{self.reference.id} ({self.reference.label}): {number}"


def look_alikes(
    people: PeopleBank, templates: Sequence[Template], settings: Settings
) -> list[LookAlike]:
    """Return those of any bank whose faces score :data:`ALIKE` or more with ``templates``, best first.

    Raises:
        BankError: a template cannot be opened.
        StoreError: the database cannot be read.
    """
    faces = [one for one in templates if one.modality == "face"]
    comparer = Comparer(settings)
    best: dict[str, LookAlike] = {}
    for model in sorted({one.model for one in faces}):
        vectors = np.stack([one.vector for one in faces if one.model == model])
        for neighbours in people.nearest_each(vectors, model):
            for near in neighbours:
                raw, kind, score = comparer.score_of_distance(model, near.distance)
                found = LookAlike(near.reference, raw, kind, score)
                known = best.get(near.reference.id)
                if score >= ALIKE and (known is None or known.score < score):
                    best[near.reference.id] = found
    return sorted(best.values(), key=lambda one: (-one.score, one.reference.id))


def refuse_strangers(
    templates: Sequence[Template], known: Sequence[Template], settings: Settings, who: str
) -> None:
    """Refuse faces that do not hang together: from each, faces that are alike lead to every other.

    Two of a stranger that are like one another are two of a stranger still.

    Args:
        templates: new ones.
        known: those that the person has already; none where the person is new.
        settings: runtime knobs.
        who: the person, for the refusal.

    Raises:
        BankError: a new face is like none of the person's.
    """
    comparer = Comparer(settings)
    for model in sorted({one.model for one in templates if one.modality == "face"}):
        new, old = (
            [one for one in group if (one.modality, one.model) == ("face", model)]
            for group in (templates, known)
        )
        own = old or [max(new, key=lambda one: one.quality or 0.0)]
        left = [one for one in new if all(one is not other for other in own)]
        while left:
            scores = [max(_score(comparer, one, other) for other in own) for one in left]
            if max(scores) < ALIKE:
                raise BankError(
                    "the faces are not one person's",
                    expected=f"a score of {ALIKE} or more with one of the person's faces",
                    found=f"{max(scores):.2f} for the file with SHA-256 {left[0].source_sha256}",
                    where=who,
                    fix="leave that file out, or say --anyway if it is the same person",
                )
            own = [*own, *(one for one, score in zip(left, scores, strict=True) if score >= ALIKE)]
            left = [one for one, score in zip(left, scores, strict=True) if score < ALIKE]


def _score(comparer: Comparer, one: Template, other: Template) -> float:
    distance = float(np.linalg.norm(one.vector - other.vector))
    return comparer.score_of_distance(one.model, distance)[2]
