"""Every mark's features in one index: which of them look like which keypoint of a frame, and where marks are.

Features are filed under their nearest word. A keypoint of the frame looks under a few words, so that what it
costs grows with a thousandth of the bank, and keeps its best pairs only, so that what follows hardly grows.
No mark suppresses another by a ratio of distances: crops of one brand are alike, and so are rip-offs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from compliance.analyzers import sift
from compliance.analyzers.brands import mark_pixels
from compliance.analyzers.brands.logo_prints import LogoPrint
from compliance.analyzers.brands.mark_verify import Verified, refined, verify
from compliance.analyzers.brands.mark_votes import Candidates, hypotheses
from compliance.analyzers.brands.mark_witness import places
from compliance.analyzers.brands.mark_words import nearest_words, words
from compliance.types import Floats, Pixels

ALIKE = 0.86
"""Least likeness (cosine of RootSIFT, the Bhattacharyya coefficient) of a pair."""
PROBES = 12
"""Words under which each keypoint looks: of those with a pair above 0.9, 95 % keep one (with 8 words 90 %)."""
PAIRS = 32
"""Most pairs of one keypoint and polarity, the most alike ones; banks of up to eight marks lose none to it."""
OF_ONE = 4
"""Most pairs of one keypoint, polarity and reference: stripes and letters repeat their corners."""
HYPOTHESES = 400
"""Most hypotheses of one frame that are verified: with ten crops for each of 27 brands, 50 of 54 drawn
photographs have a right one among them (48 among 200, 51 among 800)."""
REFINED = 40
"""Most of them that are fitted to the pixels."""
ASKED = 2
"""Most hypotheses of another reference, in each polarity, at a place where one of its entry may be."""
AGREEMENT = 0.42
"""Agreement below which fitting to the pixels is not tried."""


class MarkIndex:
    """Searches all marks at once."""

    def __init__(self, prints: Sequence[LogoPrint], entries: Sequence[str] | None = None) -> None:
        """Build it.

        Args:
            prints: of all references.
            entries: whose each is; None where each is of an entry of its own.
        """
        self.prints = list(prints)
        self._rows: dict[str, list[int]] = {}
        self._entries = list(entries) if entries else [str(row) for row in range(len(prints))]
        for row, entry in enumerate(self._entries):
            self._rows.setdefault(entry, []).append(row)
        self._edges: dict[int, Floats] = {}
        sizes = [len(one.features) for one in prints]
        rows = np.repeat(np.arange(len(prints)), sizes)
        descriptors = np.concatenate(
            [np.zeros((0, 128), np.uint8), *(one.features.descriptors for one in prints)]
        )
        points = np.concatenate(
            [np.zeros((0, 4), np.float32), *(one.features.points for one in prints)]
        )
        middles = np.array([(one.width / 2, one.height / 2, 0, 0) for one in prints], np.float32)
        word = nearest_words(_unit(descriptors), 1)[:, 0]
        order = np.argsort(word, kind="stable")
        self._starts = np.searchsorted(word[order], np.arange(len(words()) + 1))
        self._descriptors = descriptors[order]
        self._row = rows[order]
        self._points = (points - middles[rows])[order] if len(prints) else points

    def edges(self, row: int) -> Floats:
        """Return the orientations of a mark's edges."""
        if row not in self._edges:
            self._edges[row] = mark_pixels.orientations(self.prints[row].tones)
        return self._edges[row]

    def candidates(self, features: sift.Features) -> Candidates:
        """Return the pairs that are alike enough, by reference and polarity."""
        both = np.concatenate([features.descriptors, sift.negative(features.descriptors)])
        query, mark, likeness = self._pairs(_unit(both))
        negative = query >= len(features)
        owner = self._row[mark] * 2 + negative
        order = np.lexsort((mark, query, owner))
        query, mark = query[order] % max(len(features), 1), mark[order]
        likeness, negative = likeness[order], negative[order]
        weight = ((likeness - ALIKE) / (1 - ALIKE) + 0.1).astype(np.float32)
        return Candidates(
            self._row[mark],
            negative,
            query,
            mark,
            weight,
            features.points[query],
            self._points[mark],
        )

    def search(self, features: sift.Features, grey: Pixels) -> list[Verified]:
        """Return the hypotheses that stand.

        Args:
            features: of the frame.
            grey: uint8 (H, W), its tones.
        """
        pairs = self.candidates(features)
        frame = mark_pixels.levels(grey)
        owner = pairs.row * 2 + pairs.negative
        found = []
        for seed in hypotheses(pairs, HYPOTHESES):
            row = int(pairs.row[seed[0]])
            low, high = np.searchsorted(owner, [owner[seed[0]], owner[seed[0]] + 1])
            group = pairs.take(np.arange(low, high))
            one = verify(self.prints[row], self.edges(row), group, seed - low, frame)
            if one is not None:
                found.append(one)
        found += self._witnesses(found, pairs, owner, frame)
        found.sort(key=lambda one: -one.agreement * np.log(one.inliers))
        return [
            refined(self.prints[one.row], self.edges(one.row), one, frame)
            if place < REFINED and one.agreement >= AGREEMENT
            else one
            for place, one in enumerate(found)
        ]

    def _witnesses(
        self,
        found: Sequence[Verified],
        pairs: Candidates,
        owner: npt.NDArray[np.int64],
        frame: Sequence[Pixels],
    ) -> list[Verified]:
        """Return what the other references of an entry say of the places where one of them may lie."""
        told: list[Verified] = []
        for place in places(found, self.prints, self._entries):
            others = [row for row in self._rows[place.entry] if row != place.one.row]
            for one in [2 * row + negative for row in others for negative in (0, 1)]:
                low, high = np.searchsorted(owner, [one, one + 1])
                group = pairs.take(np.arange(low, high))
                group = group.take(place.keypoints(group))
                for seed in hypotheses(group, ASKED):
                    said = verify(self.prints[one // 2], self.edges(one // 2), group, seed, frame)
                    told += [said] if said is not None else []
        return told

    def _pairs(self, unit: Floats) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], Floats]:
        """Return descriptor of the frame, feature of the index and likeness of each pair."""
        probed = nearest_words(unit, PROBES)
        order = np.argsort(probed, axis=None, kind="stable")
        ends = np.searchsorted(probed.ravel()[order], np.arange(len(words()) + 1))
        found = [(np.zeros(0, np.int64), np.zeros(0, np.int64), np.zeros(0, np.float32))]
        for word in np.flatnonzero((np.diff(ends) > 0) & (np.diff(self._starts) > 0)):
            asking = order[ends[word] : ends[word + 1]] // PROBES
            start, end = self._starts[word], self._starts[word + 1]
            likeness = unit[asking] @ _unit(self._descriptors[start:end]).T
            at, filed = np.nonzero(likeness > ALIKE)
            found.append((asking[at], filed + start, likeness[at, filed]))
        query, mark, likeness = (np.concatenate(part) for part in zip(*found, strict=True))
        owner = query * (len(self.prints) + 1) + self._row[mark]
        best = _first(owner, likeness, OF_ONE)
        best = best[_first(query[best], likeness[best], PAIRS)]
        return query[best], mark[best], likeness[best]


def _unit(descriptors: Pixels) -> Floats:
    return descriptors.astype(np.float32) * np.float32(1 / sift.UNIT)


def _first(owner: npt.NDArray[np.int64], likeness: Floats, most: int) -> npt.NDArray[np.intp]:
    """Return the indices of the ``most`` most alike of each owner, by owner."""
    steps = np.round((1.0 - likeness) * 65535).astype(np.int64)
    order = np.argsort(owner * 65536 + np.clip(steps, 0, 65535), kind="stable")
    sorted_ = owner[order]
    starts = np.flatnonzero(np.r_[True, sorted_[1:] != sorted_[:-1]])
    ranks = np.arange(len(order)) - np.repeat(starts, np.diff(np.r_[starts, len(order)]))
    return order[ranks < most]
