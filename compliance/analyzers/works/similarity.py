"""Frames that are like registered works without being copies: characters, styles, trade dress.

Compares only: what it reads are the embeddings of frames. The cosine with the nearest picture of each work
becomes a score by the calibration of the model's card; without one, nothing is examined.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from compliance.analyzers.base import AnalyzerSpec, References
from compliance.analyzers.sensitive.classes import SCORE_FLOOR
from compliance.analyzers.works.vector_prints import (
    VectorRows,
    beside,
    nearest,
    rows_of,
    vectors_of,
)
from compliance.errors import ModelError
from compliance.findings import Evidence, Finding, ModelUse, Observation, RawKind
from compliance.model_store import Calibration, LoadedModel, ModelStore
from compliance.types import Source, TimeSpan

MOST = 3
"""Works of each bank that are kept for one frame: the nearest."""


@dataclass(frozen=True)
class _Likeness:
    """One work near one distinct frame."""

    row: int
    place: int
    cosine: float
    rank: int
    frame: int
    seen: Observation


class SimilarityAnalyzer:
    """Finds the works whose pictures are nearest to frames."""

    spec: ClassVar[AnalyzerSpec] = AnalyzerSpec(
        name="similarity",
        version="1",
        categories=("ip.similarity",),
        sources=frozenset({Source.FRAME}),
        raw_kinds=frozenset({RawKind.COSINE}),
        models=("openclip-vit-b-32",),
        libraries=("numpy",),
        tier="full",
        requires=("image-embeddings", "local-features"),
        reads=("image-embeddings", "local-features"),
        modality="work",
        embedding="openclip-vit-b-32",
    )

    def __init__(self) -> None:
        self._models: tuple[ModelUse, ...] = ()
        self._known: tuple[References, VectorRows] | None = None

    def setup(self, device: str, models: ModelStore) -> None:
        """Check the files of the model whose vectors are compared; the network is not loaded again.

        Raises:
            ModelError: it is absent, changed, not allowed, or has no calibration of cosines.
        """
        loaded = models.load(self.spec.models[0])
        self._calibration = cosine_calibration(loaded)
        self._models = (loaded.use,)

    def models(self) -> tuple[ModelUse, ...]:
        """Return the model whose vectors are compared."""
        return self._models

    def reduce(self, asset: str, observations: Sequence[Observation]) -> list[Observation]:
        """Return nothing: it makes no observations of its own."""
        return []

    def findings(
        self, asset: str, observations: Sequence[Observation], references: References | None
    ) -> list[Finding]:
        """Return one ``ip.similarity`` for each work and each unbroken run of frames that are like it.

        ``raw`` is the cosine of the nearest frame, ``rank`` that of the work there. The evidence's
        ``reference_span`` is when in the work, absent where that is a picture.

        Raises:
            BankError: a print is damaged.
            AnalyzerError: an embedding is missing or of another length.
        """
        if references is None or not len(references):
            return []
        rows = self._rows(references)
        return [
            self._finding(run, references, rows)
            for run in self._runs(observations, references, rows)
        ]

    def crops(
        self,
        findings: Sequence[Finding],
        observations: Sequence[Observation],
        references: References | None,
    ) -> dict[str, bytes]:
        """Return for each finding a JPEG: the frame beside what is nearest in the work."""
        if references is None or not findings or not len(references):
            return {}
        rows = self._rows(references)
        by_moment = {
            (int(one.attributes["stream"]), one.span.start): one.image
            for one in observations
            if one.kind == "local_features" and one.span and one.image
        }
        wanted = {one.id for one in findings}
        pictures = {}
        for run in self._runs(observations, references, rows):
            best = _best(run)
            made = self._finding(run, references, rows)
            if made.id in wanted:
                moment = (int(best.seen.attributes["stream"]), _span(best.seen).start)
                reference = rows.prints[best.row].pictures[best.place]
                pictures[made.id] = beside(by_moment.get(moment), reference)
        return pictures

    def close(self) -> None:
        """Forget the references."""
        self._known = None

    def _rows(self, references: References) -> VectorRows:
        """Return the vectors of ``references``, unpacked once for as long as they stay the same."""
        if self._known is None or self._known[0] is not references:
            self._known = references, rows_of(references)
        return self._known[1]

    def _runs(
        self, observations: Sequence[Observation], references: References, rows: VectorRows
    ) -> list[list[_Likeness]]:
        """Return the likenesses of each work in successive frames of a stream, in order of time."""
        seen = sorted((one for one in observations if one.kind == "image_embedding"), key=_order)
        if not seen or not len(rows.vectors):
            return []
        cosines, places = rows.best(vectors_of(seen, rows))
        scores = self._calibration.scores(cosines.astype(np.float64).ravel()).reshape(cosines.shape)
        done: list[list[_Likeness]] = []
        open_: dict[str, list[_Likeness]] = {}
        for frame, one in enumerate(seen):
            if frame and one.attributes["stream"] != seen[frame - 1].attributes["stream"]:
                open_ = {}
            still: dict[str, list[_Likeness]] = {}
            for rank, row in enumerate(nearest(cosines[frame], references, MOST), 1):
                if scores[frame, row] < SCORE_FLOOR:
                    break
                like = _Likeness(
                    row, int(places[frame, row]), float(cosines[frame, row]), rank, frame, one
                )
                entry = references.refs[row].id
                run = open_.get(entry)
                if run is None:
                    done.append(run := [])
                run.append(like)
                still[entry] = run
            open_ = still
        return done

    def _finding(
        self, run: Sequence[_Likeness], references: References, rows: VectorRows
    ) -> Finding:
        best = _best(run)
        time = float(rows.prints[best.row].times[best.place])
        moving = bool(rows.prints[best.row].times.any())
        reference = references.refs[best.row]
        file = str(json.loads(references.details[best.row] or "{}").get("file", ""))
        return Finding(
            category="ip.similarity",
            asset=best.seen.asset,
            analyzer=self.spec.name,
            source=Source.FRAME,
            score=round(float(self._calibration.score(best.cosine)), 4),
            raw=round(best.cosine, 4),
            raw_kind=RawKind.COSINE,
            span=TimeSpan(start=_span(run[0].seen).start, end=_span(run[-1].seen).end),
            frames=len(run),
            track=f"stream-{best.seen.attributes['stream']}",
            reference=reference,
            rank=best.rank,
            evidence=Evidence(
                note=f"nearest: {reference.label}{f' ({file})' if file else ''}, cosine "
                f"{best.cosine:.2f} at {_span(best.seen).start:.2f} s; like it, not shown to be a copy",
                reference_span=TimeSpan(start=time, end=time) if moving else None,
            ),
        )


def cosine_calibration(model: LoadedModel) -> Calibration:
    """Return the calibration of cosines between pictures.

    Raises:
        ModelError: there is none, or it is of another kind of number.
    """
    calibration = model.calibration
    if calibration.raw_kind is not RawKind.COSINE:
        raise ModelError(
            "the calibration is not of cosines",
            expected=RawKind.COSINE,
            found=calibration.raw_kind,
            where=model.card.id,
            fix="correct the card",
        )
    return calibration


def _best(run: Sequence[_Likeness]) -> _Likeness:
    return max(run, key=lambda one: (one.cosine, -one.frame))


def _span(one: Observation) -> TimeSpan:
    assert one.span is not None
    return one.span


def _order(one: Observation) -> tuple[int, float, str]:
    return int(one.attributes["stream"]), one.span.start if one.span else 0.0, one.id
