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

import numpy as np

from compliance.analyzers.mark_verify import Verified
from compliance.types import Floats

WEIGHTS = np.array([2.6, 1.22, 0.99, 4.63, 4.36], np.float64)
BIAS = -16.8


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
