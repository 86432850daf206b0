"""Where speech is in a piece of sound, and the windows of it that are embedded. Pure.

Pauses are cut out, so that windows hold speech: positions are samples of the speech without its pauses, and
:meth:`Speech.time` tells when each of them is heard.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from compliance.types import Floats

RATE = 16_000
"""Samples a second, Hz."""
BEGINS, ENDS = 0.5, 0.35
"""Probabilities at which speech begins and ends, those of Silero's own examples."""
BRIDGED = 0.2
"""Longest pause within a stretch, seconds."""
MARGIN = 0.03
"""Kept around a stretch, seconds, as in Silero's own examples."""
SHORTEST = 0.1
"""Shortest stretch, seconds; a shorter one is a click."""
BLOCK_PAUSE = 1.0
"""Pause, seconds, after which another voice may speak unnoticed: windows never reach across it."""
HOP = 0.4
"""Step between windows, seconds: voices that change are told apart to half of it."""


@dataclass(frozen=True)
class Speech:
    """Stretches of speech without the pauses between them."""

    samples: Floats
    """Speech, float32, shape (N,), 16 kHz."""
    starts: tuple[int, ...]
    """Where each stretch starts in :attr:`samples`; the first is 0."""
    heard: tuple[int, ...]
    """Where each stretch starts in the sound that it was taken from."""

    def time(self, position: int, *, end: bool = False) -> float:
        """Return when a position of :attr:`samples` is heard, seconds from the start of the sound.

        Args:
            position: 0…N.
            end: True for the end of something, which belongs to the stretch before where two meet.
        """
        at = position - 1 if end else position
        index = int(np.searchsorted(self.starts, at, side="right")) - 1
        return (self.heard[max(index, 0)] + position - self.starts[max(index, 0)]) / RATE


def stretches(probabilities: Floats, step: int, count: int) -> list[tuple[int, int]]:
    """Return (start, end) of each stretch of speech, samples, in order, apart from one another.

    Args:
        probabilities: of speech in each ``step`` samples, shape (M,).
        step: samples that each is of.
        count: samples in all.
    """
    runs: list[list[int]] = []
    speaking = False
    for index, probability in enumerate(probabilities):
        speaking = probability >= (ENDS if speaking else BEGINS)
        if speaking and runs and runs[-1][1] == index:
            runs[-1][1] = index + 1
        elif speaking:
            runs.append([index, index + 1])
    margin, bridged = round(MARGIN * RATE), round(BRIDGED * RATE)
    found: list[list[int]] = []
    for first, last in runs:
        start, end = max(first * step - margin, 0), min(last * step + margin, count)
        if found and start - found[-1][1] < bridged:
            found[-1][1] = end
        else:
            found.append([start, end])
    return [(start, end) for start, end in found if end - start >= SHORTEST * RATE]


def blocks(samples: Floats, found: Sequence[tuple[int, int]]) -> list[Speech]:
    """Join stretches that at most :data:`BLOCK_PAUSE` separates, and cut out their pauses."""
    groups: list[list[tuple[int, int]]] = []
    for start, end in found:
        if groups and start - groups[-1][-1][1] <= BLOCK_PAUSE * RATE:
            groups[-1].append((start, end))
        else:
            groups.append([(start, end)])
    made = []
    for group in groups:
        lengths = [end - start for start, end in group]
        starts = np.concatenate([[0], np.cumsum(lengths)[:-1]])
        made.append(
            Speech(
                samples=np.concatenate([samples[start:end] for start, end in group]),
                starts=tuple(int(one) for one in starts),
                heard=tuple(start for start, _ in group),
            )
        )
    return made


def windows(speech: Floats, length: int) -> tuple[list[Floats], list[int]]:
    """Return windows of ``length`` samples over speech, and the middle of each, samples.

    Speech that is shorter is repeated until it fills one window.
    """
    if len(speech) < length:
        return [np.resize(speech, length)], [len(speech) // 2]
    hop = round(HOP * RATE)
    first = list(range(0, len(speech) - length + 1, hop))
    if len(speech) - length > first[-1]:
        first.append(len(speech) - length)
    return [speech[at : at + length] for at in first], [at + length // 2 for at in first]
