"""From windows of speech to turns of one voice each, and from turns to voices. Pure.

Vectors are compared in a space of their own, whose cosine is near 0 for strangers; see
:class:`compliance.runtimes.voice_space.VoiceSpace`.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import numpy as np

from compliance.types import Floats

SIDE = 4
"""Windows that are compared on each side of where a voice may change: 2.8 s."""
CHANGES = 0.45
"""Cosine of both sides below which the voice changes. Turns of one voice that are cut in two are joined again
as one voice; two voices in one turn would match nobody."""
_ROUNDS = 3
"""Times that cuts are moved to where the voice changes most; they settle after one or two."""
SAME_VOICE = 0.45
"""Cosine from which turns are one voice."""


def turns(placed: Floats, apart: int) -> list[tuple[int, int]]:
    """Return (first, last + 1) of the windows of each turn, in order, without holes.

    Args:
        placed: windows of one block of speech in order, float32, shape (N, D), each of length 1.
        apart: windows after which two share no sound.
    """
    count = len(placed)
    alike = np.ones(count + 1)
    for at in range(1, count):
        # Windows that begin before the change by less than their length hold both voices.
        left = placed[max(0, at - apart // 2 - SIDE) : max(at - apart // 2, 1)]
        right = placed[min(at + apart // 2, count - 1) : at + apart // 2 + SIDE]
        alike[at] = _cosine(left, right)
    cuts = [
        at
        for at in range(1, count)
        if alike[at] < CHANGES and alike[at] == alike[max(at - apart, 1) : at + apart + 1].min()
    ]
    edges = [0, *cuts, count]
    for _ in range(_ROUNDS):
        for number in range(1, len(edges) - 1):
            start, cut, end = edges[number - 1 : number + 2]
            edges[number] = _moved(placed, start, cut, end, apart // 2)
    return list(itertools.pairwise(edges))


def _moved(placed: Floats, start: int, cut: int, end: int, mixed: int) -> int:
    """Return where between ``start`` and ``end`` windows are best divided into those like what is before
    ``cut`` and those like what is after it; up to ``mixed`` windows on each side of it may hold both.
    """  # noqa: D205
    before = placed[start : max(cut - mixed, start + 1)].mean(0)
    after = placed[min(cut + mixed, end - 1) : end].mean(0)
    liker = placed[start:end] @ (before / np.linalg.norm(before) - after / np.linalg.norm(after))
    sums = np.concatenate([[0.0], np.cumsum(liker)])
    return start + 1 + int((2 * sums[1:-1] - sums[-1]).argmax())


def voices(placed: Sequence[Floats], seconds: Sequence[float]) -> list[int]:
    """Return the number of the voice that each turn is of: 0 for that of the first turn, and so on.

    Turns are joined from the most alike on, weighted by how long they are.

    Args:
        placed: mean of each turn, shape (D,).
        seconds: speech in each turn.
    """
    sums = {
        index: np.asarray(one) * weight
        for index, (one, weight) in enumerate(_pairs(placed, seconds))
    }
    members = {index: [index] for index in sums}
    while len(sums) > 1:
        keys = list(sums)
        stacked = np.stack(
            [sums[key] / max(float(np.linalg.norm(sums[key])), 1e-9) for key in keys]
        )
        alike = stacked @ stacked.T
        np.fill_diagonal(alike, -1.0)
        row, column = divmod(int(alike.argmax()), len(keys))
        if alike[row, column] < SAME_VOICE:
            break
        kept, joined = sorted((keys[row], keys[column]))
        sums[kept] = sums[kept] + sums.pop(joined)
        members[kept] += members.pop(joined)
    of = {index: number for number, key in enumerate(sorted(members)) for index in members[key]}
    return [of[index] for index in range(len(placed))]


def _pairs(placed: Sequence[Floats], seconds: Sequence[float]) -> list[tuple[Floats, float]]:
    return list(zip(placed, seconds, strict=True))


def _cosine(first: Floats, second: Floats) -> float:
    one, other = first.mean(0), second.mean(0)
    return float(one @ other / max(float(np.linalg.norm(one) * np.linalg.norm(other)), 1e-9))
