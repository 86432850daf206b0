"""Captions beside speech: how far they run ahead or behind, and what speech they leave out. Pure."""

from __future__ import annotations

import bisect
import itertools
from collections.abc import Sequence

import numpy as np

from compliance.types import Floats, TimeSpan

STEP = 0.05
"""Seconds of one sample of the two signals that are compared."""
FARTHEST = 15.0
"""Offsets that are tried, seconds to either side."""
LEAST_CUES, LEAST_SPEECH = 4, 5.0
"""Captions, and seconds of speech, below which an offset would be chance."""
BETTER = 0.25
"""Correlation by which the best offset beats none, from which it is sure."""
LENIENT = 1.0
"""Seconds around a caption within which speech counts as covered: captions stand for phrases, not for words."""
JOINED = 2.0
"""Seconds between two stretches of speech that are reported as one."""


def offset(cues: Sequence[TimeSpan], speech: Sequence[TimeSpan]) -> tuple[float, float] | None:
    """Return by how many seconds captions come late (negative: early), and how sure that is, 0…1.

    The offset is that of the greatest correlation between *a caption stands* and *somebody speaks*. None where
    there is too little of either, or where captions fit as they are.
    """
    if len(cues) < LEAST_CUES or sum(one.seconds for one in speech) < LEAST_SPEECH:
        return None
    end = max(one.end for one in (*cues, *speech))
    count = int(min(end, 4 * 3600.0) / STEP) + 1
    shown, heard = _signal(cues, count), _signal(speech, count)
    reach = min(int(FARTHEST / STEP), count - 1)
    size = 1 << int(2 * count).bit_length()
    product = np.fft.irfft(np.fft.rfft(shown, size) * np.conj(np.fft.rfft(heard, size)), size)
    correlation = np.concatenate((product[-reach:], product[: reach + 1]))
    scale = float(np.linalg.norm(shown) * np.linalg.norm(heard))
    if scale == 0:
        return None
    correlation = correlation / scale
    best = int(np.argmax(correlation))
    gain = float(correlation[best] - correlation[reach])
    seconds = (best - reach) * STEP
    return (seconds, min(gain / BETTER, 1.0)) if seconds and gain > 0 else None


def _signal(spans: Sequence[TimeSpan], count: int) -> Floats:
    """Return 1 where any span is and 0 elsewhere, less its mean."""
    made = np.zeros(count, np.float32)
    for one in spans:
        made[int(one.start / STEP) : max(int(one.end / STEP), int(one.start / STEP) + 1)] = 1
    return np.asarray(made - made.mean(), np.float32)


def uncovered(speech: Sequence[TimeSpan], cues: Sequence[TimeSpan]) -> list[TimeSpan]:
    """Return the stretches of speech farther than a second from any caption, in order."""
    cover: list[
        tuple[float, float]
    ] = []  # apart and in order, so that those before a turn can be left out
    for one in sorted(cues, key=lambda span: (span.start, span.end)):
        begins, ends = max(one.start - LENIENT, 0.0), one.end + LENIENT
        if cover and begins <= cover[-1][1]:
            cover[-1] = (cover[-1][0], max(cover[-1][1], ends))
        else:
            cover.append((begins, ends))
    left: list[TimeSpan] = []
    for one in sorted(speech, key=lambda span: (span.start, span.end)):
        start = one.start
        first = bisect.bisect_left(cover, start, key=lambda stretch: stretch[1])
        for begins, ends in itertools.islice(cover, first, None):
            if begins >= one.end:
                break
            if begins > start:
                left.append(TimeSpan(start=start, end=begins))
            start = max(start, ends)
        if start < one.end:
            left.append(TimeSpan(start=start, end=one.end))
    return left


def stretches(spans: Sequence[TimeSpan]) -> list[tuple[TimeSpan, float]]:
    """Join spans that at most two seconds part; return each with the seconds that it holds."""
    joined: list[tuple[TimeSpan, float]] = []
    for one in sorted(spans, key=lambda span: (span.start, span.end)):
        if joined and one.start - joined[-1][0].end <= JOINED:
            span, seconds = joined[-1]
            more = max(one.end - max(one.start, span.end), 0.0)
            whole = TimeSpan(start=span.start, end=max(span.end, one.end))
            joined[-1] = (whole, seconds + more)
        else:
            joined.append((one, one.seconds))
    return joined
