"""How sure a verified hypothesis is: a logistic map from what agrees to the probability that the mark is there.

Fitted as in ``benchmarks/logo_scores.py`` (logistic regression) to the best hypothesis of each mark in each of
195 pictures, 54 of them drawn photographs of 27 marks and 141 without any, searched for those marks as vectors
and as ten crops of each: 4,428 hypotheses, 90 of them right. Neither its marks nor its photographs are those in
which ``benchmarks/logos.py`` looks. Then 0.6 was taken off the logit, so that a half promises less than it is:
photographs of the world hold more than those at hand. Of scores up to 0.2, 0.5, 0.8, 0.95 and 1, from 0.05, 23,
60, 94, 100 and 100 % were right there, and 29, 50, 100, 100 and 100 % for 27 other marks on those photographs.
Wrong hypotheses with 20 or more inliers were left out: the scene behind a crop was in the picture, too.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from compliance.analyzers.brands.mark_verify import Verified
from compliance.types import Floats

WEIGHTS = np.array([2.6, 1.22, 0.99, 4.63, 4.36], np.float64)
BIAS = -16.8
WITNESS = 0.003
"""Score below which a reference says nothing of a place."""
SURE = 0.999
"""Score above which it says no more."""
MANY = 10
"""References of an entry from which the map below holds; from one to there it comes in by and by."""
TOGETHER = np.array([0.5, 0.78, 1.2, 0.4], np.float64)
TOGETHER_BIAS = 9.3
"""Weights of logits: the surest by keypoints and by outline, the second by keypoints and by outline. Logistic
regression on each entry's surest place in 54 drawn photographs of 27 marks in their own colours, and in 195
pictures of 27 other marks or of none, with ten crops of each mark; the mean of two fits (to the former, to
both), rounded. None of these pictures is one of ``benchmarks/logos.py``; the 27 marks of the former are."""
ALONE = 2.5
"""Taken from the logit of a single reference by keypoints, so that a sure one stands without a second: but for
scenes behind crops, no wrong one of those pictures was sure."""


def measures(one: Verified) -> Floats:
    """Return what the score is made from, float32 (5,).

    Logarithms of inliers and of their weight, root of the area that they span, agreement of the edges
    both ways.
    """
    return np.array(
        [
            np.log(one.inliers),
            np.log(one.weight + 0.1),
            np.sqrt(max(one.spread, 0.0)),
            one.agreement,
            one.own,
        ],
        np.float32,
    )


def score(one: Verified) -> float:
    """Return the probability that the mark is there, 0…1."""
    return float(1 / (1 + np.exp(-(measures(one) @ WEIGHTS + BIAS))))


def together(keypoints: Sequence[float], outlines: Sequence[float], references: int) -> float:
    """Return the score, 0…1, of what the references of one entry say of one place.

    With one reference keypoints and outline are two witnesses. The more references there are, the more it says
    whether a second one agrees: what one crop of ten finds alone is seldom the mark.

    Args:
        keypoints: the best score of each reference that is found by keypoints there.
        outlines: of each that is found by its outline.
        references: how many the entry has, 1 or more.
    """
    points, lines = sorted(keypoints, reverse=True), sorted(outlines, reverse=True)
    ordered = sorted([*points, *lines], reverse=True)
    doubt = 1.0 - ordered[0]
    for one in ordered[1:]:
        doubt *= (1.0 - one) ** 0.5
    if references == 1:
        return 1.0 - doubt
    first, second = zip(*(([*one, 0.0, 0.0][:2]) for one in (points, lines)), strict=True)
    sure = _logit(np.array([*first, *second]))
    among = max(float(TOGETHER @ sure) + TOGETHER_BIAS, float(sure[0]) - ALONE)
    share = min(references - 1, MANY - 1) / (MANY - 1)
    logit = (1 - share) * float(_logit(np.array(1.0 - doubt))) + share * among
    return float(1 / (1 + np.exp(-logit)))


def _logit(scores: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    held = np.clip(scores, WITNESS, SURE)
    return np.log(held / (1 - held))
