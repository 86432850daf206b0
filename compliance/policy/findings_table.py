"""The findings of many assets as columns, for archives. Pure.

What decides about one finding alone is a number in a column. What depends on its reference, on a release or on
what was examined repeats throughout an archive, so it is kept once, with an example that the scalar code reads.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt

from compliance.facts import Facts
from compliance.findings import Finding
from compliance.policy.conditions import Situation, names_of
from compliance.policy.evaluate import check_assets, findings_of
from compliance.policy.matrix import cells_of

Ints = npt.NDArray[np.int64]
Numbers = npt.NDArray[np.float64]
T = TypeVar("T")
NUMBERS = ("score", "seconds", "area_percent", "frames", "start", "end")
"""Columns of numbers; NaN where the finding cannot be measured."""


@dataclass(frozen=True, eq=False)
class FindingsTable:
    """Findings of N assets in R rows, held against S places of their releases."""

    facts: tuple[Facts, ...]
    """What is known of each asset."""
    findings: tuple[Finding, ...]
    """One of each row; those of one asset stand together."""
    ids: npt.NDArray[np.object_]
    """Their ids, shape (R,)."""
    asset: Ints
    """Index of the asset of each row, ascending, shape (R,)."""
    first_row: Ints
    """First row of each asset, and R at the end, shape (N + 1,)."""
    numbers: dict[str, Numbers]
    """:data:`NUMBERS`, each of shape (R,)."""
    kind: Ints
    """Index into :attr:`kinds` of each row, shape (R,)."""
    kinds: tuple[Finding, ...]
    """An example of each pair of category and reference."""
    kinds_in: dict[str, Ints]
    """Indices into :attr:`kinds` whose reference is in a bank, by its name."""
    kinds_called: dict[str, Ints]
    """Indices into :attr:`kinds` whose reference has a name, by that name: ``bank/entry``, entry or label."""
    rows_of: dict[str, Ints]
    """Rows of each category, ascending."""
    place_asset: Ints
    """Index of the asset of each place, ascending, shape (S,)."""
    first_place: Ints
    """First place of each asset, and S at the end, shape (N + 1,)."""
    circumstance: Ints
    """Index into :attr:`circumstances` of each place, shape (S,)."""
    circumstances: tuple[Facts, ...]
    """An example of each set of release, providers, permissions and marks, with the release of one place."""
    evidence: Ints
    """Index into :attr:`evidences` of each asset, shape (N,)."""
    evidences: tuple[Facts, ...]
    """An example of each set of what was examined and how that went."""

    waivable: tuple[int, ...]
    """Index of each asset that has waivers."""

    @classmethod
    def of(cls, facts: Iterable[Facts]) -> FindingsTable:
        """Arrange what is known of many assets.

        Raises:
            UsageError: a release names too many places.
            AnalyzerError: a report is about another asset.
        """
        assets = tuple(facts)
        rows, asset, place_asset = list[Finding](), list[int](), list[int]()
        circumstances, evidences = _Interned[Facts](), _Interned[Facts]()
        for index, one in enumerate(assets):
            check_assets(one)
            found = findings_of(one)
            rows += found
            asset += [index] * len(found)
            evidences.add(_evidence(one), one)
            for cell in cells_of(one.release):
                place_asset.append(index)
                key = (cell, one.providers, one.consents, one.licences, one.marks)
                circumstances.add(key, one.model_copy(update={"release": cell}))
        kinds = _Interned[Finding]()
        for finding in rows:
            kinds.add((finding.category, finding.reference), finding)
        categories = np.array([finding.category for finding in rows], dtype=object)
        edges = np.arange(len(assets) + 1)
        return cls(
            facts=assets,
            findings=tuple(rows),
            ids=np.array([finding.id for finding in rows], dtype=object),
            asset=np.array(asset, np.int64),
            first_row=np.searchsorted(np.array(asset, np.int64), edges),
            numbers=_numbers(rows),
            kind=np.array(kinds.codes, np.int64),
            kinds=tuple(kinds.examples),
            kinds_in=_indexed(
                {one.reference.bank} if one.reference else () for one in kinds.examples
            ),
            kinds_called=_indexed(names_of(one) for one in kinds.examples),
            rows_of={name: np.flatnonzero(categories == name) for name in set(categories)},
            place_asset=np.array(place_asset, np.int64),
            first_place=np.searchsorted(np.array(place_asset, np.int64), edges),
            circumstance=np.array(circumstances.codes, np.int64),
            circumstances=tuple(circumstances.examples),
            evidence=np.array(evidences.codes, np.int64),
            evidences=tuple(evidences.examples),
            waivable=tuple(index for index, one in enumerate(assets) if one.waivers),
        )

    def situation(self, place: int, as_of: datetime) -> Situation:
        """Return what the scalar code holds rules against in one place."""
        asset = int(self.place_asset[place])
        release = self.circumstances[self.circumstance[place]].release
        rows = slice(self.first_row[asset], self.first_row[asset + 1])
        facts = self.facts[asset].model_copy(update={"release": release})
        return Situation(facts, self.findings[rows], as_of)

    def places_of(self, rows: Ints) -> tuple[Ints, Ints]:
        """Return ``rows``, each once for every place of its asset, and these places."""
        asset = self.asset[rows]
        if len(self.place_asset) == len(self.facts):  # one place each
            return rows, asset
        first, count = self.first_place[asset], np.diff(self.first_place)[asset]
        repeated = np.repeat(np.arange(len(rows)), count)
        nth = np.arange(len(repeated)) - np.repeat(np.cumsum(count) - count, count)
        return rows[repeated], first[repeated] + nth


class _Interned(Generic[T]):
    """Numbers equal keys alike and keeps an example of each."""

    def __init__(self) -> None:
        self.codes: list[int] = []
        self.examples: list[T] = []
        self._known: dict[Hashable, int] = {}

    def add(self, key: Hashable, example: T) -> None:
        code = self._known.setdefault(key, len(self.examples))
        if code == len(self.examples):
            self.examples.append(example)
        self.codes.append(code)


def _indexed(names: Iterable[Iterable[str]]) -> dict[str, Ints]:
    """Return the positions at which each name stands."""
    found: dict[str, list[int]] = {}
    for at, here in enumerate(names):
        for name in here:
            found.setdefault(name, []).append(at)
    return {name: np.array(positions, np.int64) for name, positions in found.items()}


def _evidence(facts: Facts) -> Hashable:
    """Return what decides about completeness; numbers of frames differ from clip to clip and do not."""
    reports = tuple(
        (
            report.status,
            report.examines,
            report.lacks,
            tuple(found[:2] for found in report.hindered),
            report.coverage.complete,
            all(model.calibrated for model in report.models),
            tuple((bank.name, bank.size > 0) for bank in report.banks),
        )
        for report in facts.reports
    )
    return reports, facts.applicable, bool(facts.gaps)


def _numbers(findings: Sequence[Finding]) -> dict[str, Numbers]:
    nan = float("nan")
    measured = [
        (
            one.score,
            one.span.seconds if one.span else nan,
            one.region.area_percent if one.region else nan,
            nan if one.frames is None else float(one.frames),
            one.span.start if one.span else nan,
            one.span.end if one.span else nan,
        )
        for one in findings
    ]
    columns = np.array(measured, np.float64).reshape(-1, len(NUMBERS))
    return {name: np.ascontiguousarray(columns[:, at]) for at, name in enumerate(NUMBERS)}
