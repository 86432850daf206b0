"""How sure a verified hypothesis is: a logistic map from what agrees to the probability that the mark is there.

Fitted by ``benchmarks/logo_scores.py`` (logistic regression) to 6,149 hypotheses, 282 of them right: 108 drawn
photographs of 54 marks and views of photographs without any, searched for those marks as vectors and as four
crops of each. Its marks and the photographs behind them are not those in which ``benchmarks/logos.py`` looks
(which cuts its crops from the same half of the photographs). Of scores up to 0.2, 0.5, 0.8, 0.95 and 1, from
0.05, 9, 43, 85, 89 and 86 % were right, on that same set: above 0.95 a score promises more than it holds. 200
hypotheses of each frame were verified then, not 400.
"""

from __future__ import annotations

import numpy as np

from compliance.analyzers.mark_verify import Verified
from compliance.types import Floats

WEIGHTS = np.array([1.41, 1.65, -2.97, 11.7, -0.05], np.float64)
BIAS = -13.78


def measures(one: Verified) -> Floats:
    """Return what the score is made from, float32 (5,).

    Logarithms of inliers and of their weight, root of the area that they span, agreement of the edges,
    logarithm of the clutter.
    """
    return np.array(
        [
            np.log(one.inliers),
            np.log(one.weight + 0.1),
            np.sqrt(max(one.spread, 0.0)),
            one.agreement,
            np.log(one.clutter + 0.02),
        ],
        np.float32,
    )


def score(one: Verified) -> float:
    """Return the probability that the mark is there, 0…1."""
    return float(1 / (1 + np.exp(-(measures(one) @ WEIGHTS + BIAS))))
