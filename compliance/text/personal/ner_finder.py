"""Finds names with a network that labels tokens, and postal addresses by rules around them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from compliance.text.personal.entities import FLOOR, Hit
from compliance.text.personal.street_addresses import street_addresses

if TYPE_CHECKING:
    from compliance.model_store import Calibration
    from compliance.runtimes.token_classifier import TokenClassifier, Tokens

ENTITY_OF = {
    "pii.person": "PERSON",
    "pii.place": "PLACE",
    "pii.organization": "ORGANIZATION",
}
"""Entity of each category that the network's labels may mean."""
_GAP = re.compile(r"[ \t.,'’&-]{0,3}")


class NerFinder:
    """A network over texts, read ahead in batches."""

    def __init__(
        self,
        network: TokenClassifier,
        columns: Mapping[str, Sequence[str]],
        calibration: Calibration,
    ) -> None:
        """Take what was loaded.

        Args:
            network: labels tokens; one label, of no category, means none.
            columns: labels of each category.
            calibration: from the probability of a name's least sure token to the score.
        """
        self._network = network
        self._calibration = calibration
        self._columns = {
            ENTITY_OF[category]: [network.labels.index(label) for label in labels]
            for category, labels in columns.items()
        }
        self._ahead: dict[str, list[Hit]] = {}

    def read_ahead(self, texts: Sequence[str]) -> None:
        """Read ``texts`` in batches and forget those before."""
        distinct = list(dict.fromkeys(texts))
        rows = self._network.read(distinct)
        self._ahead = {
            text: self._hits(text, one) for text, one in zip(distinct, rows, strict=True)
        }

    def find(self, text: str) -> list[Hit]:
        """Return what stands in ``text``, in the CASED view, in order of place."""
        if text not in self._ahead:
            return self._hits(text, self._network.read([text])[0])
        return self._ahead[text]

    def _hits(self, text: str, tokens: Tokens) -> list[Hit]:
        hits = [
            Hit(entity, start, end, round(self._calibration.score(raw), 4), round(raw, 4))
            for entity, start, end, raw in self._runs(text, tokens)
        ]
        hits += [
            Hit("ADDRESS", start, end, score, score) for start, end, score in street_addresses(text)
        ]
        return sorted((hit for hit in hits if hit.score >= FLOOR), key=lambda hit: hit.place)

    def _runs(self, text: str, tokens: Tokens) -> Iterator[tuple[str, int, int, float]]:
        """Yield (entity, start, end, raw) of neighbouring tokens that are likeliest of one entity."""
        names = list(self._columns)
        if not len(tokens.spans):
            return
        chances = np.stack(
            [tokens.probabilities[:, rows].sum(axis=1) for rows in self._columns.values()], axis=1
        )
        none = 1 - chances.sum(axis=1)
        best = chances.argmax(axis=1)
        run: tuple[str, int, int, float] | None = None
        for index, (start, end) in enumerate(tokens.spans):
            raw = float(chances[index, best[index]])
            entity = names[int(best[index])] if raw > none[index] else ""
            inside = run is not None and start == run[2]  # a piece of the word before
            joins = run is not None and _GAP.fullmatch(text[run[2] : start])
            if run is not None and (inside or (entity == run[0] and joins)):
                run = (run[0], run[1], end, run[3] if inside else min(run[3], raw))
                continue
            if run is not None:
                yield run
            run = (entity, start, end, raw) if entity and _begins(text, start) else None
        if run is not None:
            yield run


def _begins(text: str, start: int) -> bool:
    """Tell whether a word begins at ``start``; scripts without spaces may begin one anywhere."""
    return not start or not text[start - 1].isalnum() or text[start] >= "\u2e80"
